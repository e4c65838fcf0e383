// Wires the SQL API beside Cube: the same layer, tokens and rights as REST, a port of its own.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault, type Observe, type Settings, systemClock } from '@tessera/base';
import type { Audit, VerifyToken } from '@tessera/security';
import { createSqlDoor, openAccounts, planSql, type SemanticLayer, type SqlDoor } from '@tessera/sql-api';

import type { LimitsOf } from './wire-doors.ts';

export interface SqlWiring {
  readonly settings: Settings;
  readonly layer: SemanticLayer;
  readonly verifyToken: VerifyToken;
  readonly observe: Observe;
  readonly audit: Pick<Audit, 'note'>;
  readonly limitsOf?: LimitsOf | undefined;
}

/** Where the service accounts of the SQL API are kept. */
export const accountsFile = (settings: Settings): string => path.join(settings.home, 'sql', 'users.json');

/** Undefined where TESSERA_SQL is off. SETTING_INVALID where a file of its certificate cannot be read; PORT_TAKEN. */
export async function wireSql({
  settings,
  layer,
  verifyToken,
  observe,
  audit,
  limitsOf,
}: SqlWiring): Promise<SqlDoor | undefined> {
  if (settings.sql === 'off') return undefined;
  return createSqlDoor({
    layer,
    plan: planSql,
    verifyToken,
    accounts: openAccounts(accountsFile(settings), systemClock),
    now: systemClock,
    host: settings.host,
    port: settings.sqlPort,
    folder: path.join(settings.home, 'sql'),
    tls: await readCertificate(settings),
    observe,
    audit,
    limitsOf,
    sessionsOf: limitsOf && ((tenant) => limitsOf(tenant).sqlSessions),
    limits: {
      largeRows: settings.sqlRows,
      sessions: settings.sqlSessions,
      sessionsPerTenant: settings.sqlTenantSessions,
    },
  });
}

async function readCertificate({
  sqlTlsCert,
  sqlTlsKey,
}: Settings): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (!sqlTlsCert && !sqlTlsKey) return undefined;
  return {
    cert: await readSetting('TESSERA_SQL_TLS_CERT', sqlTlsCert),
    key: await readSetting('TESSERA_SQL_TLS_KEY', sqlTlsKey),
  };
}

async function readSetting(name: string, file: string | undefined): Promise<Buffer> {
  if (file === undefined)
    throw new Fault('SETTING_INVALID', { name, problem: 'certificate and key are set together, or not at all' });
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Fault('SETTING_INVALID', { name, problem: `the file cannot be read (${error.code})` }, { cause: error });
  });
}
