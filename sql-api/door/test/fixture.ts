// A semantic layer of a few fixed rows, two tenants and unsigned tokens: what the tests of the door stand on.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Fault, type Tenant } from '@tessera/base';
import {
  type Access,
  type AuditEntry,
  actions,
  type Revocation,
  type Rights,
  withRevocations,
} from '@tessera/security';
import type { Answer, SemanticLayer, SemanticView } from '../contract.ts';
import { createSqlDoor, type SqlDoor, type SqlDoorNeeds } from '../create-sql-door.ts';
import { type Accounts, openAccounts } from '../login/accounts.ts';

const column = (
  name: string,
  kind: 'measure' | 'dimension',
  type: 'text' | 'int8' | 'float8' | 'timestamp' | 'bool',
  more: Partial<SemanticView['columns'][number]> = {},
) => ({ name, kind, type, title: `Title of ${name}`, about: `What ${name} means.`, ...more });

export const views: readonly SemanticView[] = [
  {
    name: 'projects',
    title: 'Projects',
    about: 'Where issues live.',
    columns: [
      column('project_count', 'measure', 'int8', { additive: 'sum', aggregate: 'count' }),
      column('project_key', 'dimension', 'text'),
    ],
    primaryKey: ['project_key'],
    rowCount: 'project_count',
    foreignKeys: [],
  },
  {
    name: 'devices',
    title: 'Devices',
    about: "One row a device; it isn't a licence.",
    columns: [
      column('device_count', 'measure', 'int8', { additive: 'sum', aggregate: 'count' }),
      column('compliance_pct', 'measure', 'float8', { aggregate: 'number' }),
      column('platform', 'dimension', 'text'),
      column('project_key', 'dimension', 'text'),
      column('enrolled_at', 'dimension', 'timestamp'),
    ],
    primaryKey: [],
    rowCount: 'device_count',
    foreignKeys: [{ columns: ['project_key'], view: 'projects', references: ['project_key'] }],
  },
];

/** Answer's columns by member, whatever the tenant; each tenant's numbers tell whose they are. */
const rowsOf = (tenant: string): Readonly<Record<string, readonly unknown[]>> => {
  const k = tenant === 'acme-corp' ? 1 : 1000;
  return {
    'devices.device_count': [String(3 * k), String(5 * k), String(7 * k)],
    'devices.compliance_pct': ['33.3333333333333', '100', null],
    'devices.platform': ['iOS', 'mac"OS\\', 'näive €'],
    'devices.project_key': ['A', 'B', 'C'],
    'devices.enrolled_at': ['2026-01-31T00:00:00.000', '2026-02-28T12:34:56.789', null],
    'projects.project_count': ['1', '1', '1'],
    'projects.project_key': ['A', 'B', 'C'],
  };
};

export interface Fixture {
  readonly door: SqlDoor;
  readonly accounts: Accounts;
  /** `postgresql://user:token@127.0.0.1:port/tenant` */
  url(tenant: string, user?: string, token?: string): string;
  /** Every query that was asked. */
  readonly asked: { readonly tenant: string; readonly query: unknown; readonly signal: AbortSignal | undefined }[];
  /** Tests move the clock, take rights away, make questions slow or fail. */
  readonly world: {
    now: Date;
    elapsedMs: number;
    hasSql: boolean;
    slowMs: number;
    denied: Set<string>;
    rights: string;
    revocations: readonly Revocation[];
    views: readonly SemanticView[];
  };
  /** What was written down so far. */
  readonly noted: AuditEntry[];
  close(): Promise<void>;
}

/** A token of the fixture: `<tenant>|<subject>|<expiry in seconds>`. */
export const tokenOf = (tenant: string, subject: string, expiresAt = 4_000_000_000): string =>
  `${tenant}|${subject}|${expiresAt}`;

export async function openFixture(
  plan: SqlDoorNeeds['plan'],
  more: Partial<Pick<SqlDoorNeeds, 'limits' | 'tls' | 'host'>> = {},
): Promise<Fixture> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tessera-door-test-'));
  const world: Fixture['world'] = {
    now: new Date('2026-11-01T00:00:00Z'),
    elapsedMs: 0,
    views,
    hasSql: true,
    slowMs: 0,
    denied: new Set<string>(),
    rights: 'r1',
    revocations: [],
  };
  const now = () => world.now;
  const asked: Fixture['asked'] = [];
  const noted: AuditEntry[] = [];
  const accounts = openAccounts(path.join(home, 'users.json'), now);
  const layer: SemanticLayer = {
    rights: withRevocations(
      (): Rights => ({
        id: world.rights,
        policy: 'p1',
        roles: ['analyst'],
        members: { dimensions: new Map(), measures: new Set(), segments: new Set() } as unknown as Rights['members'],
        masked: new Set(),
        rows: {},
        actions: new Set(world.hasSql ? actions : []),
      }),
      () => world.revocations,
    ),
    views: () => world.views,
    async ask(access, query, options = {}): Promise<Answer> {
      asked.push({ tenant: access.tenant, query, signal: options.signal });
      if (world.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, world.slowMs));
      const all = rowsOf(access.tenant);
      const columns = Object.keys(all);
      const denied = columns.filter((name) => world.denied.has(name) && JSON.stringify(query).includes(name));
      if (denied.length > 0) throw new Fault('MEMBER_DENIED', { members: denied, rule: 'default-deny' });
      return { columns, values: columns.map((name) => all[name] ?? []), rows: 3, release: 1 };
    },
    async *stream(access, query, options) {
      const { columns, values, rows } = await layer.ask(access, query, options);
      yield { columns, values, rows };
    },
    explain: async () => ({ sql: 'SELECT 1\nFROM x', rollup: 'devices.by_day' }),
    version: () => 'v1',
  };
  const door = await createSqlDoor({
    layer,
    plan,
    accounts,
    now,
    folder: path.join(home, 'sql'),
    elapsedMs: () => world.elapsedMs,
    audit: { note: (entry) => void noted.push(entry) },
    host: '127.0.0.1',
    port: 0,
    async verifyToken(token): Promise<Access> {
      const [tenant, subject, expiresAt] = token.split('|');
      if (!tenant || !subject || !expiresAt || Number(expiresAt) <= now().getTime() / 1000)
        throw new Fault('TOKEN_INVALID', {});
      return {
        tenant: tenant as Tenant,
        subject,
        email: `${subject}@${tenant}.example`,
        name: undefined,
        groups: ['analyst'],
        teams: [],
        amr: [],
        issuer: 'test',
        client: 'test',
        expiresAt: Number(expiresAt),
      };
    },
    ...more,
  });
  return {
    door,
    accounts,
    asked,
    world,
    noted,
    url: (tenant, user = 'ann', token = tokenOf(tenant, user)) =>
      `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(token)}@127.0.0.1:${door.port}/${tenant}`,
    async close() {
      await door.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
