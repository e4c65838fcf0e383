// Checks of rows that were built and are not written yet: columns as declared, keys unique, nothing missing, and what the checks folder adds.
import { Fault } from '@tessera/base';
import type { EngineSession } from '@tessera/lakehouse';
import { checks } from '../checks/checks.ts';
import type { Model } from '../compile/model.ts';
import { columnTypes, requiredColumns } from './columns.ts';

/** Types that DuckDB writes differently from how a meta does. */
const spelling: Readonly<Record<string, string>> = { 'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ' };

/** Refuses CHECK_FAILED with the first check that fails, and MODEL_INVALID where the select gives other columns than the meta. */
export async function checkTable(session: EngineSession, model: Model, table: string): Promise<void> {
  await checkColumns(session, model, table);
  const key = model.meta.key.join(', ');
  const counts: readonly (readonly [string, string])[] = [
    ...requiredColumns(model.meta).map(
      (column) => [`${column} is not null`, `count(*) filter (where ${column} is null)`] as const,
    ),
    [`(${key}) is unique`, `count(*) - (select count(*) from (select distinct ${key} from ${table}))`],
    ...checks
      .filter((check) => check.model === model.name)
      .map((check) => [check.name, `(${check.violations(table)})`] as const),
  ];
  const [row] = await session.query(`select ${counts.map(([, sql], i) => `${sql} as c${i}`).join(', ')} from ${table}`);
  counts.forEach(([name], i) => {
    const count = Number(row?.[`c${i}`]);
    if (count !== 0) throw new Fault('CHECK_FAILED', { model: model.name, check: name, count });
  });
}

async function checkColumns(session: EngineSession, model: Model, table: string): Promise<void> {
  const described = await session.query(`select column_name, column_type from (describe ${table})`);
  const actual = described.map((row) => `${row.column_name} ${spelling[String(row.column_type)] ?? row.column_type}`);
  const declared = Object.entries(columnTypes(model.meta)).map(([name, type]) => `${name} ${type}`);
  const at = declared.findIndex((column, i) => column !== actual[i]);
  const wrong = at >= 0 ? at : actual.length > declared.length ? declared.length : -1;
  if (wrong >= 0)
    throw new Fault('MODEL_INVALID', {
      file: model.template.file,
      problem: `column ${wrong + 1} of its select is '${actual[wrong] ?? 'missing'}', its meta says '${declared[wrong] ?? 'nothing'}'`,
    });
}
