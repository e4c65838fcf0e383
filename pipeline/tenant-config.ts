// What the pipeline must know of a tenant: name, time zone, organisation, and its connections with secrets as references.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Fault,
  isTenant,
  queryLimitsSchema,
  quotaSchema,
  sources,
  sqlSessionsSchema,
  type Tenant,
} from '@tessera/base';
import type { SourceConnector } from '@tessera/ingest';
import { z } from 'zod';
import { isCron } from './rhythm.ts';

const secretReference = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ sealed: z.string().min(1) }),
]);
type SecretReference = z.infer<typeof secretReference>;

/** Gives a secret that was set with `tessera secret set`; undefined where the tenant has none of that name. */
export type SecretOf = (tenant: Tenant, name: string) => Promise<string | undefined>;

/** When an input is asked: `{ "cron": "0 6 * * 1-5", "timeZone": "Europe/Berlin" }`; its time zone is the tenant's where none is given. */
const scheduleSchema = z.strictObject({
  cron: z.string().refine(isCron, 'not a cron expression of five fields'),
  timeZone: z
    .string()
    .refine((zone) => isTimeZone(zone), 'not an IANA time zone')
    .optional(),
  /** What becomes of times that were missed, for example while the machine was off: one run for all of them, one each, or none. */
  catchUp: z.enum(['once', 'all', 'skip']).default('once'),
});

/** How old data may be: the time since its source was last asked successfully. */
const freshnessMinutes = z.number().min(1).max(43_200);

const connectionSchema = z.strictObject({
  source: z.enum(sources),
  schedule: scheduleSchema.optional(),
  /** In place of the tenant's. */
  freshnessMinutes: freshnessMinutes.optional(),
  settings: z.record(z.string(), z.unknown()),
  /** Settings whose value is kept elsewhere: `{ "token": { "env": "OKTA_TOKEN" } }` `{ "file": "/run/secrets/okta" }` or `{ "sealed": "okta" }`. */
  secrets: z.record(z.string(), secretReference).default({}),
});

export const tenantConfigSchema = z.strictObject({
  tenant: z.custom<Tenant>(isTenant, 'a tenant is lower-case words joined by hyphens'),
  displayName: z.string().min(1),
  timeZone: z.string().refine((zone) => isTimeZone(zone), 'not an IANA time zone'),
  orgId: z.string().min(1),
  /** Pages that may show embeds: exact origins such as `https://portal.example`; http only on this machine. */
  embedOrigins: z.array(z.string().refine(isOrigin, 'not an exact https origin')).max(50).default([]),
  /** Of all connections that have none of their own; without it every `TESSERA_PIPELINE_EVERY_SECONDS`. */
  schedule: scheduleSchema.optional(),
  /** The freshness that this tenant is promised. */
  freshnessMinutes: freshnessMinutes.default(30),
  /** What differs from the settings' share of the machine. */
  quota: quotaSchema.extend({ sqlSessions: sqlSessionsSchema }).partial().default({}),
  /** What differs from the settings' limits of a query. */
  queryLimits: queryLimitsSchema.partial().default({}),
  connections: z
    .array(connectionSchema)
    .refine(
      (list) => new Set(list.map(({ source }) => source)).size === list.length,
      'a source is connected once; bring its two connections together',
    ),
});
export type TenantConfig = z.infer<typeof tenantConfigSchema>;
export type Connection = z.infer<typeof connectionSchema>;

/** Scheme, host and port as a browser writes them: no path, no wildcard, no other spelling. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  const isLocal = url?.protocol === 'http:' && /^(127\.0\.0\.1|localhost)$/.test(url.hostname);
  return url?.origin === text && (url.protocol === 'https:' || isLocal) && !text.includes('*');
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** unknown → TenantConfig, or TENANT_CONFIG_INVALID that names the place in the file. */
export function parseTenantConfig(value: unknown, where: string): TenantConfig {
  const parsed = tenantConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Fault('TENANT_CONFIG_INVALID', {
    where,
    at: issue?.path.join('.') || '(top)',
    problem: issue?.message ?? 'not valid',
  });
}

/** Reads every `*.json` of the folder; an absent folder holds no tenants. */
export async function readTenantConfigs(folder: string): Promise<TenantConfig[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => path.join(folder, name));
  const configs = await Promise.all(
    files.map(async (where) => parseTenantConfig(parseJson(await readFile(where, 'utf8'), where), where)),
  );
  for (const [i, { tenant }] of configs.entries()) {
    const first = configs.findIndex((config) => config.tenant === tenant);
    // Two configurations would take turns writing one lake.
    if (first < i)
      throw new Fault('TENANT_CONFIG_INVALID', {
        where: files[i] ?? '',
        at: 'tenant',
        problem: `${tenant} is configured in ${files[first]} already`,
      });
  }
  return configs;
}

/** A connection that cannot work for now, because its secret is not to be had; everything else goes on without it. */
export interface LameConnection {
  readonly source: Connection['source'];
  readonly fault: Fault;
}

/**
 * Refuses, before anything runs, a connection whose settings its connector would refuse: TENANT_CONFIG_INVALID with the tenant and the connection.
 * One whose secret cannot be had is returned instead: somebody may be about to set it, and nobody else should wait. Asks no vendor.
 */
export async function checkConnections(
  config: TenantConfig,
  connectors: readonly Pick<SourceConnector, 'source' | 'check'>[],
  env: Readonly<Record<string, string | undefined>>,
  secretOf?: SecretOf,
): Promise<readonly LameConnection[]> {
  const lame: LameConnection[] = [];
  for (const [i, connection] of config.connections.entries()) {
    try {
      const settings = await resolveSettings(connection, env, (name) => secretOf?.(config.tenant, name));
      connectors.find(({ source }) => source === connection.source)?.check(settings);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code !== 'SOURCE_SETTINGS_INVALID') {
        lame.push({ source: connection.source, fault: error });
        continue;
      }
      throw new Fault(
        'TENANT_CONFIG_INVALID',
        { where: `Tenant ${config.tenant}`, at: `connections.${i}`, problem: error.message.replace(/\.$/, '') },
        { cause: error },
      );
    }
  }
  return lame;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('TENANT_CONFIG_INVALID', { where, at: '(top)', problem: 'not JSON' });
  }
}

/** The connection's settings with its secrets filled in; a reference to nothing is SECRET_MISSING. */
export async function resolveSettings(
  connection: Connection,
  env: Readonly<Record<string, string | undefined>>,
  sealed: (name: string) => Promise<string | undefined> | undefined = () => undefined,
): Promise<Record<string, unknown>> {
  const filled = await Promise.all(
    Object.entries(connection.secrets).map(async ([name, reference]) => {
      const { place, read } = locate(reference, env, sealed);
      const value = await read();
      if (!value?.trim()) throw new Fault('SECRET_MISSING', { source: connection.source, name, place });
      return [name, value.trim()] as const;
    }),
  );
  return { ...connection.settings, ...Object.fromEntries(filled) };
}

/** Where a reference points to, in words, and how it is read. */
function locate(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
  sealed: (name: string) => Promise<string | undefined> | undefined,
): { readonly place: string; readonly read: () => Promise<string | undefined> } {
  if ('env' in reference)
    return { place: `environment variable ${reference.env}`, read: async () => env[reference.env] };
  if ('sealed' in reference)
    return {
      place: `secrets set with 'tessera secret set --name ${reference.sealed}'`,
      read: async () => sealed(reference.sealed),
    };
  return { place: `file ${reference.file}`, read: () => readFile(reference.file, 'utf8').catch(() => undefined) };
}

/** Whose records a stream's are by the connection's own words, where the stream's records say it too. */
export function ownerOf(
  config: Pick<TenantConfig, 'connections'>,
  source: Connection['source'],
  { ownedBy }: { readonly ownedBy?: { readonly setting: string } },
): string | undefined {
  if (ownedBy === undefined) return undefined;
  const owner = config.connections.find((connection) => connection.source === source)?.settings[ownedBy.setting];
  return typeof owner === 'string' ? owner : undefined;
}
