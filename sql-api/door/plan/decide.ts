// How the rows of each view of a level are fetched: as the groups that are asked for, as parts of them that add up, or row by row. Or not at all.
import { Fault } from '@tessera/base';
import type { SemanticColumn } from '../contract.ts';
import { as } from './ast.ts';
import type { Edit } from './edit.ts';
import { quoteName } from './edit.ts';
import type { Expr, Use } from './expression.ts';
import { undetermined } from './grain.ts';
import { type Level, notExact, type Work } from './level.ts';
import { type Grouping, schemaFor } from './measure-call.ts';
import { need, type Observed, placeOf } from './observe.ts';

/** `grouped`: one row for each combination; `repeated`: the same, each as often as there are rows; `ungrouped`: the rows themselves. */
export type Mode = 'grouped' | 'repeated' | 'ungrouped';
export interface Decision {
  readonly mode: Mode;
  /** The fetched rows are exactly the level's groups, or its rows. */
  readonly exact: boolean;
  /** Measures without a value in a single row, shown by a star: NULL. */
  readonly withoutValue: ReadonlySet<string>;
}

/** Name of the column that counts the rows behind a fetched row. */
export const rowsColumn = 'tessera_rows';
const aggregateFirst = 'Aggregate each view in a sub-select of its own (GROUP BY), then join the results.';

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
  const several = level.uses.length > 1;
  if (several && (counts || observed.needsRows || linear.length > 0 || mine.some((one) => one.call.name !== 'measure')))
    throw notExact(
      work,
      'Aggregates over a join of views',
      'the join repeats rows of one view for rows of the other',
      `Use MEASURE(), which is never repeated. ${aggregateFirst}`,
      placeOf(observed.rowCounts[0] ?? observed.needsRows ?? mine[0]?.call ?? linear[0]!.call),
    );
  if (counts && level.outerJoins)
    throw notExact(
      work,
      'COUNT(*) over an outer join',
      'rows without a partner count as well',
      aggregateFirst,
      placeOf(observed.rowCounts[0]!),
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
    for (const column of observed.bare) requirePerRow(work, column);
    for (const one of mine) use.measures.add(one.column.column.name);
    for (const one of [...linear.map(({ column }) => column), ...observed.bare]) use.measures.add(one.column.name);
    if (!summed && observed.bare.length === 0 && use.view.rowCount !== undefined)
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
    if (!byKey) requirePerRow(work, column);
    use.measures.add(column.column.name);
  }
  if (star || bare.length > 0) return { ...rowByRow(use), withoutValue };
  const distinct =
    level.select.distinctClause !== undefined && level.relations === 1 && !observed.windows && !observed.manyRows;
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

function requireAdditive(
  work: Work,
  column: SemanticColumn,
  call: Expr,
  why: string,
  clause = `${column.name} here`,
): void {
  if (column.additive !== undefined) return;
  throw notExact(
    work,
    clause,
    `${why}, and ${column.name} does not add up over parts`,
    `Group by plain dimensions or date_trunc of one, and filter by =, IN, ranges of time or IS NULL.`,
    placeOf(call),
  );
}

function rewriteCalls(
  work: Work,
  level: Level,
  observed: Observed,
  decisions: ReadonlyMap<Use, Decision>,
  edits: Edit[],
): void {
  const joined = level.relations > 1;
  for (const { call, column } of observed.measureCalls) {
    const decision = decisions.get(column.use)!;
    const parts = observed.needsRows !== undefined || !decision.exact;
    if (parts && level.uses.length > 1) requireOne(work, level, column.use, call);
    if (parts)
      requireAdditive(
        work,
        column.column,
        call,
        reason(level, observed, column.use),
        `${call.name}(${column.column.name})`,
      );
    const grouping: Grouping = parts
      ? joined
        ? 'repeated'
        : 'many'
      : joined && call.name !== 'measure' && column.column.additive !== undefined
        ? 'repeated'
        : 'one';
    const isCount = column.column.aggregate === 'count' && column.column.additive === 'sum' && !joined;
    const schema = schemaFor(call.name, column.column, isCount ? 'many' : grouping);
    if (schema === undefined)
      throw notExact(
        work,
        `${call.name}(${column.column.name}) over a join`,
        'the join may repeat its rows',
        aggregateFirst,
        call.call.location,
      );
    if (call.filter && column.column.aggregate === 'count_distinct')
      throw notExact(
        work,
        'FILTER',
        `${column.column.name} does not add up over parts`,
        'Put the condition into WHERE.',
        call.call.location,
      );
    if (schema !== '' || call.call.agg_distinct) edits.push(renamed(work, call, schema));
  }
  for (const { column, call } of observed.linear) {
    requireAdditiveSum(work, column.column, call);
    // Added as decimals, as single rows of it are: the order cannot change a digit.
    if (column.column.type === 'float8') edits.push(renamed(work, call, 'door_sum'));
  }
  for (const call of observed.rowCounts) {
    const [use] = level.uses;
    if (use)
      edits.push(
        ...countOfRows(work, call, level.relations > 1 ? `${quoteName(use.alias)}.${rowsColumn}` : rowsColumn),
      );
  }
  if (observed.rowCounts.length > 0) for (const use of level.uses) edits.push(...throughLists(work, use));
}

function requireOne(work: Work, level: Level, use: Use, call: Expr): void {
  const inside = undetermined(level, use).join(', ');
  throw notExact(
    work,
    'MEASURE() over this join',
    `${use.view.name} has several rows in a group (by ${inside})`,
    aggregateFirst,
    placeOf(call),
  );
}

function requireAdditiveSum(work: Work, column: SemanticColumn, call: Expr): void {
  if (column.additive === 'sum') return;
  throw notExact(
    work,
    `sum() over ${column.name}`,
    `${column.name} does not add up over parts`,
    `Put the condition into WHERE and write MEASURE(${column.name}).`,
    placeOf(call),
  );
}

function reason(level: Level, observed: Observed, use: Use): string {
  if (observed.needsRows) return 'an aggregate beside it needs every row';
  if (level.groupingSets) return 'ROLLUP, CUBE and GROUPING SETS need totals of groups';
  return `each group is made of parts (by ${undetermined(level, use).join(', ')})`;
}

/** `count(distinct m)` → `door_one.count(m)`: the function's last name stays as it was written. */
function renamed(work: Work, call: Extract<Expr, { kind: 'call' }>, schema: string): Edit {
  const tokens = work.parsed.tokens();
  const start = call.call.location ?? 0;
  const first = tokens.findIndex((token) => token.start === start);
  const name = tokens[first + 2 * ((call.call.funcname?.length ?? 1) - 1)]!;
  const prefix = schema === '' ? '' : `${schema}.`;
  const open = tokens.indexOf(name) + 1;
  const distinct = call.call.agg_distinct ? tokens[open + 1] : undefined;
  return { start, end: distinct ? distinct.end : name.end, text: `${prefix}${name.text}${distinct ? '(' : ''}` };
}

/** `count(*)` → `door_count.count(tessera_rows)` */
function countOfRows(work: Work, call: Extract<Expr, { kind: 'call' }>, column: string): Edit[] {
  const tokens = work.parsed.tokens();
  const head = renamed(work, call, 'door_count');
  const open = tokens.findIndex((token) => token.start >= head.end && token.text === '(');
  let depth = 0;
  let close = open;
  for (; close < tokens.length; close += 1) {
    if (tokens[close]!.text === '(') depth += 1;
    if (tokens[close]!.text === ')') depth -= 1;
    if (depth === 0) break;
  }
  return [head, { start: tokens[open]!.end, end: tokens[close]!.start, text: column }];
}

/** A sub-select that lists its columns must hand the count of rows on. */
function throughLists(work: Work, use: Use): Edit[] {
  return use.inner.flatMap(({ select, lists }) => {
    const target = as(select.targetList?.[0], 'ResTarget');
    if (!lists || target === undefined) return [];
    const tokens = work.parsed.tokens();
    let at = tokens.findIndex((token) => token.start >= (target.location ?? 0));
    for (let depth = 0; at < tokens.length; at += 1) {
      const token = tokens[at]!;
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      const isFrom = depth === 0 && token.keywordKind !== 0 && token.text.toLowerCase() === 'from';
      if (isFrom && tokens[at - 1]?.text.toLowerCase() !== 'distinct') break;
    }
    const place = tokens[at - 1]!.end;
    return [{ start: place, end: place, text: `, ${rowsColumn}` }];
  });
}
