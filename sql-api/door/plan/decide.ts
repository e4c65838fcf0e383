// How the rows of each view of a level are fetched: as the groups that are asked for, as parts of them that add up, or row by row. Or not at all.
import { Fault } from '@tessera/base';
import type { Edit } from './edit.ts';
import type { Expr, Use } from './expression.ts';
import { undetermined } from './grain.ts';
import { type Level, notExact, type Work } from './level.ts';
import { need, type Observed, placeOf } from './observe.ts';
import { aggregateFirst, requireAdditive, rewriteCalls } from './rewrite-calls.ts';

/** `grouped`: one row for each combination; `repeated`: the same, each as often as there are rows; `ungrouped`: the rows themselves. */
export type Mode = 'grouped' | 'repeated' | 'ungrouped';
export interface Decision {
  readonly mode: Mode;
  /** The fetched rows are exactly the level's groups, or its rows. */
  readonly exact: boolean;
  /** Measures without a value in a single row, shown by a star: NULL. */
  readonly withoutValue: ReadonlySet<string>;
}

export function decide(work: Work, level: Level, observed: Observed, edits: Edit[]): ReadonlyMap<Use, Decision> {
  const decisions = new Map<Use, Decision>();
  for (const use of level.uses)
    decisions.set(use, observed.aggregated ? grouped(work, level, observed, use) : rows(work, level, observed, use));
  if (observed.aggregated) rewriteCalls(work, level, observed, decisions, edits);
  return decisions;
}

function grouped(work: Work, level: Level, observed: Observed, use: Use): Decision {
  const bare = observed.bare.find((column) => column.use === use);
  const star = observed.stars.has(use);
  if (star)
    throw notExact(
      work,
      'A whole row in a grouped SELECT',
      'its columns are of different groups',
      'Name the columns that you group by.',
      use.start,
    );
  const mine = observed.measureCalls.filter((one) => one.column.use === use);
  const linear = observed.linear.filter((one) => one.column.use === use);
  const counts = observed.rowCounts.length > 0;
  if (level.lookups.has(use)) return lookedUp(work, level, observed, use);
  const several = level.root === undefined;
  if (several && (counts || observed.needsRows || linear.length > 0 || mine.some((one) => one.call.name !== 'measure')))
    throw notExact(
      work,
      'Aggregates over a join of views',
      'the join repeats rows of one view for rows of the other',
      `Use MEASURE(), which is never repeated. ${aggregateFirst}`,
      placeOf(observed.rowCounts[0] ?? observed.needsRows ?? mine[0]?.call ?? linear[0]!.call),
    );
  const every = observed.rowCounts[0] ?? (level.lookups.size > 0 ? observed.needsRows : undefined);
  if (every && use.nullable)
    throw notExact(
      work,
      every.call.agg_star ? 'COUNT(*) over an outer join' : `${every.name}() over an outer join`,
      `rows without a partner in ${use.view.name} count as well`,
      aggregateFirst,
      placeOf(every),
    );
  if (counts && use.view.rowCount === undefined)
    throw notExact(
      work,
      'COUNT(*)',
      `${use.view.name} has no measure that counts its rows`,
      'Use MEASURE() of one of its measures.',
      placeOf(observed.rowCounts[0]!),
    );
  if (bare && observed.needsRows === undefined) throw ungrouped(work, level, bare);
  const summed = mine.length > 0 || linear.length > 0 || counts;
  if (observed.needsRows) {
    for (const one of mine)
      requireAdditive(work, one.column.column, one.call, 'an aggregate beside it needs every row');
    const single = observed.bare.filter((column) => column.use === use);
    for (const column of single) requirePerRow(work, column);
    for (const one of mine) use.measures.add(one.column.column.name);
    for (const one of [...linear.map(({ column }) => column), ...single]) use.measures.add(one.column.name);
    if (!summed && single.length === 0 && use.view.rowCount !== undefined)
      return { mode: 'repeated', exact: false, withoutValue: new Set() };
    if (counts) use.countsRows = true;
    return rowByRow(use);
  }
  for (const one of mine) use.measures.add(one.column.column.name);
  for (const one of linear) use.measures.add(one.column.column.name);
  if (counts) use.countsRows = true;
  const inside = undetermined(level, use);
  return { mode: 'grouped', exact: inside.length === 0, withoutValue: new Set() };
}

/** One row for each key, whatever else is asked of it. Its own measures would be repeated for every row that it is looked up for. */
function lookedUp(work: Work, level: Level, observed: Observed, use: Use): Decision {
  const bare = observed.bare.find((column) => column.use === use);
  if (bare && observed.needsRows === undefined) throw ungrouped(work, level, bare);
  const linear = observed.linear.find((one) => one.column.use === use);
  const mine = observed.measureCalls.filter((one) => one.column.use === use);
  const repeated = mine.find(({ call }) => call.name !== 'measure')?.call ?? linear?.call ?? bare;
  if (repeated)
    throw notExact(
      work,
      'Aggregates over a join of views',
      `the join repeats rows of ${use.view.name} for rows of ${level.root?.view.name}`,
      `Use MEASURE(), which is never repeated. ${aggregateFirst}`,
      placeOf(repeated),
    );
  for (const one of mine) use.measures.add(one.column.column.name);
  return { mode: 'grouped', exact: undetermined(level, use).length === 0, withoutValue: new Set() };
}

function ungrouped(work: Work, level: Level, bare: Extract<Expr, { kind: 'column' }>): Fault {
  const { name } = bare.column;
  const hint = `Write MEASURE(${name}), and put conditions on it into HAVING.`;
  const position = work.parsed.place(placeOf(bare));
  const isKey = level.groupBy.some((expr) => expr === bare);
  return isKey
    ? notExact(work, `GROUP BY ${name}`, 'a measure has a value only after grouping', hint, placeOf(bare))
    : new Fault('SQL_UNGROUPED', { column: name, hint, position });
}

/** Rows without GROUP BY: every one as often as it is there. */
function rows(work: Work, level: Level, observed: Observed, use: Use): Decision {
  const star = observed.stars.has(use);
  const bare = observed.bare.filter((column) => column.use === use);
  const withoutValue = new Set<string>();
  const byKey = hasKey(use);
  if (star)
    for (const column of use.view.columns) {
      if (column.kind === 'dimension') need(use, column.name, 'raw');
      if (column.kind === 'segment') withoutValue.add(column.name);
      if (column.kind !== 'measure') continue;
      if (byKey || column.additive !== undefined) use.measures.add(column.name);
      else if (level.top) withoutValue.add(column.name);
      else
        throw notExact(
          work,
          'SELECT *',
          `${column.name} has no value for a single row`,
          'Name the columns that you need.',
          use.start,
        );
    }
  for (const column of bare) {
    const shown = level.top && level.targets.some(({ expr }) => expr === column);
    if (!byKey && shown && column.column.additive === undefined) {
      withoutValue.add(column.column.name);
      continue;
    }
    if (!byKey) requirePerRow(work, column);
    use.measures.add(column.column.name);
  }
  if (star || bare.length > 0) return { ...rowByRow(use), withoutValue };
  const told = level.relations === 1 || use.needs.size > 0;
  const distinct = told && level.select.distinctClause !== undefined && !observed.windows && !observed.manyRows;
  if (distinct) return { mode: 'grouped', exact: true, withoutValue };
  if (byKey && use.view.primaryKey.every((name) => use.needs.has(name))) return rowByRow(use);
  if (use.view.rowCount !== undefined) return { mode: 'repeated', exact: true, withoutValue };
  return rowByRow(use);
}

function hasKey(use: Use): boolean {
  const { columns, primaryKey } = use.view;
  return (
    primaryKey.length > 0 &&
    primaryKey.every((name) => columns.some((column) => column.name === name && column.kind === 'dimension'))
  );
}

/** Grouped by the key where there is one: those are the rows. */
function rowByRow(use: Use): Decision {
  if (!hasKey(use)) return { mode: 'ungrouped', exact: true, withoutValue: new Set() };
  for (const name of use.view.primaryKey) need(use, name, 'raw');
  return { mode: 'grouped', exact: true, withoutValue: new Set() };
}

function requirePerRow(work: Work, column: Extract<Expr, { kind: 'column' }>): void {
  if (column.column.additive !== undefined) return;
  throw notExact(
    work,
    `${column.column.name} without GROUP BY`,
    'it has no value for a single row',
    `Write MEASURE(${column.column.name}) and group by dimensions.`,
    placeOf(column),
  );
}
