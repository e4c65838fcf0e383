// Runs one case of a model on a session of the SQL engine, through the same compiler as a build.
import type { EngineSession } from '@tessera/lakehouse';
import { bronzeColumns } from '../bronze-columns.ts';
import { checkTable } from '../build/check-table.ts';
import { columnTypes } from '../build/columns.ts';
import { inputsOf } from '../compile/graph.ts';
import type { Model } from '../compile/model.ts';
import { renderModel } from '../compile/render.ts';
import type { TransformVars } from '../compile/vars.ts';
import type { ModelCase } from './case.ts';
import { rowsAsSql } from './rows-as-sql.ts';

const ordinary: TransformVars = {
  tenant: 'acme-corp',
  org_id: 'acme-corp-hq',
  time_zone: 'America/New_York',
  as_of: new Date('2026-03-31T00:00:00Z'),
  display_name: 'Acme',
  status: 'active',
};

/** Rows that came out and rows expected, both as text, sorted; checks of the model's meta are run on the way. */
export async function runCase(
  session: EngineSession,
  models: ReadonlyMap<string, Model>,
  model: Model,
  one: ModelCase,
): Promise<{ readonly actual: readonly string[]; readonly expected: readonly string[] }> {
  const inputs = inputsOf(model);
  const unused = Object.keys(one.given).filter((table) => !inputs.includes(table));
  if (unused.length > 0) throw new Error(`${model.name} does not read ${unused.join(', ')}`);
  for (const table of inputs) {
    const columns = models.get(table) ? columnTypes(models.get(table)!.meta) : bronzeColumns(table);
    await session.run(`create or replace temp table given_${table} as ${rowsAsSql(one.given[table] ?? [], columns)}`);
  }
  const table = (name: string) => `given_${name}`;
  const sql = renderModel(model, {
    vars: { ...ordinary, ...one.vars },
    table,
    added: table,
    self: () => 'given_none',
    incremental: false,
    changed: () => true,
  });
  await session.run(`create or replace temp table built as ${sql}`);
  await checkTable(session, model, 'built');
  const columns = [...new Set(one.expect.flatMap((row) => Object.keys(row)))];
  const types = columnTypes(model.meta);
  const declared = Object.fromEntries(columns.map((column) => [column, types[column] ?? 'VARCHAR']));
  await session.run(`create or replace temp table expected as ${rowsAsSql(one.expect, declared)}`);
  return { actual: await textOf(session, 'built', columns), expected: await textOf(session, 'expected', columns) };
}

async function textOf(session: EngineSession, table: string, columns: readonly string[]): Promise<string[]> {
  if (columns.length === 0) return (await session.query(`from ${table}`)).map(() => 'a row');
  const list = columns.map((column) => `"${column}"::varchar as "${column}"`).join(', ');
  const rows = await session.query(`select ${list} from ${table} order by all`);
  return rows.map((row) => JSON.stringify(row));
}
