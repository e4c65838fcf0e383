// Columns of a table: from its log, from its declaration and from a source, and the select that brings a source into shape.
import { Fault } from '@tessera/base';
import type { EngineSession, Rows, TableOptions } from '../contract.ts';
import { ident, text } from '../sql-text.ts';
import { canonicalType, type DeltaType, deltaType, duckType, fitsInto } from './column-types.ts';

/** Column → canonical DuckDB type, in order. */
export type Columns = ReadonlyMap<string, string>;

interface Field {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata: object;
}

interface LoggedShape {
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
}

export interface Partitioning {
  /** Column of the rows. */
  readonly column: string;
  /** Column of Delta's log: the same, or `<column>_month` for a DATE. */
  readonly field: string;
  /** SQL of the partition's value as text. */
  readonly sql: string;
  /** SQL that holds for the rows of one partition. */
  within(value: string): string;
}

const plainMonth = /^[1-9]\d{3}-\d{2}$/;

/** `started_on` DATE → field `started_on_month`, `strftime("started_on", '%Y-%m')` */
export function partitioning(columns: Columns, by: string | undefined): Partitioning | undefined {
  if (by === undefined) return undefined;
  const isMonth = columns.get(by) === 'DATE';
  const sql = isMonth ? `strftime(${ident(by)}, '%Y-%m')` : `${ident(by)}::VARCHAR`;
  const isIn = (value: string) => `${sql} = ${text(value)}`;
  // A range is found by the bounds that the engine keeps; a computed text would be computed for every row and every month.
  const inMonth = (value: string) =>
    plainMonth.test(value)
      ? `${ident(by)} >= date '${value}-01' and ${ident(by)} < date '${value}-01' + interval 1 month`
      : isIn(value);
  return isMonth
    ? { column: by, field: `${by}_month`, sql, within: inMonth }
    : { column: by, field: by, sql, within: isIn };
}

/** How the log says that a table is partitioned. */
export function loggedPartitioning({ schemaString, partitionColumns }: LoggedShape): Partitioning | undefined {
  const columns = loggedColumns(schemaString, partitionColumns);
  const [field] = partitionColumns;
  if (field === undefined) return undefined;
  return partitioning(columns, columns.has(field) ? field : field.slice(0, -'_month'.length));
}

/** Columns that the log says are never null. */
export const declaredNotNull = (schemaString: string): readonly string[] =>
  fieldsOf(schemaString)
    .filter((field) => !field.nullable)
    .map(({ name }) => name);

export const declaredColumns = (options: TableOptions): Columns =>
  new Map(Object.entries(options.columns).map(([name, type]) => [name, canonicalType(type)]));

const fieldsOf = (schemaString: string): readonly Field[] =>
  (JSON.parse(schemaString) as { fields: readonly Field[] }).fields;

/** Columns that the rows of a logged schema have; a month column exists in the log alone. */
export function loggedColumns(schemaString: string, partitionColumns: readonly string[]): Columns {
  const fields = fieldsOf(schemaString);
  const names = new Set(fields.map((f) => f.name));
  const derived = (name: string) =>
    partitionColumns.includes(name) && name.endsWith('_month') && names.has(name.slice(0, -'_month'.length));
  return new Map(fields.filter((f) => !derived(f.name)).map((f) => [f.name, duckType(f.type)]));
}

/** Columns of both, the logged ones first; a column whose type differs is COLUMN_TYPE. */
export function unionColumns(table: string, logged: Columns, wanted: Columns): Columns {
  const all = new Map(logged);
  for (const [column, type] of wanted) {
    const had = all.get(column);
    if (had !== undefined && had !== type) throw new Fault('COLUMN_TYPE', { table, column, got: type, want: had });
    all.set(column, type);
  }
  return all;
}

/** Delta's schema text; a type that protocol 1/2 has no name for is COLUMN_TYPE. */
export function renderSchema(
  table: string,
  columns: Columns,
  notNull: readonly string[],
  partition: Partitioning | undefined,
  before?: string,
): string {
  const had = new Map(before === undefined ? [] : fieldsOf(before).map((f) => [f.name, f]));
  const fields = [...columns].map(([name, type]): Field => {
    const known = had.get(name);
    if (known !== undefined) return known;
    const logged = deltaType(type);
    if (logged === undefined) {
      throw new Fault('COLUMN_TYPE', { table, column: name, got: type, want: 'a type that Delta 1/2 has' });
    }
    // A column added later is null in the older files, whatever is wanted of it now.
    return { name, type: logged, nullable: before !== undefined || !notNull.includes(name), metadata: {} };
  });
  if (partition !== undefined && !columns.has(partition.field)) {
    fields.push({ name: partition.field, type: 'string', nullable: true, metadata: {} });
  }
  return JSON.stringify({ type: 'struct', fields });
}

/** Columns of a select: as the caller knows them, else by its own description. */
export async function sourceColumns(session: EngineSession, source: Rows): Promise<Columns> {
  if (source.columns !== undefined)
    return new Map(Object.entries(source.columns).map(([name, type]) => [name, canonicalType(type)]));
  const rows = await session.query(`describe select * from (${source.sql})`);
  return new Map(rows.map((row) => [String(row.column_name), canonicalType(String(row.column_type))]));
}

/**
 * A select of exactly `columns` over the source: lossless casts, nulls for what it lacks.
 * Refuses a column that is not declared (COLUMN_UNKNOWN) and a type that would lose something (COLUMN_TYPE).
 */
export function shapedSelect(table: string, source: Rows, has: Columns, columns: Columns): Rows {
  for (const column of has.keys()) {
    if (!columns.has(column)) throw new Fault('COLUMN_UNKNOWN', { table, column });
  }
  if (source.temp !== undefined && JSON.stringify([...has]) === JSON.stringify([...columns])) return source;
  const list = [...columns].map(([column, want]) => {
    const got = has.get(column);
    if (got === undefined) return `null::${want} as ${ident(column)}`;
    if (!fitsInto(got, want)) throw new Fault('COLUMN_TYPE', { table, column, got, want });
    return got === want ? ident(column) : `${ident(column)}::${want} as ${ident(column)}`;
  });
  return { sql: `select ${list.join(', ')} from (${source.sql})` };
}

/** A select of `wanted` (all where empty) and `extra` over Parquet files that hold `logged`; an empty typed select without files. */
export function selectFiles(
  files: string | undefined,
  logged: Columns,
  wanted: Columns,
  extra: readonly string[] = [],
): Rows {
  const list = [...(wanted.size === 0 ? logged : wanted)].map(([column, type]) =>
    files !== undefined && logged.has(column) ? ident(column) : `null::${type} as ${ident(column)}`,
  );
  return {
    sql: `select ${[...list, ...extra.map((name) => (files === undefined ? `null::VARCHAR as ${name}` : name))].join(', ')}${files === undefined ? ' where false' : ` from ${files}`}`,
  };
}
