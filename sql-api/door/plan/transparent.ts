// Sub-selects that are looked through: they choose, rename, compute row by row and filter, and look up at most; the level around is computed as if they were not there.
import type { FuncCall } from 'libpg-query';
import { as, isStar, lastName, type Node, type SelectStmt, visit } from './ast.ts';
import { buildExpression, outputName } from './build-expression.ts';
import { type Expr, isAggregateCall } from './expression.ts';
import { readFrom, viewOf } from './from.ts';
import type { Work } from './level.ts';
import { type Tree, treesUnder } from './lookups.ts';
import { builderOf } from './read-select.ts';
import type { Env, From, Relation, Scope } from './scope.ts';

/** A statement may nest sub-selects deeply: each is looked at once. */
export function isTransparent(work: Work, select: SelectStmt, env: Env): boolean {
  const known = work.transparent.get(select);
  if (known !== undefined) return known;
  const found = isPlain(select) && isSimple(select.targetList) && readsViews(work, select, env);
  work.transparent.set(select, found);
  return found;
}

function isPlain(select: SelectStmt): boolean {
  return (
    (select.op === undefined || select.op === 'SETOP_NONE') &&
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
    select.intoClause === undefined
  );
}

const rowMakers =
  /^(unnest|generate_series|generate_subscripts|random|random_normal|clock_timestamp|gen_random_uuid|.*_to_table|.*_elements.*|.*_each.*|.*_object_keys|regexp_matches)$/;

/** One row for each row: no sub-select, aggregate, window, chance or set of rows in it. */
function isSimple(tree: unknown): boolean {
  let simple = true;
  visit(tree, (kind, body) => {
    const call = kind === 'FuncCall' ? (body as FuncCall) : undefined;
    if (/^(SubLink|GroupingFunc|JsonArrayAgg|JsonObjectAgg)$/.test(kind)) simple = false;
    if (call && (call.over !== undefined || isAggregateCall(call) || rowMakers.test(lastName(call.funcname))))
      simple = false;
    return simple;
  });
  return simple;
}

/** Sub-selects with joins that one text has looked through; more are read row by row, which is slower and no less exact. */
const mostJoining = 40;

/** FROM names one view, or several of which all but one are looked up. */
function readsViews(work: Work, select: SelectStmt, env: Env): boolean {
  const items = select.fromClause ?? [];
  if (items.length === 0 || !items.every((item) => isView(work, item, env))) return false;
  if (items.length === 1 && !('JoinExpr' in items[0]!)) return true;
  if (!isSimple(select.whereClause) || work.joining.size >= mostJoining) return false;
  work.joining.add(select);
  // Only looked at: what it finds is found again where it is read.
  const from = readFrom({ ...work, levels: [] }, select, env, undefined);
  // Two columns of one name could not be told apart from outside.
  return (
    treesUnder(whereOf(work, select, env, from), from.trees).length === 1 && !listOf(work, select, env, from).repeats
  );
}

function isView(work: Work, item: Node, env: Env): boolean {
  const range = as(item, 'RangeVar');
  if (range) {
    if (range.alias?.colnames !== undefined && viewOf(work, range, env) === undefined) return false;
    const cte = range.schemaname === undefined ? env.get(range.relname ?? '') : undefined;
    return cte ? cte.inline : viewOf(work, range, env) !== undefined;
  }
  const join = as(item, 'JoinExpr');
  if (join)
    return (
      join.isNatural !== true &&
      join.alias === undefined &&
      isSimple(join.quals) &&
      [join.larg, join.rarg].every((side) => side !== undefined && isView(work, side, env))
    );
  const sub = as(item, 'RangeSubselect');
  const query = as(sub?.subquery, 'SelectStmt');
  return (
    query !== undefined &&
    sub?.lateral !== true &&
    sub?.alias?.colnames === undefined &&
    isTransparent(work, query, env)
  );
}

function whereOf(work: Work, select: SelectStmt, env: Env, { scope }: From): Expr | undefined {
  return select.whereClause && buildExpression(select.whereClause, builderOf(work, env, scope));
}

/** What the sub-select shows, and the relations all of whose columns it does. */
function listOf(work: Work, select: SelectStmt, env: Env, { scope }: From) {
  const builder = builderOf(work, env, scope);
  const listed: (readonly [string, Expr | undefined])[] = [];
  const starred = new Set<Relation>();
  for (const node of select.targetList ?? []) {
    const target = as(node, 'ResTarget');
    if (target?.val === undefined) continue;
    const path = as(target.val, 'ColumnRef')?.fields;
    if (isStar(path?.at(-1))) {
      const name = as(path?.at(-2), 'String')?.sval;
      for (const relation of scope.relations.filter((one) => name === undefined || one.alias === name)) {
        starred.add(relation);
        listed.push(...(relation.columns ?? []));
      }
    } else listed.push([outputName(target), buildExpression(target.val, builder)]);
  }
  const columns = new Map(listed);
  return { columns, starred, repeats: columns.size < listed.length };
}

/** The sub-select as a relation of the level around it; its conditions become that level's. */
export function readTransparent(
  work: Work,
  select: SelectStmt,
  alias: string,
  env: Env,
  outer: Scope,
  into: From,
): { readonly relation: Relation; readonly trees: readonly Tree[] } {
  const from = readFrom(work, select, env, outer.parent);
  const { relations } = from.scope;
  const { columns, starred } = listOf(work, select, env, from);
  const where = whereOf(work, select, env, from);
  const uses = relations.flatMap((relation) => relation.uses);
  for (const relation of relations)
    for (const use of relation.uses) {
      // The condition is one, however many views it is about.
      use.inner.push({ select, where: use === uses[0] ? where : undefined, lists: !starred.has(relation) });
      use.alias = alias;
    }
  into.others.push(...from.others);
  into.joinedBy.push(...from.joinedBy);
  return { relation: { alias, uses, columns }, trees: treesUnder(where, from.trees) };
}
