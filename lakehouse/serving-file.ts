// Makes a release's serving file: a native DuckDB database with the gold tables as they were at that release.
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { must } from '@tessera/base';
import type { ChangedPartitions, DeltaTable, Release, TenantLake } from './contract.ts';
import { parseTableName } from './keys.ts';
import { renderTokenColumns, withMaskKey } from './pii-tokens.ts';
import { ident, text } from './sql-text.ts';
import { engineFault } from './statement.ts';

/** Tables that every serving file has, also where the release has no rows of them yet. */
export type ServedTables = Readonly<
  Record<
    string,
    {
      readonly columns: Readonly<Record<string, string>>;
      /** Column that the rows are sorted by; otherwise the first `_on` column, else the first `_at` column, by which dashboards filter. */
      readonly order?: string;
      /** Columns that tell a person: each gets its token beside it, `<column>_token`. */
      readonly pii?: readonly string[];
    }
  >
>;

export interface ServingFileNeeds {
  readonly memoryLimit: string;
  readonly threads: number;
  readonly tables: ServedTables;
  readonly lake: TenantLake;
  readonly release: Release;
  readonly path: string;
  /** Keys the tokens of personal columns; without it there are none, and whoever asks for one gets nothing at all. */
  readonly maskKey?: Uint8Array | undefined;
  /** A file of an earlier release: tables whose version is the same are taken from it. */
  readonly earlier?: { readonly path: string; readonly release: Release } | undefined;
}

/** Blocks that dropped tables leave are used again, but never given back; now and then a file is made from nothing. */
const freshEvery = 50;

const fileSynced = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

interface Column {
  readonly column_name: string;
  readonly column_type: string;
}

function sortColumn(columns: readonly Column[], wanted: string | undefined): string | undefined {
  const names = columns.map((c) => c.column_name);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const day = columns.find((c) => c.column_type === 'DATE' && c.column_name.endsWith('_on'));
  const instant = columns.find(
    (c) => c.column_type.startsWith('TIMESTAMP') && c.column_name.endsWith('_at') && c.column_name !== 'ingest_at',
  );
  return (day ?? instant)?.column_name;
}

/** `select * replace (timezone('UTC', at) as at) from (…) order by at`: a TIMESTAMP in UTC keeps zone maps usable, a TIMESTAMPTZ does not. */
function renderServed(
  select: string,
  columns: readonly Column[],
  { order: wanted, pii = [] }: { readonly order?: string; readonly pii?: readonly string[] },
): string {
  const instants = columns.filter((c) => c.column_type === 'TIMESTAMP WITH TIME ZONE');
  const utc = instants.map((c) => `timezone('UTC', ${ident(c.column_name)}) as ${ident(c.column_name)}`);
  const replace = utc.length === 0 ? '' : ` replace (${utc.join(', ')})`;
  const sorted = sortColumn(columns, wanted);
  const order = sorted === undefined ? '' : ` order by ${ident(sorted)}`;
  const personal = columns.filter((c) => pii.includes(c.column_name)).map((c) => c.column_name);
  return `select *${replace} from (${renderTokenColumns(select, personal)})${order}`;
}

/** Less than half of the partitions differ: then only their rows are made again, so that a release costs what changed. The others keep their place, the new ones come last. */
async function partlyChanged(table: DeltaTable, from: number, to: number): Promise<ChangedPartitions | undefined> {
  if (from < 0 || to <= from) return undefined;
  // A log that was cleared away cannot tell; all rows are made again.
  const change = await table.changedPartitions(from, to).catch(() => undefined);
  return change !== undefined && change.values.length * 2 < change.of ? change : undefined;
}

const inPartitions = ({ sql, values }: ChangedPartitions): string =>
  values.map((value) => (value === null ? `${sql} is null` : `${sql} = ${text(value)}`)).join(' or ') || 'false';

/** Builds the file beside its place and moves it there when it is whole; a file that is there already is left. */
export async function buildServingFile(needs: ServingFileNeeds): Promise<void> {
  const { lake, release, path, earlier } = needs;
  await mkdir(dirname(path), { recursive: true });
  const making = join(dirname(path), `.making-${basename(path)}`);
  await rm(making, { force: true });
  const reuse = earlier !== undefined && release.number % freshEvery !== 0;
  if (reuse) await copyFile(earlier.path, making);
  const same = (table: string) => reuse && earlier.release.tables[table] === release.tables[table];

  const instance = await DuckDBInstance.create(making, {
    memory_limit: needs.memoryLimit,
    threads: String(needs.threads),
    temp_directory: `${making}.spill`,
  });
  try {
    const connection = await instance.connect();
    await connection.run("set global TimeZone = 'UTC'");
    const names = new Set([...Object.keys(needs.tables), ...Object.keys(release.tables)]);
    const makeTable = async (table: string) => {
      const { columns = {}, order, pii } = needs.tables[table] ?? {};
      const source = lake.table('gold', must(parseTableName(table)), { columns });
      const version = release.tables[table] ?? -1;
      const change = reuse ? await partlyChanged(source, earlier.release.tables[table] ?? -1, version) : undefined;
      const { sql } = await source.scan(
        version,
        change?.values.map((value) => value ?? ''),
      );
      const described = await connection.runAndReadAll(`describe select * from (${sql})`);
      const found = described.getRowObjectsJson() as unknown as readonly Column[];
      const tokens = needs.maskKey === undefined || pii === undefined ? {} : { pii };
      const served = renderServed(sql, found, { ...(order === undefined ? {} : { order }), ...tokens });
      if (change === undefined)
        return void (await connection.run(`create or replace table ${ident(table)} as ${served}`));
      await connection.run(`delete from ${ident(table)} where ${inPartitions(change)}`);
      await connection.run(`insert into ${ident(table)} by name ${served}`);
    };
    await withMaskKey(connection, needs.maskKey, async () => {
      for (const table of names) if (!same(table)) await makeTable(table);
    });
    const gone = reuse ? Object.keys(earlier.release.tables).filter((table) => !names.has(table)) : [];
    for (const table of gone) await connection.run(`drop table if exists ${ident(table)}`);
    await connection.run('checkpoint');
    connection.closeSync();
  } catch (error) {
    throw engineFault(error);
  } finally {
    instance.closeSync();
  }
  await fileSynced(making);
  await rename(making, path);
}
