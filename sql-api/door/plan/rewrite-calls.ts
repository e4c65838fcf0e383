// Aggregates in the client's text that mean measures: each is sent to the function that computes it from the fetched rows, or refused.
import type { SemanticColumn } from '../contract.ts';
import { as } from './ast.ts';
import type { Decision } from './decide.ts';
import { type Edit, quoteName } from './edit.ts';
import type { Expr, Use } from './expression.ts';
import { undetermined } from './grain.ts';
import { type Level, notExact, type Work } from './level.ts';
import { type Grouping, schemaFor } from './measure-call.ts';
import { type Observed, placeOf } from './observe.ts';
import { keyOf } from './time-key.ts';

/** Name of the column that counts the rows behind a fetched row. */
export const rowsColumn = 'tessera_rows';
export const aggregateFirst = 'Aggregate each view in a sub-select of its own (GROUP BY), then join the results.';

export function requireAdditive(
  work: Work,
  column: SemanticColumn,
  call: Expr,
  why: string,
  clause = `${column.name} here`,
  hint = 'Group by plain dimensions or date_trunc of one, and filter by =, IN, ranges of time or IS NULL.',
): void {
  if (column.additive !== undefined) return;
  throw notExact(work, clause, `${why}, and ${column.name} does not add up over parts`, hint, placeOf(call));
}

export function rewriteCalls(
  work: Work,
  level: Level,
  observed: Observed,
  decisions: ReadonlyMap<Use, Decision>,
  edits: Edit[],
): void {
  const { root, lookups } = level;
  const joined = level.relations - lookups.size > 1;
  const parted = (use: Use) => observed.needsRows !== undefined || !decisions.get(use)!.exact;
  for (const { call, column } of observed.measureCalls) {
    const { use } = column;
    const parts = parted(use);
    if (parts && use !== root) requireOne(work, level, use, call);
    // A row that is looked up for several rows of a group would come several times.
    if (root !== undefined && use !== root && parted(root)) requireOne(work, level, root, call);
    if (parts)
      requireAdditive(
        work,
        column.column,
        call,
        reason(level, observed, use),
        `${call.name}(${column.column.name})`,
        lookups.size > 0 ? ownColumns(level, use) : undefined,
      );
    const additive = column.column.additive !== undefined;
    const grouping: Grouping = joined
      ? parts || (call.name !== 'measure' && additive)
        ? 'repeated'
        : 'one'
      : parts || (use === root && lookups.size > 0 && additive)
        ? 'many'
        : 'one';
    const isCount = column.column.aggregate === 'count' && column.column.additive === 'sum' && !joined;
    const known = schemaFor(call.name, column.column, isCount ? 'many' : grouping);
    const counts = column.column.aggregate === 'count_distinct' && column.column.type === 'int8';
    const schema = known === 'door_one' && counts && lookups.size > 0 ? 'door_zero' : known;
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
  if (root === undefined) return;
  const counter = level.relations > 1 && root.alias !== '' ? `${quoteName(root.alias)}.${rowsColumn}` : rowsColumn;
  for (const call of observed.rowCounts) edits.push(...countOfRows(work, call, counter));
  if (observed.rowCounts.length > 0) edits.push(...throughLists(work, root));
}

/** What to group by instead: columns of the same name that the view has itself, or those that it is joined by. */
function ownColumns({ groupBy, lookups }: Level, use: Use): string {
  const own = groupBy.flatMap((expr) => {
    const key = keyOf(expr)?.column;
    const isOwn = key && lookups.has(key.use) && use.view.columns.some(({ name }) => name === key.column.name);
    return isOwn ? [`${use.view.name}.${key.column.name}`] : [];
  });
  return own.length > 0
    ? `Group by ${own.join(' and ')} instead: ${use.view.name} has it itself.`
    : `Group by the columns of ${use.view.name} that the join and conditions name, or aggregate ${use.view.name} in a sub-select first, then join.`;
}

function requireOne(work: Work, level: Level, use: Use, call: Expr): void {
  const inside = undetermined(level, use).join(', ');
  throw notExact(
    work,
    'MEASURE() over this join',
    inside === ''
      ? 'an aggregate beside it needs every row of the join'
      : `${use.view.name} has several rows in a group (by ${inside})`,
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
