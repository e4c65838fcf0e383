// Every fault of the house: one row a code, grouped by room. Codes are never reused; no parameter may hold a secret, a token or a row.
interface FaultRow<P> {
  readonly status: number;
  readonly sqlstate: string;
  readonly retry: boolean;
  readonly say: (params: P) => string;
}
const row = <P>(status: number, sqlstate: string, retry: boolean, say: (params: P) => string): FaultRow<P> => ({
  status,
  sqlstate,
  retry,
  say,
});

export const faults = {
  // base
  INTERNAL: row<Record<string, never>>(
    500,
    'XX000',
    false,
    () => 'Something went wrong on our side; it has been logged.',
  ),
  TENANT_INVALID: row<{ length: number }>(
    400,
    '22023',
    false,
    (p) =>
      `A tenant name is lower-case letters and digits in words joined by single hyphens, starts with a letter and has at most 40 characters; the one given has ${p.length} characters and does not fit.`,
  ),
  SETTING_INVALID: row<{ name: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `Setting ${p.name}: ${p.problem}. See docs/reference/settings.md.`,
  ),

  // lakehouse
  NAME_INVALID: row<{ kind: string; length: number }>(
    400,
    '42602',
    false,
    (p) =>
      `A ${p.kind} may hold letters, digits, '.', '_', '=' and '-' and starts with a letter or digit (tables: lower-case words joined by _); the one given has ${p.length} characters and does not fit.`,
  ),
  OBJECT_MISSING: row<{ key: string }>(
    500,
    '58P01',
    false,
    (p) => `Object ${p.key} is not in the store although something refers to it; restore it or rebuild the table.`,
  ),
  STORE_FULL: row<{ key: string }>(
    503,
    '53100',
    true,
    (p) => `No space left while writing ${p.key}; nothing was acknowledged. Free space and run again.`,
  ),
  STORE_FAILED: row<{ action: string; key: string; reason: string }>(
    503,
    '58030',
    true,
    (p) => `The object store could not ${p.action} ${p.key} (${p.reason}); nothing was acknowledged.`,
  ),
  RAW_PAGE_CORRUPT: row<{ key: string }>(
    500,
    'XX001',
    false,
    (p) => `Raw page ${p.key} does not match its recorded sha256; restore it from a backup or fetch it again.`,
  ),
  QUERY_TIMEOUT: row<{ timeoutMs: number }>(
    504,
    '57014',
    true,
    (p) => `The query was stopped after ${p.timeoutMs} ms; narrow the time range or the groups.`,
  ),
  QUERY_CANCELLED: row<Record<string, never>>(499, '57014', false, () => 'The query was cancelled by its caller.'),
  QUERY_TOO_LARGE: row<Record<string, never>>(
    503,
    '53200',
    true,
    () => 'The query needs more memory than it may use; narrow the time range or the groups.',
  ),
  QUERY_FAILED: row<{ reason: string }>(500, '42000', false, (p) => `The statement could not be run: ${p.reason}`),
  QUERY_REFUSED: row<{ kind: string }>(
    403,
    '42501',
    false,
    (p) => `Statements of kind ${p.kind} are not allowed on a serving copy; only selects and roll-up tables are.`,
  ),
  TABLE_LOG_BROKEN: row<{ table: string; version: number; problem: string }>(
    500,
    'XX001',
    false,
    (p) =>
      `The log of table ${p.table} is broken at version ${p.version}: ${p.problem}. Nothing was read; restore the log.`,
  ),
  TABLE_FILE_DAMAGED: row<{ table: string }>(
    500,
    'XX001',
    false,
    (p) =>
      `A data file of table ${p.table} is not as it was written. Nothing of it was read; restore the table, or rebuild it from raw.`,
  ),
  TABLE_PROTOCOL: row<{ table: string; reader: number; writer: number }>(
    500,
    '0A000',
    false,
    (p) =>
      `Table ${p.table} needs Delta protocol ${p.reader}/${p.writer}; this program knows 1/2. Use a newer version of it.`,
  ),
  TABLE_VERSION_MISSING: row<{ table: string; version: number }>(
    404,
    '42P01',
    false,
    (p) => `Table ${p.table} has no version ${p.version}.`,
  ),
  TABLE_PATH_REFUSED: row<{ table: string }>(
    500,
    'XX001',
    false,
    (p) => `The log of table ${p.table} names a file outside the table's own folder; nothing was read.`,
  ),
  COLUMN_TYPE: row<{ table: string; column: string; got: string; want: string }>(
    500,
    '42804',
    false,
    (p) => `Column ${p.column} of table ${p.table} arrives as ${p.got} but is ${p.want}; cast it in the select.`,
  ),
  COLUMN_UNKNOWN: row<{ table: string; column: string }>(
    500,
    '42703',
    false,
    (p) => `Column ${p.column} is not declared for table ${p.table}; declare it or leave it out of the select.`,
  ),
  COLUMN_NULL: row<{ table: string; column: string; rows: number }>(
    500,
    '23502',
    false,
    (p) => `${p.rows} rows for table ${p.table} have no ${p.column}, which must not be null; nothing was written.`,
  ),
  KEY_NOT_UNIQUE: row<{ table: string; rows: number }>(
    500,
    '23505',
    false,
    (p) => `${p.rows} rows for table ${p.table} repeat a key that must be unique; nothing was written.`,
  ),
  PARTITION_UNLISTED: row<{ table: string; rows: number }>(
    500,
    '23514',
    false,
    (p) => `${p.rows} rows for table ${p.table} lie outside the partitions to replace; nothing was written.`,
  ),
  COMMIT_CONFLICT: row<{ table: string; attempts: number }>(
    503,
    '40001',
    true,
    (p) => `Table ${p.table} was changed by others ${p.attempts} times while this commit waited; run again.`,
  ),
  RELEASE_DAMAGED: row<Record<string, never>>(
    500,
    'XX001',
    false,
    () =>
      'The document of a release is not as it was written, so nothing is served from it. Restore it from a backup, or say tessera pipeline rebuild.',
  ),
  RELEASE_TAKEN: row<{ release: number }>(
    409,
    '40001',
    true,
    (p) => `Release ${p.release} was published by another run; read the newest release and build upon it.`,
  ),
  RELEASE_UNKNOWN: row<{ tenant: string; newest: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Tenant ${p.tenant} has no such earlier release; its newest is ${p.newest}. They are listed by: tessera release list --tenant ${p.tenant}`,
  ),
  RELEASE_UNREADABLE: row<{ tenant: string; release: number; table: string }>(
    409,
    '55000',
    false,
    (p) =>
      `Release ${p.release} of ${p.tenant} cannot be served again: its table ${p.table} is not there any more as it was published. Choose a later release; what is served stays as it is.`,
  ),
  RELEASE_NOT_ROLLED_BACK: row<{ tenant: string; newest: number }>(
    409,
    '55000',
    false,
    (p) => `The newest release of ${p.tenant} (${p.newest}) is no rollback, so there is nothing to resume.`,
  ),
  REBUILD_UNSETTLED: row<{ tenant: string }>(
    409,
    '55000',
    false,
    (p) =>
      `Tenant ${p.tenant} has no release yet, or was rolled back to an earlier one: there is nothing to compare a rebuild with. Run the pipeline, or say: tessera release resume --tenant ${p.tenant}`,
  ),
  BACKUP_BROKEN: row<{ tenant: string; problem: string }>(
    500,
    '58030',
    false,
    (p) => `The backup of ${p.tenant} cannot be used: ${p.problem}. Nothing is served from it; take another backup.`,
  ),
  RESTORE_NOT_EMPTY: row<{ tenant: string }>(
    409,
    '55006',
    false,
    (p) =>
      `There are objects of ${p.tenant} already; a restore goes into an empty place. Choose another home, or erase the tenant first.`,
  ),
  LEASE_LOST: row<{ tenant: string; fence: number; newest: number }>(
    409,
    '40001',
    true,
    (p) =>
      `Another worker runs tenant ${p.tenant} now (lease ${p.newest}; ours was ${p.fence}); nothing more of this run is written. Its work is done again in the next run.`,
  ),
  NOT_SERVED: row<{ tenant: string }>(
    503,
    '57P03',
    true,
    (p) => `Tenant ${p.tenant} has no release yet; it is served as soon as its first pipeline run ends.`,
  ),

  // ingest
  VENDOR_BUSY: row<{ source: string; waitMs: number }>(
    503,
    '53300',
    true,
    (p) => `${p.source} asks us to wait ${p.waitMs} ms before the next call.`,
  ),
  VENDOR_UNAVAILABLE: row<{ source: string; problem: string }>(
    503,
    '08006',
    true,
    (p) => `${p.source} does not answer: ${p.problem}. The same call is made again later.`,
  ),
  VENDOR_REFUSED: row<{ source: string; status: number; request: string }>(
    502,
    '28000',
    false,
    (p) =>
      `${p.source} refused ${p.request} with status ${p.status}. Check the connection's credential and its scopes, listed in docs/reference/sources.md.`,
  ),
  PAGE_MALFORMED: row<{ source: string; problem: string }>(
    502,
    '08P01',
    true,
    (p) => `${p.source} sent a page that cannot be read: ${p.problem}. The page is kept, and the call is made again.`,
  ),
  CURSOR_EXPIRED: row<{ source: string; stream: string }>(
    502,
    '55000',
    true,
    (p) => `${p.source} no longer knows where we stopped reading ${p.stream}; it is read again from the start.`,
  ),
  LISTING_UNSTABLE: row<{ source: string; stream: string }>(
    503,
    '55000',
    true,
    (p) =>
      `The listing of ${p.source} ${p.stream} kept changing while it was read, so nobody can say what is missing from it. It is read again in the next run.`,
  ),
  SOURCE_SETTINGS_INVALID: row<{ source: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The settings of the ${p.source} connection are not right at ${p.at}: ${p.problem}. What belongs there is in docs/reference/sources.md.`,
  ),
  CONTRACT_BREAKS: row<{ contract: string; version: number; what: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The columns of ${p.contract} changed in a way that breaks what is stored under version ${p.version}: ${p.what}. Nothing was written; give the stream the next version, and build the table again from raw (tessera pipeline rebuild).`,
  ),
  SCHEMA_BROKEN: row<{ source: string; stream: string; records: number; bad: number; reason: string }>(
    502,
    '22P02',
    false,
    (p) =>
      `${p.bad} of ${p.records} records of ${p.source} ${p.stream} do not fit their columns, most of them because ${p.reason}: the vendor's schema has changed. The pages are in raw and nothing of them was taken; mend the connector's columns, then replay the dead letter.`,
  ),
  RECORDS_FOREIGN: row<{ source: string; stream: string; records: number }>(
    502,
    '42501',
    false,
    (p) =>
      `${p.source} sent ${p.records} records of ${p.stream} that say they are of another organisation; they are in quarantine. Check that the credential is of this tenant alone.`,
  ),
  RECORD_UNKNOWN: row<{ tenant: string; length: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Tenant ${p.tenant} has no such record in quarantine (the id given has ${p.length} characters). They are listed by: tessera quarantine list --tenant ${p.tenant}`,
  ),
  RECORD_STILL_BAD: row<{ reason: string }>(
    422,
    '22P02',
    false,
    (p) => `The record still cannot be taken: ${p.reason}. Nothing was changed; fix it, or discard it.`,
  ),
  VENDOR_ADDRESS_REFUSED: row<{ problem: string }>(
    400,
    '28000',
    false,
    (p) =>
      `The vendor's address may not be called: ${p.problem}. Networks of your own are allowed by TESSERA_VENDOR_NETWORKS, see docs/reference/settings.md.`,
  ),
  LISTING_EMPTY: row<{ source: string; stream: string; known: number }>(
    502,
    '55000',
    false,
    (p) =>
      `${p.source} lists no ${p.stream} at all, where ${p.known} were known; that looks like a lost permission, so nothing is taken for deleted. Check what the credential may see.`,
  ),
  SOURCE_OVERSCOPED: row<{ source: string; scopes: string }>(
    502,
    '42501',
    false,
    (p) =>
      `The ${p.source} credential may do more than Tessera needs: ${p.scopes}. Take these away from it; what is needed is listed in docs/reference/sources.md.`,
  ),

  DELIVERY_INVALID: row<{ problem: string }>(
    400,
    '22023',
    false,
    (p) => `The delivery is not taken: ${p.problem}. Nothing of it was kept.`,
  ),

  // transforms
  MODEL_TEMPLATE_INVALID: row<{ file: string; line: number; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.file}:${p.line}: ${p.problem}. The language of models is described in transforms/README.md.`,
  ),
  MODEL_REF_UNKNOWN: row<{ file: string; line: number; name: string; meant: string | undefined }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.file}:${p.line}: there is no table '${p.name}'${p.meant === undefined ? '.' : `; did you mean '${p.meant}'?`} Names are those of the folders in transforms/models and of the streams in transforms/bronze-columns.ts.`,
  ),
  MODEL_CYCLE: row<{ path: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `Models refer to each other in a circle: ${p.path}. Break it by taking what both need into a model of its own.`,
  ),
  MODEL_INVALID: row<{ file: string; problem: string }>(500, 'F0000', false, (p) => `${p.file}: ${p.problem}.`),
  MODEL_FAILED: row<{ model: string; file: string; kind: string }>(
    500,
    'XX000',
    false,
    (p) =>
      `Model ${p.model} (${p.file}) could not be built: ${p.kind}. Nothing of it was written; the log has the details.`,
  ),
  MODEL_CONTRACT_BREAKS: row<{ model: string; version: number; what: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `Table ${p.model} was built under version ${p.version} of its contract, and the model of this program breaks it: ${p.what}. Nothing was merged; use the program that built it, or see \`tessera model plan\` and accept the change with \`tessera model accept --note "…"\`, after which the table is built whole.`,
  ),
  MODEL_CONTRACT_NEWER: row<{ model: string; version: number; known: number }>(
    500,
    'F0000',
    false,
    (p) =>
      `Table ${p.model} was built under version ${p.version} of its contract; this program knows version ${p.known}. Nothing was merged; use the newer program.`,
  ),
  MODEL_NOTE_MISSING: row<{ models: readonly string[] }>(
    400,
    'F0000',
    false,
    (p) =>
      `The contract of ${p.models.join(', ')} breaks; nothing was written. Say why, and what those who rely on it do: \`tessera model accept --note "…"\`.`,
  ),
  CHECK_FAILED: row<{ model: string; check: string; count: number }>(
    500,
    '23514',
    false,
    (p) =>
      `Check '${p.check}' of ${p.model} failed on ${p.count} row(s). The table was not written and the last good release stays; look at the model and its sources.`,
  ),

  // pipeline
  LEDGER_UNBALANCED: row<{
    tenant: string;
    hop: string;
    object: string;
    date: string;
    problem: string;
    rows: number;
    lines: number;
  }>(
    500,
    '23514',
    false,
    (p) =>
      `The ledger of ${p.tenant} does not balance: ${p.hop}, ${p.object}, ${p.date}: ${p.problem} (${p.rows} row(s)), in ${p.lines} line(s) altogether. Nothing was released and the last good release stays; see: tessera ledger show --tenant ${p.tenant} --open`,
  ),
  TENANT_CONFIG_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.where}, at ${p.at}: ${p.problem}. The fields of a tenant's file are described in docs/how-to/add-a-tenant.md.`,
  ),
  SECRET_MISSING: row<{ source: string; name: string; place: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The secret '${p.name}' of the ${p.source} connection is not set: looked in ${p.place}. Set it there, or change the reference in the tenant's file.`,
  ),

  LEASE_HELD: row<{ tenant: string; holder: string; since: string }>(
    409,
    '55006',
    true,
    (p) =>
      `Tenant ${p.tenant} is being run by ${p.holder} since ${p.since}. Wait until that run has ended, or stop that program, and say it again.`,
  ),
  RUN_FAILED: row<{ tenant: string; stage: string; code: string; message: string }>(
    500,
    'XX000',
    true,
    (p) =>
      `The run of tenant ${p.tenant} failed in ${p.stage} (${p.code}): ${p.message} The last good release stays served; the failed stage is listed by: tessera dead-letter list --tenant ${p.tenant}`,
  ),
  DEAD_LETTER_UNKNOWN: row<{ tenant: string; length: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Tenant ${p.tenant} has no such dead letter (the id given has ${p.length} characters). They are listed by: tessera dead-letter list --tenant ${p.tenant}`,
  ),
  TENANT_NOT_CONFIGURED: row<{ tenant: string }>(
    404,
    '3D000',
    false,
    (p) => `No tenant ${p.tenant} is configured here. Tenants' files are described in docs/how-to/add-a-tenant.md.`,
  ),
  BACKFILL_UNSUPPORTED: row<{ source: string; stream: string }>(
    400,
    '0A000',
    false,
    (p) =>
      `${p.source} ${p.stream} cannot be read again by time. Streams of events can where their vendor answers for a span of time; listings are read as a whole in every run.`,
  ),
  ALERTS_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. Its fields are described in docs/how-to/alerts.md.`,
  ),
  WINDOW_INVALID: row<{ problem: string }>(400, '22007', false, (p) => `The span of time is not valid: ${p.problem}.`),

  // security
  TOKEN_MISSING: row<Record<string, never>>(
    401,
    '28000',
    false,
    () => 'Sign in first: this request carries no access token (Authorization: Bearer …).',
  ),
  TOKEN_INVALID: row<Record<string, never>>(
    401,
    '28P01',
    false,
    () => 'The access token is not valid here, or no longer. Sign in again.',
  ),
  REVOCATIONS_BROKEN: row<{ file: string }>(
    503,
    '57P03',
    true,
    (p) =>
      `The list of revoked rights (${p.file}) cannot be read, so nobody is let in. Mend the file, or remove it to revoke nothing.`,
  ),
  TOKEN_AMBIGUOUS: row<Record<string, never>>(
    400,
    '28000',
    false,
    () =>
      'The request carries more than one token, or one in its address or a cookie. Send one Authorization header and nothing else.',
  ),
  CLAIM_REFUSED: row<{ claim: string }>(
    403,
    '42501',
    false,
    (p) =>
      `The access token is genuine, but its claim '${p.claim}' is missing or not usable. Ask whoever runs your sign-in to set it.`,
  ),
  QUERY_INVALID: row<{ at: string; problem: string }>(
    400,
    '42601',
    false,
    (p) =>
      `The query is not valid at ${p.at}: ${p.problem}. The format is described at https://cube.dev/docs/product/apis-integrations/rest-api/query-format.`,
  ),
  QUERY_MEMBER_UNKNOWN: row<{ members: readonly string[] }>(
    400,
    '42703',
    false,
    (p) => `There is no ${p.members.join(', ')} here. The members that you may use are listed at /cubejs-api/v1/meta.`,
  ),
  MEMBER_DENIED: row<{ members: readonly string[]; rule: string }>(
    403,
    '42501',
    false,
    (p) =>
      `You may not use ${p.members.join(', ')} here (rule ${p.rule}). The members that you may use are listed at /cubejs-api/v1/meta; what is masked for you may be selected as a dimension and nothing else.`,
  ),
  ACTION_DENIED: row<{ action: string; rule: string }>(
    403,
    '42501',
    false,
    (p) =>
      `You may not do this (action ${p.action}, rule ${p.rule}). Ask whoever manages your groups for a role with it.`,
  ),
  POLICY_BROKEN: row<{ problems: readonly string[] }>(
    500,
    'F0000',
    false,
    (p) =>
      `The policy pack is broken, so nobody is let in: ${p.problems.join(' ')} See docs/how-to/change-a-policy.md.`,
  ),
  POLICY_REVISION_UNKNOWN: row<{ revision: string }>(
    500,
    '22023',
    false,
    (p) =>
      `There is no policy pack to read at revision ${p.revision}. Name a commit, branch or tag of this repository that has security/policies/pack.ts.`,
  ),
  QUERY_ZONE_REFUSED: row<{ member: string }>(
    400,
    '22023',
    false,
    (p) =>
      `${p.member} is already a day of the tenant's own time zone: ask for it with timezone UTC, or use the matching _at member with another zone.`,
  ),
  AUDIT_UNAVAILABLE: row<Record<string, never>>(
    503,
    '58030',
    true,
    () =>
      'This act must be written to the audit trail before it is done, and the trail cannot be written now. Nothing was done.',
  ),
  AUDIT_BROKEN: row<{ chain: string; sequence: number; problem: string }>(
    503,
    'XX001',
    false,
    (p) =>
      `The audit trail of ${p.chain} is not what was signed, at record ${p.sequence}: ${p.problem}. Nothing was written to it; see docs/how-to/read-the-audit-trail.md.`,
  ),
  AUDIT_BUSY: row<{ writer: string; pid: number }>(
    503,
    '55006',
    true,
    (p) =>
      `Another process (${p.pid}) writes the audit trail as '${p.writer}'. Stop it, or give this one a TESSERA_AUDIT_HOME of its own.`,
  ),
  ISSUERS_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. The file is described in docs/how-to/connect-okta.md.`,
  ),
  KEY_FILE_OPEN: row<{ file: string; mode: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.file} can be read by others than its owner (mode ${p.mode}). Run: chmod 600 ${p.file}`,
  ),
  MASTER_KEY_MISSING: row<{ place: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The master key that wraps the tenants' keys is not to be had (${p.place}). Restore it from its backup: without it nothing sealed can be read. See docs/how-to/rotate-keys.md.`,
  ),
  KEY_ERASED: row<{ tenant: string }>(
    410,
    '42704',
    false,
    (p) =>
      `The key of tenant ${p.tenant} was erased, for good: nothing sealed with it can be read, and the name cannot be used again. Choose another name for a new tenant.`,
  ),
  SEAL_BROKEN: row<{ label: string }>(
    500,
    'XX001',
    false,
    (p) =>
      `${p.label} cannot be opened: it was changed, moved, or sealed with a key that is not here. Restore it, or the keys, from a backup.`,
  ),
  KEY_SERVICE_FAILED: row<{ action: string; reason: string }>(
    503,
    '58030',
    true,
    (p) =>
      `The key service could not ${p.action} a tenant's key (${p.reason}). Check TESSERA_KMS_KEY and that we may use that key; the call is made again at the next use.`,
  ),
  KEYS_BUSY: row<{ folder: string }>(
    503,
    '55P03',
    true,
    (p) => `Another process is changing ${p.folder}; wait until it has ended and try again.`,
  ),
  SECRET_INVALID: row<{ problem: string }>(400, '22023', false, (p) => `The secret was not kept: ${p.problem}.`),
  STEP_UP_NEEDED: row<{ maxAgeSeconds: number }>(
    401,
    '28000',
    false,
    (p) =>
      `This wants a sign-in with a second factor within the last ${p.maxAgeSeconds / 60} minutes. Sign in again, with it.`,
  ),
  ISSUER_UNAVAILABLE: row<Record<string, never>>(
    503,
    '57P03',
    true,
    () => 'The sign-in service cannot be reached, so tokens cannot be checked. Try again soon.',
  ),

  // sql-api
  SQL_SYNTAX: row<{ problem: string; position: number }>(400, '42601', false, (p) => p.problem),
  SQL_TOO_LARGE: row<{ what: string; most: number }>(
    400,
    '54000',
    false,
    (p) => `The statement has more than ${p.most} ${p.what}; send less at once, or keep lists in a temporary table.`,
  ),
  SQL_TOO_DEEP: row<Record<string, never>>(
    400,
    '54001',
    false,
    () => 'The statement is nested too deeply to be read; take parts of it into WITH queries.',
  ),
  SQL_TEXT_INVALID: row<Record<string, never>>(
    400,
    '22021',
    false,
    () => 'The statement holds a NUL or half a character; send valid UTF-8.',
  ),
  SQL_STATEMENT_REFUSED: row<{ statement: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied: ${p.statement} is not served here; docs/reference/sql-api.md lists what is.`,
  ),
  SQL_READ_ONLY: row<{ statement: string; position: number }>(
    403,
    '25006',
    false,
    (p) => `cannot execute ${p.statement}: semantic views are read-only. Only temporary tables take rows.`,
  ),
  SQL_FUNCTION_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied for function ${p.name}`,
  ),
  SQL_NAME_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied for ${p.name}`,
  ),
  SQL_SETTING_REFUSED: row<{ name: string; position: number }>(
    403,
    '42501',
    false,
    (p) => `permission denied to set parameter "${p.name}"`,
  ),
  SQL_SETTING_INVALID: row<{ name: string; takes: string; position: number }>(
    400,
    '22023',
    false,
    (p) => `invalid value for parameter "${p.name}": it takes ${p.takes}`,
  ),
  SQL_MASKED: row<{ column: string; position: number }>(
    403,
    '42501',
    false,
    (p) =>
      `Column ${p.column} is shown to you as a token: it may be selected and grouped by, and used in no other place.`,
  ),
  SQL_NOT_EXACT: row<{ clause: string; why: string; hint: string; position: number }>(
    400,
    '0A000',
    false,
    (p) => `${p.clause} cannot be answered exactly: ${p.why}.`,
  ),
  SQL_UNGROUPED: row<{ column: string; hint: string; position: number }>(
    400,
    '42803',
    false,
    (p) => `column "${p.column}" must appear in the GROUP BY clause or be used in an aggregate function`,
  ),
  SQL_VALUE_INVALID: row<{ column: string; takes: string }>(
    400,
    '22P02',
    false,
    (p) => `A value compared with ${p.column} is not ${p.takes}.`,
  ),
  SQL_TOO_MANY_ROWS: row<{ view: string; most: number }>(
    400,
    '54000',
    false,
    (p) =>
      `More than ${p.most} rows of ${p.view} would be needed, and no answer is cut silently. Group more coarsely, filter more, or say LIMIT.`,
  ),
  SQL_CATALOG_CHANGED: row<Record<string, never>>(
    503,
    '57P01',
    true,
    () => 'terminating connection: what you may see has changed since you connected. Connect again to see it as it is.',
  ),
  SQL_BACKEND_FAILED: row<{ reason: string }>(
    503,
    '58000',
    true,
    (p) =>
      `The PostgreSQL behind the SQL door does not work (${p.reason}). REST and GraphQL are not affected; it is started again at the next connection.`,
  ),
  SQL_ANSWER_UNFIT: row<{ type: string }>(
    500,
    'XX000',
    false,
    (p) => `A value of the answer is no ${p.type}, so nothing of the answer is shown. Please report the query.`,
  ),
  SQL_ANSWER_SHAPE: row<Record<string, never>>(
    500,
    'XX000',
    false,
    () => 'The answer would have other columns than PostgreSQL promised, so it is not shown. Please report the query.',
  ),
  SQL_PARAM_UNFIT: row<{ type: number }>(
    400,
    '22P03',
    false,
    (p) =>
      `A parameter cannot be read as a value of type ${p.type}; send it as text, or with the type's own binary form.`,
  ),
  SQL_PARAM_COUNT: row<{ given: number; wanted: number }>(
    400,
    '08P01',
    false,
    (p) => `bind message supplies ${p.given} parameters, but prepared statement requires ${p.wanted}`,
  ),
  SQL_EXTENDED_REFUSED: row<{ statement: string }>(
    400,
    '0A000',
    false,
    (p) => `${p.statement} of a semantic view is served by the simple query protocol only; send it without parameters.`,
  ),
  SQL_USER_EXISTS: row<{ tenant: string; user: string }>(
    409,
    '42710',
    false,
    (p) =>
      `Tenant ${p.tenant} has an account ${p.user} already. Use rotate to give it a new password, or another name.`,
  ),
  SQL_USER_UNKNOWN: row<{ tenant: string; user: string }>(
    404,
    '42704',
    false,
    (p) => `Tenant ${p.tenant} has no account ${p.user}. They are listed by: tessera sql-user list`,
  ),
  SQL_USER_INVALID: row<{ problem: string }>(400, '22023', false, (p) => `The account was not made: ${p.problem}.`),
  SQL_USERS_UNREADABLE: row<{ file: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The accounts of the SQL door cannot be read from ${p.file}: ${p.problem}. Nobody signs in with a password until it is mended.`,
  ),

  // model
  MODEL_REFUSED: row<{ at: string; reason: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The semantic model cannot be served, at ${p.at}: ${p.reason}. What may be written is described in model/README.md.`,
  ),

  // platform
  ROUTE_UNKNOWN: row<Record<string, never>>(
    404,
    '42P01',
    false,
    () => 'There is nothing here. The interfaces are listed at /api/v1/openapi.json.',
  ),
  NOT_READY: row<{ tenants: number }>(
    503,
    '57P03',
    true,
    (p) => `Not ready yet: ${p.tenants} tenants wait for their first release.`,
  ),
  TENANT_UNKNOWN: row<Record<string, never>>(
    404,
    '3D000',
    false,
    () => 'Your sign-in is good, but there is no such tenant here, or it has no data yet.',
  ),
  BODY_TOO_LARGE: row<{ bytes: number }>(
    413,
    '54000',
    false,
    (p) => `The request's body is larger than ${p.bytes} bytes; nothing of it was read. Ask in smaller pieces.`,
  ),
  QUOTA_EXCEEDED: row<{ limit: string; waitSeconds: number }>(
    429,
    '53400',
    true,
    (p) =>
      `Your tenant has used up its share of ${p.limit}; ask again in ${p.waitSeconds} s. Others are not affected, and whoever runs Tessera can raise it (docs/how-to/limit-a-tenant.md).`,
  ),
  HOOK_REFUSED: row<Record<string, never>>(401, '28000', false, () => 'The delivery is not signed as it should be.'),
  HOOK_LATE: row<Record<string, never>>(
    503,
    '57P03',
    true,
    () => 'The delivery could not be kept in time; send it again. What is sent twice is counted once.',
  ),
  HOOK_BACKLOG: row<{ bytes: number }>(
    503,
    '53100',
    true,
    (p) =>
      `${p.bytes} bytes of deliveries wait for their tenant's pipeline, which is as many as may; send it again later. The pipeline may be paused: tessera pipeline status.`,
  ),
  HOOK_UNKNOWN: row<{ tenant: string; hook: string }>(
    404,
    '42704',
    false,
    (p) => `${p.tenant} has no hook ${p.hook}. Those that there are: tessera hook list --tenant ${p.tenant}.`,
  ),
  HOOK_UNSUPPORTED: row<{ tenant: string; source: string }>(
    400,
    '0A000',
    false,
    (p) =>
      `Nothing can be received from ${p.source} for ${p.tenant}: it has no such connection, or that source sends nothing by itself. Those that do: okta.`,
  ),
  SELF_PROBE_FAILED: row<{ method: string; path: string; status: number }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.method} ${p.path} answered ${p.status} to a token that is none, where only 401 is right; nothing is served. A route that is meant for everybody belongs into platform/public-paths.ts.`,
  ),
  BOOT_REFUSED: row<{ problem: string }>(500, 'F0000', false, (p) => `Not started: ${p.problem}.`),
  REQUEST_UNREADABLE: row<{ status: number }>(
    400,
    '22023',
    false,
    (p) =>
      `The request could not be read (${p.status}): check its path, its headers and that its body is JSON of at most 1 MB.`,
  ),
  SOCKET_FULL: row<{ what: string; most: number }>(
    429,
    '53400',
    true,
    (p) => `A socket may have ${p.most} ${p.what}. Wait for answers, unsubscribe, or open another socket.`,
  ),
  QUERY_NOT_RUNNING: row<Record<string, never>>(
    404,
    '42704',
    false,
    () => 'You have no such query running. The id is that of the x-request-id header of its own answer.',
  ),
  BODY_INVALID: row<{ at: string; problem: string }>(
    400,
    '22023',
    false,
    (p) =>
      `The body of the request is not valid at ${p.at}: ${p.problem}. What belongs there is in /api/v1/openapi.json.`,
  ),
  QUERY_REJECTED: row<{ reason: string }>(400, '42601', false, (p) => `The query cannot be computed: ${p.reason}`),
  ANSWER_CUT: row<{ rows: number }>(
    400,
    '54000',
    false,
    (p) =>
      `The answer has more than ${p.rows} rows and would have been cut. Narrow the time range or the groups, or say with limit (up to 50000) how many rows you want.`,
  ),
  GRAPHQL_REFUSED: row<{ problem: string }>(
    400,
    '42601',
    false,
    (p) => `The GraphQL document is not served: ${p.problem}.`,
  ),
  EMBED_ORIGIN_REFUSED: row<Record<string, never>>(
    403,
    '42501',
    false,
    () =>
      'That page is not one that may embed: its exact origin must be in embedOrigins of the tenant. See docs/how-to/embed.md.',
  ),
  EMBED_LOCK_REFUSED: row<{ dimension: string }>(
    403,
    '42501',
    false,
    (p) => `Rows cannot be locked by '${p.dimension}': no view of this dashboard has it, or you may not filter by it.`,
  ),
  EMBED_ROWS_REFUSED: row<Record<string, never>>(
    403,
    '42501',
    false,
    () =>
      'You see some rows only, and Power BI cannot be held to them: this dashboard must be minted by somebody who sees all rows of the tenant, with locks for what its viewer may see.',
  ),
  EMBED_USED: row<Record<string, never>>(
    409,
    '55000',
    false,
    () => 'This embed token was used before. Each opens one view once; ask the page that embeds it to load again.',
  ),
  POWER_BI_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. Its fields are described in docs/how-to/embed.md.`,
  ),
  EMBED_BROKER_FAILED: row<{ step: string; status: number }>(
    502,
    '08006',
    true,
    (p) =>
      `Power BI did not ${p.step} (status ${p.status}). Check the application's permissions and the identifiers of workspace, report and dataset.`,
  ),
  PORT_TAKEN: row<{ port: number; setting: string }>(
    500,
    '58000',
    false,
    (p) => `Port ${p.port} is taken by another program. Stop that program, or set ${p.setting} to a free port.`,
  ),
  ADDRESS_REFUSED: row<{ host: string; port: number; setting: string; reason: string }>(
    500,
    '58000',
    false,
    (p) =>
      `This machine does not let us listen on ${p.host}, port ${p.port} (${p.reason}). Set TESSERA_HOST to an address of this machine and ${p.setting} to a port above 1023.`,
  ),

  APPLICATION_NOT_BUILT: row<{ reason: string }>(
    500,
    'F0000',
    false,
    (p) => `The page could not be built: ${p.reason}`,
  ),
  DOCS_STALE: row<{ pages: readonly string[] }>(
    500,
    'F0000',
    false,
    (p) => `Generated pages are stale: ${p.pages.join(', ')}. Run: npm run -s tessera -- docs write`,
  ),

  // demo
  REPLAY_UNREADABLE: row<{ file: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The recorded payload ${p.file} cannot be replayed: ${p.problem}. Correct or remove it; the layout is described in demo/README.md.`,
  ),
  DEMO_OTHER_DATA: row<{ folder: string; before: string | null; now: string | null }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.folder} holds a lake of ${p.before ?? 'generated data'}, and ${p.now ?? 'generated data'} would be mixed into it. Name another folder in TESSERA_HOME, or delete this one.`,
  ),
  DEMO_FAILED: row<{ reason: string }>(500, '58000', false, (p) => `The demo could not be started: ${p.reason}`),
} as const;
