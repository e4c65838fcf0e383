// Faults of lakehouse: stores, tables, releases and serving copies.
import { row } from './row.ts';

export const lakehouseFaults = {
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
  TABLE_FEATURE: row<{ table: string; feature: string }>(
    500,
    '0A000',
    false,
    (p) =>
      `Table ${p.table} was written by another program and asks for ${p.feature}, which this one does not do. Nothing was changed; use the program that wrote it.`,
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
      `Tenant ${p.tenant} has no such release to show or go back to; its newest is ${p.newest}. They are listed by: tessera release list --tenant ${p.tenant}`,
  ),
  TABLE_UNKNOWN: row<{ tenant: string; length: number }>(
    404,
    '42P01',
    false,
    (p) =>
      `Tenant ${p.tenant} has no table of that name (the name given has ${p.length} characters) in bronze, silver or gold. Those of gold are listed by: tessera release show --tenant ${p.tenant}`,
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
} as const;
