// The levels of a statement: every SELECT that reads a semantic view, its columns resolved, sub-selects that only rename or filter looked through.
import { Fault } from '@tessera/base';
import type { JoinExpr, RangeVar } from 'libpg-query';
import type { SemanticView } from '../contract.ts';
import { as, constantText, isSelect, lastName, type Node, type SelectStmt, visit } from './ast.ts';
import { buildExpression, outputName } from './build-expression.ts';
import { quoteName } from './edit.ts';
import { type Expr, type InnerSelect, isAggregateName, some, type Use } from './expression.ts';
import type { Parsed } from './parse.ts';

export interface Target {
  readonly name: string;
  readonly expr: Expr;
}
export interface OrderItem {
  readonly expr: Expr;
  readonly descending: boolean;
  /** NULLs come last, as they do where the layer sorts. */
  readonly nullsLast: boolean;
}
export interface Level {
  readonly select: SelectStmt;
  readonly uses: readonly Use[];
  /** All that FROM names, views and others. */
  readonly relations: number;
  readonly outerJoins: boolean;
  readonly targets: readonly Target[];
  readonly where: Expr | undefined;
  readonly groupBy: readonly Expr[];
  readonly groupingSets: boolean;
  readonly having: Expr | undefined;
  readonly order: readonly OrderItem[];
  /** Join conditions, windows, DISTINCT ON, arguments of functions in FROM. */
  readonly others: readonly Expr[];
  /** Conditions of inner joins. */
  readonly joinedBy: readonly Expr[];
  /** What it shows is what the client gets. */
  readonly top: boolean;
}

interface Relation {
  readonly alias: string;
  /** Undefined: any name may be one of its columns. */
  readonly columns: ReadonlyMap<string, Expr | undefined> | undefined;
  readonly use?: Use | undefined;
  readonly lists?: boolean;
}
interface Scope {
  readonly relations: Relation[];
  readonly parent: Scope | undefined;
}
interface Cte {
  readonly select: SelectStmt | undefined;
  readonly env: Env;
  readonly inline: boolean;
  readonly columns: readonly string[] | undefined;
}
type Env = ReadonlyMap<string, Cte>;

export interface Work {
  readonly parsed: Parsed;
  readonly views: ReadonlyMap<string, SemanticView>;
  readonly levels: Level[];
}

const nothing: Node = { ColumnRef: {} };

/** Refuses, at a place of the text. */
export function notExact(work: Work, clause: string, why: string, hint: string, byte?: number): Fault {
  return new Fault('SQL_NOT_EXACT', { clause, why, hint, position: work.parsed.place(byte) });
}

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

interface From {
  readonly scope: Scope;
  readonly others: Expr[];
  readonly joinedBy: Expr[];
  outerJoins: boolean;
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

function viewOf(work: Work, range: RangeVar, env: Env): SemanticView | undefined {
  if (range.schemaname === undefined && env.has(range.relname ?? '')) return undefined;
  return range.schemaname === undefined || range.schemaname === 'public'
    ? work.views.get(range.relname ?? '')
    : undefined;
}

/** Does nothing but choose, rename, compute row by row, and filter: the level around it may be computed as if it were not there. */
function isTransparent(work: Work, select: SelectStmt, env: Env): boolean {
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
    const call = kind === 'FuncCall' ? (body as { funcname?: Node[]; over?: unknown }) : undefined;
    if (kind === 'SubLink' || kind === 'GroupingFunc') simple = false;
    if (
      call &&
      (call.over !== undefined || isAggregateName(lastName(call.funcname)) || rowMakers.test(lastName(call.funcname)))
    )
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

function readFrom(work: Work, select: SelectStmt, env: Env, parent: Scope | undefined): From {
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

function builderOf(work: Work, env: Env, scope: Scope) {
  return {
    column: (path: readonly string[], node: Node) => resolve(scope, path, node),
    query: (select: SelectStmt) => readSelect(work, select, env, scope).outer,
  };
}

function resolve(scope: Scope, path: readonly string[], node: Node): Expr {
  const name = path.at(-1) ?? '';
  const table = path.at(-2);
  const rows = (relations: readonly Relation[]): Expr => ({
    kind: 'other',
    node,
    args: relations.map((relation) =>
      relation.use ? { kind: 'row', use: relation.use, node } : { kind: 'foreign', node },
    ),
  });
  const foreign: Expr = { kind: 'foreign', node };
  const maybe: Expr[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (table !== undefined) {
      const named = at.relations.find((relation) => relation.alias === table);
      if (named === undefined) continue;
      if (name === '*') return rows([named]);
      return placed(named.columns?.get(name), node) ?? foreign;
    }
    if (name === '*') return rows(at.relations);
    const owner = at.relations.find((relation) => relation.columns?.has(name));
    if (owner) {
      const found = placed(owner.columns?.get(name), node) ?? foreign;
      return maybe.length === 0 ? found : { kind: 'other', node, args: [foreign, found] };
    }
    const whole = at.relations.find((relation) => relation.alias === name);
    if (whole) return rows([whole]);
    // A table whose columns are not known may own the name; what it hides further out is counted as used, to be safe.
    if (at.relations.some((relation) => relation.columns === undefined)) maybe.push(foreign);
  }
  return foreign;
}

function placed(expr: Expr | undefined, node: Node): Expr | undefined {
  return expr?.kind === 'column' ? { ...expr, node } : expr;
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
    if (Number.isInteger(ordinal) && targets[ordinal - 1]) return targets[ordinal - 1]!.expr;
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
    return [
      {
        expr: byName(by.node, false),
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
  const uses = scope.relations.flatMap((relation) => relation.use ?? []);
  const level: Level = {
    select,
    uses,
    relations: scope.relations.length,
    outerJoins: from.outerJoins,
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

export function expressionsOf(level: Level): Expr[] {
  return [
    ...level.targets.map((target) => target.expr),
    ...(level.where ? [level.where] : []),
    ...level.groupBy,
    ...(level.having ? [level.having] : []),
    ...level.order.map((item) => item.expr),
    ...level.others,
    ...level.joinedBy,
  ];
}
