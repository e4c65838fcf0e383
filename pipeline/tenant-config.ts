// What the pipeline must know of a tenant: name, time zone, organisation, and its connections with secrets as references.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault, isTenant, quotaSchema, sources, type Tenant } from '@tessera/base';
import type { SourceConnector } from '@tessera/ingest';
import { z } from 'zod';

const secretReference = z.strictObject({ env: z.string().min(1) }).or(z.strictObject({ file: z.string().min(1) }));

const connectionSchema = z.strictObject({
  source: z.enum(sources),
  settings: z.record(z.string(), z.unknown()),
  /** Settings whose value is kept elsewhere: `{ "token": { "env": "OKTA_TOKEN" } }` or `{ "file": "/run/secrets/okta" }`. */
  secrets: z.record(z.string(), secretReference).default({}),
});

export const tenantConfigSchema = z.strictObject({
  tenant: z.custom<Tenant>(isTenant, 'a tenant is lower-case words joined by hyphens'),
  displayName: z.string().min(1),
  timeZone: z.string().refine((zone) => isTimeZone(zone), 'not an IANA time zone'),
  orgId: z.string().min(1),
  /** What differs from the settings' share of the machine. */
  quota: quotaSchema.partial().default({}),
  connections: z
    .array(connectionSchema)
    .refine(
      (list) => new Set(list.map(({ source }) => source)).size === list.length,
      'a source is connected once; bring its two connections together',
    ),
});
export type TenantConfig = z.infer<typeof tenantConfigSchema>;
export type Connection = z.infer<typeof connectionSchema>;

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

/**
 * Refuses, before anything runs, a connection whose settings its connector would refuse or whose secret is nowhere:
 * TENANT_CONFIG_INVALID with the tenant and the connection. Asks no vendor.
 */
export async function checkConnections(
  config: TenantConfig,
  connectors: readonly Pick<SourceConnector, 'source' | 'check'>[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const [i, connection] of config.connections.entries()) {
    try {
      const settings = await resolveSettings(connection, env);
      connectors.find(({ source }) => source === connection.source)?.check(settings);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault(
        'TENANT_CONFIG_INVALID',
        { where: `Tenant ${config.tenant}`, at: `connections.${i}`, problem: error.message.replace(/\.$/, '') },
        { cause: error },
      );
    }
  }
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
): Promise<Record<string, unknown>> {
  const filled = await Promise.all(
    Object.entries(connection.secrets).map(async ([name, reference]) => {
      const place = 'env' in reference ? `environment variable ${reference.env}` : `file ${reference.file}`;
      const value =
        'env' in reference ? env[reference.env] : await readFile(reference.file, 'utf8').catch(() => undefined);
      if (!value?.trim()) throw new Fault('SECRET_MISSING', { source: connection.source, name, place });
      return [name, value.trim()] as const;
    }),
  );
  return { ...connection.settings, ...Object.fromEntries(filled) };
}
