// Two tenants with small gold tables, served by the real Cube over HTTP with signed tokens; what the tests of this folder ask.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DuckDBDriver } from '@cubejs-backend/duckdb-driver';
import { must, parseTenant, type Tenant, type TesseraEvent } from '@tessera/base';
import { renderModel, subjects } from '@tessera/model';
import { type Cube, type CubeNeeds, createCube, createHttpApp } from '@tessera/platform';
import {
  type Access,
  type AuditEntry,
  createTokenVerifier,
  type Issuer,
  type Rights,
  type VerifyToken,
} from '@tessera/security';
import { type ColumnMeta, type GoldTable, goldTables, tokenColumn } from '@tessera/transforms/gold-meta';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { everyRight, recordingAudit } from './open-rights.ts';

export const acme = must(parseTenant('acme-corp'));
export const globex = must(parseTenant('globex-inc'));
export type Values = Readonly<Record<string, string | number | boolean | null>>;

const types: Partial<Record<ColumnMeta['type'], string>> = { TIMESTAMPTZ: 'TIMESTAMP' };
const blank: Record<ColumnMeta['type'], string> = {
  VARCHAR: "''",
  BOOLEAN: 'false',
  INTEGER: '0',
  BIGINT: '0',
  DOUBLE: '0',
  DATE: "DATE '2026-01-01'",
  TIMESTAMPTZ: "TIMESTAMP '2026-01-01 00:00:00'",
};

/** Macros that the serving copy has; here in their plainest form. */
const macros = `
  CREATE MACRO sum_at_first(entries) AS list_sum(list_transform(list_filter(entries, e -> e.at = list_min(list_transform(entries, x -> x.at))), e -> e.n));
  CREATE MACRO sum_at_last(entries) AS list_sum(list_transform(list_filter(entries, e -> e.at = list_max(list_transform(entries, x -> x.at))), e -> e.n));
  CREATE MACRO km_median(entries) AS list_min(list_transform(list_filter(entries, e -> e.observed), e -> e.ms));
`;

export interface GoldCopy {
  readonly driver: DuckDBDriver;
  insert(table: GoldTable, rows: readonly Values[]): Promise<void>;
}

/** An empty in-memory engine with the gold tables of one tenant. */
export async function createGoldCopy(tenant: Tenant): Promise<GoldCopy> {
  const driver = new DuckDBDriver({ databasePath: ':memory:' });
  for (const statement of macros.split(';').filter((text) => text.trim())) await driver.query(statement, []);
  for (const [table, meta] of Object.entries(goldTables)) {
    const columns = Object.entries<ColumnMeta>(meta.columns).flatMap(([name, { type, pii }]) => [
      `${name} ${types[type] ?? type}`,
      // Beside the value the token that masked callers see, as the serving copy has it.
      ...(pii ? [`${tokenColumn(name)} VARCHAR AS ('tok_' || md5('${tenant}' || ${name}))`] : []),
    ]);
    await driver.query(`CREATE TABLE ${table} (${columns.join(', ')})`, []);
  }
  return {
    driver,
    async insert(table, rows) {
      const tuples = rows.map((row) => tupleOf(tenant, table, row));
      const columns = Object.keys(goldTables[table].columns).join(', ');
      await driver.query(`INSERT INTO ${table} (${columns}) VALUES ${tuples.join(', ')}`, []);
    },
  };
}

/** The row as a SQL tuple in the order of the table's columns, blanks filled in. */
export function tupleOf(tenant: Tenant, table: GoldTable, row: Values): string {
  const given: Values = { tenant_id: tenant, org_id: `${tenant}-hq`, source_system: 'okta', ...row };
  const columns = Object.entries<ColumnMeta>(goldTables[table].columns);
  return `(${columns.map(([name, meta]) => literal(given[name], meta)).join(', ')})`;
}

function literal(value: Values[string] | undefined, { type, nullable }: ColumnMeta): string {
  if (value === null || (value === undefined && nullable)) return 'NULL';
  if (value === undefined) return blank[type];
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** Somebody of a tenant. */
export interface Who {
  readonly subject?: string;
  readonly groups?: readonly string[];
  readonly lifetime?: string;
}

export interface Served {
  readonly url: string;
  readonly copies: ReadonlyMap<Tenant, GoldCopy>;
  readonly events: readonly TesseraEvent[];
  /** What was written down so far. */
  readonly audit: readonly AuditEntry[];
  readonly semanticLayer: Cube['semanticLayer'];
  readonly verifyToken: VerifyToken;
  readonly access: (tenant: Tenant, who?: Who) => Promise<Access>;
  readonly token: (tenant: Tenant, who?: Who) => Promise<string>;
  /** Serves the tenant's next release. */
  readonly publish: (tenant: Tenant) => void;
  readonly warm: (tenant: Tenant) => Promise<void>;
  /** Posts to `path` as somebody of the tenant. */
  readonly ask: (
    tenant: Tenant,
    path: string,
    body: object,
    who?: Who,
  ) => Promise<{ status: number; body: Answer; headers: Headers }>;
  readonly close: () => Promise<void>;
}
// biome-ignore format: one line says it
export type Answer = Record<string, unknown> & { readonly data: Record<string, string | null>[]; readonly results: Answer[] };

const issuer: Issuer = {
  issuer: 'https://issuer.example',
  audience: 'api://tessera',
  clients: ['tessera-app'],
  tenants: '*',
};

/** Another engine than the in-memory copies, or shares among tenants, where a test brings them. */
export type Backend = Partial<Pick<CubeNeeds, 'driverFor' | 'dialect' | 'fairness' | 'rowsOf' | 'edge'>>;

/** What differs from everything-allowed for a caller. */
export type RightsOf = (access: Access) => Partial<Rights>;

/** Starts the whole door on a free port. */
export async function serveTenants(
  backend?: Backend,
  rights?: RightsOf,
  limits: CubeNeeds['limits'] = {},
): Promise<Served> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] });
  const copies = new Map([
    [acme, await createGoldCopy(acme)],
    [globex, await createGoldCopy(globex)],
  ]);
  const releases = new Map<Tenant, number>([...copies.keys()].map((tenant) => [tenant, 1]));
  const events: TesseraEvent[] = [];
  const observe = (event: TesseraEvent) => void events.push(event);
  const verifyToken = createTokenVerifier({ issuers: [issuer], now: () => new Date(), keysOf: async () => keys });
  const model = renderModel(subjects);
  const audit = recordingAudit();
  const cube = await createCube({
    model,
    decideRights: everyRight(model.members, rights),
    audit,
    limits,
    driverFor: (tenant) => {
      const copy = copies.get(tenant);
      if (!copy) throw new Error('no copy');
      return copy.driver;
    },
    dialect: DuckDBDriver.dialectClass(),
    ...backend,
    releaseOf: (tenant) => releases.get(tenant),
    verifyToken,
    observe,
  });
  const app = await createHttpApp({
    verifyToken,
    decideRights: everyRight(model.members, rights),
    audit,
    edge: backend?.edge,
    mountCube: cube.mount,
    application: import.meta.dirname,
    observe,
    appConfig: { issuer: issuer.issuer, clientId: 'tessera-app', audience: issuer.audience },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cube.attachWebSocket(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const token = (tenant: Tenant, { subject = 'u1', groups = ['analyst'], lifetime = '5m' }: Who = {}) =>
    new SignJWT({ tenant_id: tenant, groups, client_id: 'tessera-app' })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(privateKey);

  return {
    url,
    copies,
    events,
    audit: audit.entries,
    semanticLayer: cube.semanticLayer,
    verifyToken,
    access: async (tenant, who) => verifyToken(await token(tenant, who)),
    token,
    publish: (tenant) => void releases.set(tenant, (releases.get(tenant) ?? 0) + 1),
    warm: cube.warm,
    async ask(tenant, path, body, who) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await token(tenant, who)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Answer, headers: response.headers };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await cube.close();
      for (const { driver } of copies.values()) await driver.release();
    },
  };
}
