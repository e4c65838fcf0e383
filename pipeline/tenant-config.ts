// What the pipeline must know of a tenant: name, time zone, organisation, and its connections with secrets as references.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault, isTenant, sources, type Tenant } from '@tessera/base';
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
  connections: z.array(connectionSchema),
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
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (name) => {
      const where = path.join(folder, name);
      const text = await readFile(where, 'utf8');
      return parseTenantConfig(parseJson(text, where), where);
    }),
  );
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
