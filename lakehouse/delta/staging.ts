// Brings a source into the table's shape as a temp table of the session, and checks its keys there.
import { Fault } from '@tessera/base';
import type { EngineSession, Rows } from '../contract.ts';
import { ident, idents } from '../sql-text.ts';
import { type Columns, shapedSelect, sourceColumns } from './schema.ts';

let counter = 0;

/** Makes `rows` a temp table for as long as `work` runs, unless they are one. */
export async function withTemp<T>(session: EngineSession, rows: Rows, work: (name: string) => Promise<T>): Promise<T> {
  if (rows.temp !== undefined) return work(rows.temp);
  const name = `tessera_temp_${++counter}`;
  await session.run(`create temp table ${name} as ${rows.sql}`);
  try {
    return await work(name);
  } finally {
    await session.run(`drop table if exists ${name}`);
  }
}

/** The source's select, cast and ordered as the table's columns. */
export async function shapedSource(
  table: string,
  session: EngineSession,
  source: Rows,
  columns: Columns,
): Promise<Rows> {
  return shapedSelect(table, source, await sourceColumns(session, source), columns);
}

/** Refuses null keys (COLUMN_NULL) and repeated ones (KEY_NOT_UNIQUE). */
export async function checkKeys(
  table: string,
  session: EngineSession,
  staged: string,
  key: readonly string[],
): Promise<void> {
  const nulls = key.map((column) => `count(*) filter (${ident(column)} is null) as ${ident(column)}`);
  const [counts] = await session.query(
    `select ${nulls.join(', ')}, count(*) - count(distinct (${idents(key)})) as repeated_keys from ${staged}`,
  );
  for (const column of key) {
    const rows = Number(counts?.[column] ?? 0);
    if (rows > 0) throw new Fault('COLUMN_NULL', { table, column, rows });
  }
  const rows = Number(counts?.repeated_keys ?? 0);
  if (rows > 0) throw new Fault('KEY_NOT_UNIQUE', { table, rows });
}
