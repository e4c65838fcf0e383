// In charge of finding the levels: every SELECT at any depth that reads a semantic view.
import { Fault } from '@tessera/base';
import { as, constantText, isSelect, isStarred, type Node, type SelectStmt, visit } from './ast.ts';
import { buildExpression, outputName } from './build-expression.ts';
import { type Expr, some } from './expression.ts';
import { readFrom } from './from.ts';
import { expressionsOf, type Level, type OrderItem, type Target, type Work } from './level.ts';
import { treesUnder } from './lookups.ts';
import { refuseOuterAggregates } from './outer-aggregate.ts';
import { type Env, type From, resolve, type Scope } from './scope.ts';
import { isTransparent } from './transparent.ts';

/** All levels below a SELECT, innermost first; gives its column names and what it takes from outside. */
export function readSelect(
  work: Work,
  select: SelectStmt,
  env: Env = new Map(),
  parent?: Scope,
  top = false,
): { names: string[] | undefined; outer: readonly Expr[] } {
  const inner = readWith(work, select, env, parent);
  if (select.op !== undefined && select.op !== 'SETOP_NONE') {
    const arms = [select.larg, select.rarg].filter(isSelect).map((arm) => readSelect(work, arm, inner, parent));
    return { names: arms[0]?.names, outer: arms.flatMap((arm) => arm.outer) };
  }
  const from = readFrom(work, select, inner, parent);
  return readLevel(work, select, inner, from, top);
}

function readWith(work: Work, select: SelectStmt, env: Env, parent: Scope | undefined): Env {
  const list = select.withClause?.ctes ?? [];
  if (list.length === 0) return env;
  const known = new Map(env);
  for (const node of list) {
    const cte = as(node, 'CommonTableExpr');
    const name = cte?.ctename ?? '';
    const query = as(cte?.ctequery, 'SelectStmt');
    let count = 0;
    visit(select, (kind, body) => {
      if (kind === 'RangeVar' && body.relname === name) count += 1;
      return true;
    });
    const recursive = select.withClause?.recursive === true;
    if (recursive) known.set(name, { select: undefined, env: known, inline: false, columns: undefined });
    const before: Env = new Map(known);
    const inline =
      query !== undefined &&
      count === 1 &&
      !recursive &&
      cte?.aliascolnames === undefined &&
      cte?.ctematerialized !== 'CTEMaterializeAlways' &&
      isTransparent(work, query, before);
    const columns = inline || query === undefined ? undefined : readSelect(work, query, before, parent).names;
    const renamed = cte?.aliascolnames?.map((column) => as(column, 'String')?.sval ?? '');
    known.set(name, {
      select: query,
      env: before,
      inline,
      columns: renamed && columns && renamed.length === columns.length ? renamed : renamed ? undefined : columns,
    });
  }
  return known;
}

export function builderOf(work: Work, env: Env, scope: Scope) {
  return {
    column: (path: readonly string[], node: Node) => resolve(scope, path, node),
    query: (select: SelectStmt) => readSelect(work, select, env, scope).outer,
  };
}

function readLevel(work: Work, select: SelectStmt, env: Env, from: From, top: boolean) {
  const { scope } = from;
  const builder = builderOf(work, env, scope);
  const build = (node: Node) => buildExpression(node, builder);
  const list = (nodes: readonly Node[] | undefined) => (nodes ?? []).filter((node) => Object.keys(node).length > 0);
  const targets = list(select.targetList).flatMap((node): Target[] => {
    const target = as(node, 'ResTarget');
    return target?.val ? [{ name: outputName(target), expr: build(target.val) }] : [];
  });
  const byName = (node: Node, inputFirst: boolean): Expr => {
    const ordinal = 'A_Const' in node ? Number(constantText(node)) : Number.NaN;
    // Behind a star nobody knows here which column is the third.
    const starred = targets.slice(0, ordinal || 0).some(({ expr }) => isStarred(expr.node));
    if (Number.isInteger(ordinal) && targets[ordinal - 1] && !starred) return targets[ordinal - 1]!.expr;
    const path = as(node, 'ColumnRef')?.fields;
    const name = path?.length === 1 ? as(path[0], 'String')?.sval : undefined;
    const isInput = inputFirst && scope.relations.some((relation) => relation.columns?.has(name ?? ''));
    const target = name === undefined || isInput ? undefined : targets.find((one) => one.name === name);
    return target?.expr ?? build(node);
  };
  const groups = list(select.groupClause);
  const sets = groups.some((node) => 'GroupingSet' in node);
  const order = list(select.sortClause).flatMap((node): OrderItem[] => {
    const by = as(node, 'SortBy');
    if (by?.node === undefined) return [];
    const descending = by.sortby_dir === 'SORTBY_DESC';
    const byRule = by.sortby_nulls === undefined || by.sortby_nulls === 'SORTBY_NULLS_DEFAULT';
    const expr = byName(by.node, false);
    return [
      {
        expr,
        by: by.sortby_dir === 'SORTBY_USING' || expr.kind === 'literal' ? undefined : expr,
        descending,
        nullsLast: byRule ? !descending : by.sortby_nulls === 'SORTBY_NULLS_LAST',
      },
    ];
  });
  const windows = list(select.windowClause).flatMap((node) => {
    const window = as(node, 'WindowDef');
    return [
      ...list(window?.partitionClause),
      ...list(window?.orderClause).flatMap((by) => as(by, 'SortBy')?.node ?? by),
    ].map(build);
  });
  const values = list(select.valuesLists).map(build);
  const where = select.whereClause && build(select.whereClause);
  const having = select.havingClause && build(select.havingClause);
  const groupBy = groups.map((node) => (sets ? build(node) : byName(node, true)));
  const distinctOn = list(select.distinctClause).map((node) => byName(node, false));
  const uses = scope.relations.flatMap((relation) => relation.uses);
  const [tree, ...apart] = treesUnder(where, from.trees);
  const root = apart.length === 0 ? tree : undefined;
  const level: Level = {
    select,
    uses,
    root: root?.root,
    lookups: new Set(root?.lookups),
    relations: uses.length + scope.relations.filter((relation) => relation.uses.length === 0).length,
    targets,
    where,
    groupBy,
    groupingSets: sets,
    having,
    order,
    others: [...from.others, ...windows, ...values, ...distinctOn],
    joinedBy: from.joinedBy,
    top,
  };
  const locked = select.lockingClause !== undefined && uses.length > 0;
  if (locked)
    throw new Fault('SQL_READ_ONLY', { statement: 'SELECT FOR UPDATE', position: work.parsed.place(uses[0]?.start) });
  refuseOuterAggregates(work, level, scope);
  if (uses.length > 0) work.levels.push(level);
  return { names: columnNames(targets, scope, select), outer: outerOf(level) };
}

/** Undefined where a star stands for columns that are not known. */
function columnNames(targets: readonly Target[], scope: Scope, select: SelectStmt): string[] | undefined {
  if (select.valuesLists) return undefined;
  const found: string[] = [];
  for (const target of targets) {
    const star =
      target.name === '' || target.name === '?column?' ? as(target.expr.node, 'ColumnRef')?.fields : undefined;
    if (star === undefined || !('A_Star' in (star.at(-1) ?? {}))) found.push(target.name);
    else {
      const alias = as(star.at(-2), 'String')?.sval;
      const chosen =
        alias === undefined ? scope.relations : scope.relations.filter((relation) => relation.alias === alias);
      for (const relation of chosen) {
        if (relation.columns === undefined) return undefined;
        found.push(...relation.columns.keys());
      }
    }
  }
  return found;
}

function outerOf(level: Level): Expr[] {
  const found: Expr[] = [];
  const own = new Set(level.uses);
  const collect = (expr: Expr) => {
    some(expr, (part) => {
      if ((part.kind === 'column' || part.kind === 'row') && !own.has(part.use)) found.push(part);
      return false;
    });
  };
  for (const expr of expressionsOf(level)) collect(expr);
  for (const use of level.uses) for (const inner of use.inner) if (inner.where) collect(inner.where);
  return found;
}
