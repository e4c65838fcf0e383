// FROM: views, WITH queries, joins, and sub-selects, of which those that only rename or filter are looked through.
import type { FuncCall, JoinExpr, RangeVar } from 'libpg-query';
import type { SemanticView } from '../contract.ts';
import { as, lastName, type Node, type SelectStmt, visit } from './ast.ts';
import { buildExpression, outputName } from './build-expression.ts';
import { quoteName } from './edit.ts';
import { type Expr, type InnerSelect, isAggregateCall, type Use } from './expression.ts';
import { notExact, type Work } from './level.ts';
import { builderOf, readSelect } from './read-select.ts';
import type { Env, From, Relation, Scope } from './scope.ts';

const nothing: Node = { ColumnRef: {} };

function viewOf(work: Work, range: RangeVar, env: Env): SemanticView | undefined {
  if (range.schemaname === undefined && env.has(range.relname ?? '')) return undefined;
  return range.schemaname === undefined || range.schemaname === 'public'
    ? work.views.get(range.relname ?? '')
    : undefined;
}

/** Does nothing but choose, rename, compute row by row, and filter: the level around it may be computed as if it were not there. */
export function isTransparent(work: Work, select: SelectStmt, env: Env): boolean {
  const plain =
    (select.op === undefined || select.op === 'SETOP_NONE') &&
    select.fromClause?.length === 1 &&
    select.withClause === undefined &&
    select.groupClause === undefined &&
    select.havingClause === undefined &&
    select.distinctClause === undefined &&
    select.limitCount === undefined &&
    select.limitOffset === undefined &&
    select.windowClause === undefined &&
    select.sortClause === undefined &&
    select.lockingClause === undefined &&
    select.valuesLists === undefined &&
    select.intoClause === undefined;
  if (!plain) return false;
  let simple = true;
  visit(select.targetList, (kind, body) => {
    const call = kind === 'FuncCall' ? (body as FuncCall) : undefined;
    if (/^(SubLink|GroupingFunc|JsonArrayAgg|JsonObjectAgg)$/.test(kind)) simple = false;
    if (call && (call.over !== undefined || isAggregateCall(call) || rowMakers.test(lastName(call.funcname))))
      simple = false;
    return simple;
  });
  if (!simple) return false;
  const [item] = select.fromClause ?? [];
  const range = as(item, 'RangeVar');
  if (range) {
    if (range.alias?.colnames !== undefined && viewOf(work, range, env) === undefined) return false;
    const cte = range.schemaname === undefined ? env.get(range.relname ?? '') : undefined;
    return cte ? cte.inline : viewOf(work, range, env) !== undefined;
  }
  const sub = as(item, 'RangeSubselect');
  const query = as(sub?.subquery, 'SelectStmt');
  return (
    query !== undefined &&
    sub?.lateral !== true &&
    sub?.alias?.colnames === undefined &&
    isTransparent(work, query, env)
  );
}
const rowMakers =
  /^(unnest|generate_series|generate_subscripts|random|random_normal|clock_timestamp|gen_random_uuid|.*_to_table|.*_elements.*|.*_each.*|.*_object_keys|regexp_matches)$/;

export function readFrom(work: Work, select: SelectStmt, env: Env, parent: Scope | undefined): From {
  const from: From = { scope: { relations: [], parent }, others: [], joinedBy: [], outerJoins: false };
  for (const item of select.fromClause ?? []) readItem(work, item, env, from);
  return from;
}

function readItem(work: Work, item: Node, env: Env, from: From): Relation[] {
  const add = (relation: Relation) => {
    from.scope.relations.push(relation);
    return [relation];
  };
  const range = as(item, 'RangeVar');
  if (range) return add(readRange(work, range, env, from.scope));
  const sub = as(item, 'RangeSubselect');
  const query = as(sub?.subquery, 'SelectStmt');
  if (sub && query) {
    const alias = sub.alias?.aliasname ?? '';
    if (sub.lateral !== true && sub.alias?.colnames === undefined && isTransparent(work, query, env))
      return add(readTransparent(work, query, alias, env, from.scope));
    const read = readSelect(work, query, env, from.scope, false);
    from.others.push(...read.outer);
    const named = sub.alias?.colnames === undefined ? read.names : undefined;
    return add({ alias, columns: named && new Map(named.map((name) => [name, undefined])) });
  }
  const join = as(item, 'JoinExpr');
  if (join) return readJoin(work, join, env, from);
  const made = as(item, 'RangeFunction');
  visit(item, (kind, body) => {
    if (kind === 'RangeVar' && viewOf(work, body as RangeVar, env))
      throw notExact(
        work,
        'This FROM',
        'a part of the view would be chosen at random',
        'Leave TABLESAMPLE out.',
        body.location as number,
      );
    return true;
  });
  const node = { List: { items: made ? (made.functions ?? []) : [] } } as Node;
  from.others.push(buildExpression(node, builderOf(work, env, from.scope)));
  return add({ alias: made?.alias?.aliasname ?? '', columns: undefined });
}

function readJoin(work: Work, join: JoinExpr, env: Env, from: From): Relation[] {
  const left = join.larg ? readItem(work, join.larg, env, from) : [];
  const right = join.rarg ? readItem(work, join.rarg, env, from) : [];
  const both = [...left, ...right];
  const reads = both.some((relation) => relation.use !== undefined);
  if (reads && (join.isNatural || join.alias !== undefined))
    throw notExact(
      work,
      'This JOIN',
      'its columns cannot be told by name',
      'Write JOIN … ON a.x = b.x, without NATURAL and without a name for the join.',
    );
  const lost = { JOIN_LEFT: right, JOIN_RIGHT: left, JOIN_FULL: both } as Readonly<Record<string, Relation[]>>;
  const type = join.jointype ?? 'JOIN_INNER';
  for (const relation of lost[type] ?? []) if (relation.use) relation.use.nullable = true;
  if (lost[type]) from.outerJoins = true;
  const conditions = type === 'JOIN_INNER' ? from.joinedBy : from.others;
  if (join.quals) conditions.push(buildExpression(join.quals, builderOf(work, env, from.scope)));
  for (const name of (join.usingClause ?? []).map((node) => as(node, 'String')?.sval ?? '')) {
    const args = [left, right].flatMap((side) =>
      side.flatMap((relation) => relation.columns?.get(name) ?? []).slice(0, 1),
    );
    conditions.push(
      args.length === 2
        ? { kind: 'operator', node: nothing, form: 'AEXPR_OP', operator: '=', args }
        : { kind: 'other', node: nothing, args },
    );
  }
  return both;
}

function readRange(work: Work, range: RangeVar, env: Env, scope: Scope): Relation {
  const name = range.relname ?? '';
  const alias = range.alias?.aliasname ?? name;
  const cte = range.schemaname === undefined ? env.get(name) : undefined;
  if (cte?.inline && cte.select)
    return readTransparent(work, cte.select, alias, cte.env, { relations: [], parent: scope.parent });
  if (cte)
    return {
      alias,
      columns:
        range.alias?.colnames === undefined && cte.columns
          ? new Map(cte.columns.map((column) => [column, undefined]))
          : undefined,
    };
  const view = viewOf(work, range, env);
  if (view === undefined) return { alias, columns: undefined };
  if (range.inh !== true) throw notExact(work, 'ONLY', 'a view has no parts', 'Leave ONLY out.', range.location);
  const use = useOf(work, view, range, alias);
  const renamed = (range.alias?.colnames ?? []).map((column) => as(column, 'String')?.sval ?? '');
  const columns = view.columns.map(
    (column, i) => [renamed[i] ?? column.name, { kind: 'column', use, column, node: nothing } as Expr] as const,
  );
  return { alias, use, columns: new Map(columns) };
}

function useOf(work: Work, view: SemanticView, range: RangeVar, alias: string): Use {
  const tokens = work.parsed.tokens();
  const first = tokens.findIndex((token) => token.start === range.location);
  const last = first + (range.schemaname === undefined ? 0 : 2) + (range.catalogname === undefined ? 0 : 2);
  const command = tokens[first - 1];
  // TABLE v is SELECT * FROM v.
  const isTable = command?.keywordKind !== 0 && command?.text.toLowerCase() === 'table';
  return {
    view,
    start: isTable ? command.start : (range.location ?? 0),
    end: tokens[last]?.end ?? 0,
    before: isTable ? 'select * from ' : '',
    after: range.alias === undefined ? ` as ${quoteName(view.name)}` : '',
    alias,
    inner: [],
    nullable: false,
    needs: new Map(),
    measures: new Set(),
    countsRows: false,
  };
}

function readTransparent(work: Work, select: SelectStmt, alias: string, env: Env, outer: Scope): Relation {
  const from = readFrom(work, select, env, outer.parent);
  const [source] = from.scope.relations;
  const use = source?.use;
  if (source === undefined || use === undefined) return { alias, columns: undefined };
  const builder = builderOf(work, env, from.scope);
  const columns = new Map<string, Expr | undefined>();
  let star = false;
  for (const node of select.targetList ?? []) {
    const target = as(node, 'ResTarget');
    if (target?.val === undefined) continue;
    const path = as(target.val, 'ColumnRef')?.fields;
    if (path !== undefined && path.length > 0 && 'A_Star' in path.at(-1)!) {
      star = true;
      for (const [name, expr] of source.columns ?? []) columns.set(name, expr);
    } else columns.set(outputName(target), buildExpression(target.val, builder));
  }
  const where = select.whereClause && buildExpression(select.whereClause, builder);
  use.inner.push({ select, where, lists: !star } satisfies InnerSelect);
  use.alias = alias;
  return { alias, use, columns };
}
