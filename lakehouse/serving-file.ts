// Makes a release's serving file: a native DuckDB database with the gold tables as they were at that release.
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { must } from '@tessera/base';
import type { ChangedRows, DeltaTable, Release, TenantLake } from './contract.ts';
import { type Columns, declaredColumns } from './delta/schema.ts';
import type { DuckDBConnection } from './duckdb.ts';
import { parseTableName } from './keys.ts';
import { renderTokenColumns, withMaskKey } from './pii-tokens.ts';
import type { Workshop } from './serving-workshop.ts';
import { ident, idents } from './sql-text.ts';
import { engineFault } from './statement.ts';

/** Tables that every serving file has, also where the release has no rows of them yet. */
export type ServedTables = Readonly<
  Record<
    string,
    {
      readonly columns: Readonly<Record<string, string>>;
      /** Columns that identify a row. Without them a table that changed is made anew. */
      readonly key?: readonly string[];
      /** Column that the rows are sorted by; otherwise the first `_on` column, else the first `_at` column, by which dashboards filter. */
      readonly order?: string;
      /** Columns that tell a person: each gets its token beside it, `<column>_token`. */
      readonly pii?: readonly string[];
    }
  >
>;

export interface ServingFileNeeds {
  readonly workshop: Workshop;
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

/** A table as it is being put into the copy. */
interface Served {
  readonly table: string;
  /** Name → canonical type. */
  readonly columns: Columns;
  readonly sorted: string | undefined;
  /** Columns that get their tokens beside them. */
  readonly personal: readonly string[];
}

const renderServed = (select: string, { sorted, personal }: Served): string =>
  `${renderTokenColumns(select, personal)}${sorted === undefined ? '' : ` order by ${ident(sorted)}`}`;

function sortColumn(columns: Columns, wanted: string | undefined): string | undefined {
  if (wanted !== undefined && columns.has(wanted)) return wanted;
  const all = [...columns];
  const day = all.find(([name, type]) => type === 'DATE' && name.endsWith('_on'));
  const instant = all.find(
    ([name, type]) => type.startsWith('TIMESTAMP') && name.endsWith('_at') && name !== 'ingest_at',
  );
  return (day ?? instant)?.[0];
}

/** The declared columns, else those that the select has. */
async function columnsOf(
  connection: DuckDBConnection,
  select: string,
  declared: Readonly<Record<string, string>>,
): Promise<Columns> {
  if (Object.keys(declared).length > 0) return declaredColumns({ columns: declared });
  const found = await connection.runAndReadAll(`describe select * from (${select})`);
  const columns = found.getRowObjectsJson().map((row) => [String(row.column_name), String(row.column_type)]);
  return declaredColumns({ columns: Object.fromEntries(columns) });
}

/** `select * replace (timezone('UTC', at) as at) from (…)`: a TIMESTAMP in UTC keeps zone maps usable, a TIMESTAMPTZ does not. */
function renderInUtc(select: string, columns: Columns): string {
  const instants = [...columns].filter(([, type]) => type === 'TIMESTAMPTZ').map(([name]) => ident(name));
  const utc = instants.map((name) => `timezone('UTC', ${name}) as ${name}`);
  return `select *${utc.length === 0 ? '' : ` replace (${utc.join(', ')})`} from (${select})`;
}

/** What differs lies in files that hold less than half of the table: then only its rows are made again, so that a release costs what changed. The others keep their place, the new ones come last. */
async function partlyChanged(table: DeltaTable, from: number, to: number): Promise<ChangedRows | undefined> {
  if (from < 0 || to <= from) return undefined;
  try {
    const changes = await table.changes(from, to);
    return changes !== undefined && changes.share < 0.5 ? await changes.rows() : undefined;
  } catch {
    // A log or files that were cleared away cannot tell: all rows are made again, and what is wrong with the table shows there.
    return undefined;
  }
}

/** Brings a table of an earlier copy to where `changes` lead. Rows that were only written again, into another file, stay where they are. */
async function changeTable(
  connection: DuckDBConnection,
  served: Served,
  key: readonly string[],
  { added, removed }: ChangedRows,
): Promise<void> {
  const { table, columns, sorted } = served;
  const all = ident(table);
  const insert = (select: string) => connection.run(`insert into ${all} by name ${renderServed(select, served)}`);
  if (removed === undefined) return void (await insert(renderInUtc(added.sql, columns)));
  const same = key.map((column) => `old.${ident(column)} = new.${ident(column)}`).join(' and ');
  const differs = [...columns.keys()]
    .filter((column) => !key.includes(column))
    .map((column) => `old.${ident(column)} is distinct from new.${ident(column)}`);
  await connection.run(`create temp table rows_written as ${renderInUtc(added.sql, columns)}`);
  // A row that lay on another day before is not found here, and is made again like a new one.
  const bound = (end: string) => `(select ${end}(${ident(sorted ?? '')}) from rows_written)`;
  const there = sorted === undefined ? '' : ` where ${ident(sorted)} between ${bound('min')} and ${bound('max')}`;
  await connection.run(
    `create temp table rows_changed as select new.* from rows_written as new
     left join (select *, rowid as place from ${all}${there}) as old on ${same} where ${['old.place is null', ...differs].join(' or ')}`,
  );
  const keys = idents(key);
  await connection.run(
    `delete from ${all} where (${keys}) in (
       select (${keys}) from rows_changed
       union all (select (${keys}) from (${removed.sql}) except select (${keys}) from rows_written))`,
  );
  await insert('select * from rows_changed');
  for (const temp of ['rows_written', 'rows_changed']) await connection.run(`drop table ${temp}`);
}

/** Builds the file beside its place and moves it there when it is whole. Gives the versions of the tables that it took over from the earlier one; the others are made anew. */
export async function buildServingFile(needs: ServingFileNeeds): Promise<Readonly<Record<string, number>>> {
  const { lake, release, path, earlier } = needs;
  await mkdir(dirname(path), { recursive: true });
  const making = join(dirname(path), `.making-${basename(path)}`);
  // What an attempt that was cut off left, its log too.
  for (const left of [making, `${making}.wal`]) await rm(left, { force: true });
  const reuse = earlier !== undefined && release.number % freshEvery !== 0;
  if (reuse) await copyFile(earlier.path, making);
  const takenOver: Record<string, number> = {};

  const fill = async (connection: DuckDBConnection) => {
    const names = new Set([...Object.keys(needs.tables), ...Object.keys(release.tables)]);
    const makeTable = async (table: string, before: number | undefined) => {
      const { columns: declared = {}, key, order: wanted, pii = [] } = needs.tables[table] ?? {};
      const source = lake.table('gold', must(parseTableName(table)), { columns: declared });
      const version = release.tables[table] ?? -1;
      const changes = before !== undefined && key ? await partlyChanged(source, before, version) : undefined;
      const { sql } = changes?.added ?? (await source.scan(version));
      const columns = await columnsOf(connection, sql, declared);
      const sorted = sortColumn(columns, wanted);
      const personal = needs.maskKey === undefined ? [] : pii.filter((column) => columns.has(column));
      const served: Served = { table, columns, sorted, personal };
      if (before !== undefined && key && changes) {
        takenOver[table] = before;
        return changeTable(connection, served, key, changes);
      }
      const select = renderServed(renderInUtc(sql, columns), served);
      await connection.run(`create or replace table ${ident(table)} as ${select}`);
    };
    await withMaskKey(connection, needs.maskKey, async () => {
      for (const table of names) {
        const before = reuse ? earlier.release.tables[table] : undefined;
        if (before === undefined || before !== release.tables[table]) await makeTable(table, before);
        else takenOver[table] = before;
      }
    });
    const gone = reuse ? Object.keys(earlier.release.tables).filter((table) => !names.has(table)) : [];
    for (const table of gone) await connection.run(`drop table if exists ${ident(table)}`);
    await connection.run('checkpoint');
  };
  await needs.workshop.on(making, 'make', fill).catch((error: unknown) => {
    throw engineFault(error);
  });
  await fileSynced(making);
  await rename(making, path);
  return takenOver;
}
