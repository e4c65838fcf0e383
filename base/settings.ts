// Every setting, declared once: environment reader, help text and docs/reference/settings.md come from this table.
import path from 'node:path';
import { z } from 'zod';
import { Fault } from './fault.ts';

interface Option<T> {
  readonly env: string;
  readonly type: z.ZodType<T>;
  readonly about: string;
}
const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);
const option = <T>(env: string, type: z.ZodType<T>, about: string): Option<T> => ({ env, type, about });
/** Ranges of addresses with commas between them; none where it is not set. */
const ranges = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((range) => range.trim())
      .filter(Boolean),
  )
  .refine(
    (all) => all.every((range) => z.cidrv4().or(z.cidrv6()).safeParse(range).success),
    'ranges such as 10.1.0.0/16, with commas between them',
  );

export const options = {
  home: option(
    'TESSERA_HOME',
    z.string().min(1).default('.tessera'),
    'Folder that holds the lake, the serving copies and the demo.',
  ),
  lake: option(
    'TESSERA_LAKE',
    z.string().min(1).optional(),
    'Where the lake is: a folder, or `s3://bucket/prefix` (signed in to as the AWS SDK does by default); `lake` in TESSERA_HOME where not set.',
  ),
  port: option('TESSERA_PORT', port(4000), 'Port of the application, the Cube API and the platform API.'),
  sqlPort: option('TESSERA_SQL_PORT', port(15432), 'Port of the SQL API.'),
  sql: option(
    'TESSERA_SQL',
    z.enum(['on', 'off']).default('on'),
    'Whether the SQL API listens. The PostgreSQL behind it starts with the first connection.',
  ),
  sqlTlsCert: option(
    'TESSERA_SQL_TLS_CERT',
    z.string().min(1).optional(),
    'File of the certificate (PEM, with its chain) of the SQL API. Without it only this machine may connect.',
  ),
  sqlTlsKey: option(
    'TESSERA_SQL_TLS_KEY',
    z.string().min(1).optional(),
    "File of that certificate's private key (PEM).",
  ),
  sqlSessions: option(
    'TESSERA_SQL_SESSIONS',
    z.coerce.number().int().min(1).max(5000).default(400),
    'Sessions of the SQL API at most, of all tenants together; one more gets 53300. Each is a process of the PostgreSQL behind it.',
  ),
  sqlTenantSessions: option(
    'TESSERA_SQL_TENANT_SESSIONS',
    z.coerce.number().int().min(1).max(5000).default(100),
    "Of these, how many may be of one tenant, where the tenant's file says nothing else.",
  ),
  sqlRows: option(
    'TESSERA_SQL_ROWS',
    z.coerce.number().int().min(0).max(100_000_000).default(1_000_000),
    'Rows at most of an answer that the SQL API gives in parts; one with more is refused. 0: no answer has more than TESSERA_QUERY_ROWS.',
  ),
  demoPort: option('TESSERA_DEMO_PORT', port(4100), 'Port of the demo issuer and the vendor stand-ins.'),
  host: option('TESSERA_HOST', z.string().default('127.0.0.1'), 'Address to listen on.'),
  publicUrl: option(
    'TESSERA_PUBLIC_URL',
    z.url({ protocol: /^https?$/ }).optional(),
    'Address at which people and tools reach this server, where that is a proxy before it. With https, answers tell browsers to use nothing else (HSTS).',
  ),
  trustedProxies: option(
    'TESSERA_TRUSTED_PROXIES',
    ranges,
    'Proxies whose `X-Forwarded-For` is believed, as ranges with commas between them. Without it a caller has the address of his connection.',
  ),
  replay: option(
    'TESSERA_REPLAY',
    z.string().optional(),
    'Folder of recorded vendor payloads that the stand-ins serve instead of generated ones; wants a TESSERA_HOME of its own.',
  ),
  issuer: option(
    'TESSERA_ISSUER',
    z.url().optional(),
    'OIDC issuer whose access tokens are taken. Required where tenants are configured; the demo brings its own.',
  ),
  audience: option(
    'TESSERA_AUDIENCE',
    z.string().min(1).default('api://tessera'),
    'Audience that access tokens must carry, alone.',
  ),
  policy: option(
    'TESSERA_POLICY',
    z.string().min(1).optional(),
    'File (JSON) of who may see and do what: a whole policy pack, or `bindings` alone, which bind your own groups to the roles that are built in. Read at start; the built-in pack where not set.',
  ),
  tokenMinutes: option(
    'TESSERA_TOKEN_MINUTES',
    z.coerce.number().int().min(1).max(1440).default(15),
    'Minutes that an access token is good for at most, counted from its issue, whatever its own end: rights that the issuer took away are gone everywhere after that time. `tessera access revoke` takes them away at once.',
  ),
  clientId: option(
    'TESSERA_CLIENT_ID',
    z.string().min(1).default('tessera-app'),
    "Client id of the application; other clients' tokens are refused.",
  ),
  pipelineEverySeconds: option(
    'TESSERA_PIPELINE_EVERY_SECONDS',
    z.coerce.number().int().min(1).default(900),
    'Seconds between two pipeline runs of a tenant whose file has no schedule.',
  ),
  pipelineAtOnce: option(
    'TESSERA_PIPELINE_AT_ONCE',
    z.coerce.number().int().min(1).default(4),
    'Tenants whose pipelines run at the same time; the others wait in turn.',
  ),
  pipelinePages: option(
    'TESSERA_PIPELINE_PAGES',
    z.coerce.number().int().min(1).default(500),
    'Pages that a stream of events may fetch in one turn of its tenant; what is left is fetched after the others have had theirs.',
  ),
  retentionDays: option(
    'TESSERA_RETENTION_DAYS',
    z.coerce.number().int().min(0).max(7).default(7),
    'Days that a file stays after no kept release needs it, for readers that are still at it; 7 at most.',
  ),
  keepReleases: option(
    'TESSERA_KEEP_RELEASES',
    z.coerce.number().int().min(2).max(1000).default(20),
    'Newest releases of a tenant that can be served again by `tessera release rollback`.',
  ),
  vendorNetworks: option(
    'TESSERA_VENDOR_NETWORKS',
    ranges,
    'Networks of your own in which vendors, issuers, receivers of alerts (mail servers, too) and the broker of embeds may be called, as ranges with commas between them. Without it only addresses of the public internet are, and this machine where one of the latter three is written as 127.0.0.1 or localhost.',
  ),
  duckdbMemory: option(
    'TESSERA_DUCKDB_MEMORY',
    z
      .string()
      .regex(/^\d+(MB|GB)$/)
      .default('512MB'),
    'Memory limit of each DuckDB instance.',
  ),
  kmsKey: option(
    'TESSERA_KMS_KEY',
    z.string().min(1).optional(),
    "AWS KMS key (id, ARN or alias) that wraps the tenants' keys; without it a key file in TESSERA_HOME/keys does.",
  ),
  seal: option(
    'TESSERA_SEAL',
    z.enum(['on', 'off']).default('on'),
    "Whether raw pages and quarantined records are stored encrypted under the tenant's key; what is stored already is read either way.",
  ),
  places: option(
    'TESSERA_CONCURRENCY',
    z.coerce.number().int().min(1).max(10_000).default(8),
    'Requests that are worked on at the same time, of all tenants together; keep it above the share of one.',
  ),
  tenantConcurrency: option(
    'TESSERA_TENANT_CONCURRENCY',
    z.coerce.number().int().min(1).max(1000).default(4),
    'Of these, how many may be of one tenant.',
  ),
  tenantQueue: option(
    'TESSERA_TENANT_QUEUE',
    z.coerce.number().int().min(0).max(100_000).default(100),
    "A tenant's requests that may wait for their turn; one more gets 429.",
  ),
  tenantPerMinute: option(
    'TESSERA_TENANT_REQUESTS_PER_MINUTE',
    z.coerce.number().int().min(1).max(1_000_000).default(6000),
    "A tenant's requests a minute in the long run (a sixth of them may come at once); one more gets 429.",
  ),
  leaveSeconds: option(
    'TESSERA_LEAVE_SECONDS',
    z.coerce.number().int().min(0).max(300).default(2),
    'Seconds that a server which is told to stop (SIGTERM) still serves while `/readyz` says 503, so that whoever chooses among servers goes elsewhere; what has begun is answered in any case.',
  ),
  production: option(
    'TESSERA_PRODUCTION',
    z.stringbool().optional(),
    'Whether a start with anything that is only good for trying out is refused. Where not set: yes where tenants are configured, no for the demo; NODE_ENV=production means yes. `false` takes the checks away from real tenants, and says so at every start.',
  ),
  auditHome: option(
    'TESSERA_AUDIT_HOME',
    z.string().min(1).optional(),
    'Folder of the audit trail; `audit` in TESSERA_HOME where not set. A disk of its own keeps the trail writable when the lake is full.',
  ),
  auditHeads: option(
    'TESSERA_AUDIT_HEADS',
    z.string().min(1).optional(),
    "Folder where the audit trail's signed heads are kept a second time; `heads` in the trail's folder where not set. Best a place that this machine may only add to.",
  ),
  metrics: option(
    'TESSERA_METRICS',
    z.enum(['off', 'prometheus', 'emf']).default('off'),
    'How metrics leave: `prometheus` answers GET /metrics on a port of this machine alone, `emf` writes CloudWatch lines to stderr each minute.',
  ),
  metricsPort: option('TESSERA_METRICS_PORT', port(9464), 'Port of /metrics, on 127.0.0.1 only.'),
  metricsTenants: option(
    'TESSERA_METRICS_TENANTS',
    z.coerce.number().int().min(0).max(1000).default(0),
    'Tenants that metrics name; those beyond it are `other`, and with 0 no tenant is named.',
  ),
  canary: option(
    'TESSERA_CANARY',
    z.enum(['on', 'off']).default('off'),
    'Whether a tenant of known pages is asked for its known numbers every five minutes, from page to answer; an alert where they are wrong.',
  ),
  queryTimeoutMs: option(
    'TESSERA_QUERY_TIMEOUT_MS',
    z.coerce.number().int().min(1).default(30_000),
    "Milliseconds after which a query is interrupted, where the tenant's file says nothing else.",
  ),
  queryRows: option(
    'TESSERA_QUERY_ROWS',
    z.coerce.number().int().min(1).max(50_000).default(50_000),
    "Rows of an answer at most, where the tenant's file says nothing else; one with more is refused.",
  ),
} as const;

export type Settings = { readonly [K in keyof typeof options]: z.infer<(typeof options)[K]['type']> };

/** Reads all settings once; a bad one is SETTING_INVALID and names the variable, never its value. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const read = Object.entries(options).map(([name, { env: variable, type }]) => {
    const parsed = type.safeParse(env[variable] === '' ? undefined : env[variable]);
    if (!parsed.success) {
      throw new Fault('SETTING_INVALID', { name: variable, problem: parsed.error.issues[0]?.message ?? 'not valid' });
    }
    return [name, parsed.data];
  });
  const settings = Object.fromEntries(read) as Settings;
  // Absolute from here on: programs that we start in folders of their own are told of the same one.
  return Object.freeze({ ...settings, home: path.resolve(settings.home) });
}
