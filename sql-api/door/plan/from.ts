// FROM: views, WITH queries, joins, and sub-selects.
import type { JoinExpr, RangeVar } from 'libpg-query';
import type { SemanticView } from '../contract.ts';
import { as, type Node, type SelectStmt, visit } from './ast.ts';
import { buildExpression } from './build-expression.ts';
import { quoteName } from './edit.ts';
import type { Expr, Use } from './expression.ts';
import { notExact, type Work } from './level.ts';
import { equalities, joinTrees, type Tree } from './lookups.ts';
import { builderOf, readSelect } from './read-select.ts';
import type { Env, From, Relation, Scope } from './scope.ts';
import { isTransparent, readTransparent } from './transparent.ts';

const nothing: Node = { ColumnRef: {} };

export function viewOf(work: Work, range: RangeVar, env: Env): SemanticView | undefined {
  if (range.schemaname === undefined && env.has(range.relname ?? '')) return undefined;
  return range.schemaname === undefined || range.schemaname === 'public'
    ? work.views.get(range.relname ?? '')
    : undefined;
}

export function readFrom(work: Work, select: SelectStmt, env: Env, parent: Scope | undefined): From {
  const from: From = { scope: { relations: [], parent }, others: [], joinedBy: [], trees: [] };
  from.trees = (select.fromClause ?? []).flatMap((item) => readItem(work, item, env, from).trees);
  return from;
}

/** What one side of a join names, and how its views hang together. */
interface Side {
  readonly relations: readonly Relation[];
  readonly trees: readonly Tree[];
}

function readItem(work: Work, item: Node, env: Env, from: From): Side {
  const add = (relation: Relation, trees?: readonly Tree[]): Side => {
    from.scope.relations.push(relation);
    return { relations: [relation], trees: trees ?? relation.uses.map((root) => ({ root, lookups: [] })) };
  };
  const look = (query: SelectStmt, alias: string, known: Env, outer: Scope): Side => {
    const { relation, trees } = readTransparent(work, query, alias, known, outer, from);
    return add(relation, trees);
  };
  const range = as(item, 'RangeVar');
  const cte = range && range.schemaname === undefined ? env.get(range.relname ?? '') : undefined;
  if (range && cte?.inline && cte.select) {
    const alias = range.alias?.aliasname ?? range.relname ?? '';
    return look(cte.select, alias, cte.env, { relations: [], parent: from.scope.parent });
  }
  if (range) return add(readRange(work, range, env));
  const sub = as(item, 'RangeSubselect');
  const query = as(sub?.subquery, 'SelectStmt');
  if (sub && query) {
    const alias = sub.alias?.aliasname ?? '';
    if (sub.lateral !== true && sub.alias?.colnames === undefined && isTransparent(work, query, env))
      return look(query, alias, env, from.scope);
    const read = readSelect(work, query, env, from.scope, false);
    from.others.push(...read.outer);
    const named = sub.alias?.colnames === undefined ? read.names : undefined;
    return add({ alias, columns: named && new Map(named.map((name) => [name, undefined])), uses: [] });
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
  return add({ alias: made?.alias?.aliasname ?? '', columns: undefined, uses: [] });
}

function readJoin(work: Work, join: JoinExpr, env: Env, from: From): Side {
  const nobody: Side = { relations: [], trees: [] };
  const left = join.larg ? readItem(work, join.larg, env, from) : nobody;
  const right = join.rarg ? readItem(work, join.rarg, env, from) : nobody;
  const relations = [...left.relations, ...right.relations];
  const reads = relations.some((relation) => relation.uses.length > 0);
  if (reads && (join.isNatural || join.alias !== undefined))
    throw notExact(
      work,
      'This JOIN',
      'its columns cannot be told by name',
      'Write JOIN … ON a.x = b.x, without NATURAL and without a name for the join.',
    );
  const lost: Readonly<Record<string, readonly Relation[]>> = {
    JOIN_LEFT: right.relations,
    JOIN_RIGHT: left.relations,
    JOIN_FULL: relations,
  };
  const type = join.jointype ?? 'JOIN_INNER';
  const isInner = type === 'JOIN_INNER';
  for (const use of (lost[type] ?? []).flatMap((relation) => relation.uses)) use.nullable = true;
  const on = join.quals ? [buildExpression(join.quals, builderOf(work, env, from.scope))] : [];
  on.push(...(join.usingClause ?? []).map((node) => sameName(as(node, 'String')?.sval ?? '', left, right)));
  (isInner ? from.joinedBy : from.others).push(...on);
  // Where both could be looked up for each other, it is the side that may be missing.
  const sides = type === 'JOIN_RIGHT' ? [right.trees, left.trees] : [left.trees, right.trees];
  return { relations, trees: joinTrees(sides, on.flatMap(equalities), isInner) };
}

/** USING (name) */
function sameName(name: string, ...sides: readonly Side[]): Expr {
  const args = sides.flatMap(({ relations }) =>
    relations.flatMap((relation) => relation.columns?.get(name) ?? []).slice(0, 1),
  );
  return args.length === 2
    ? { kind: 'operator', node: nothing, form: 'AEXPR_OP', operator: '=', args }
    : { kind: 'other', node: nothing, args };
}

function readRange(work: Work, range: RangeVar, env: Env): Relation {
  const name = range.relname ?? '';
  const alias = range.alias?.aliasname ?? name;
  const cte = range.schemaname === undefined ? env.get(name) : undefined;
  if (cte)
    return {
      alias,
      columns:
        range.alias?.colnames === undefined && cte.columns
          ? new Map(cte.columns.map((column) => [column, undefined]))
          : undefined,
      uses: [],
    };
  const view = viewOf(work, range, env);
  if (view === undefined) return { alias, columns: undefined, uses: [] };
  if (range.inh !== true) throw notExact(work, 'ONLY', 'a view has no parts', 'Leave ONLY out.', range.location);
  const use = useOf(work, view, range, alias);
  const renamed = (range.alias?.colnames ?? []).map((column) => as(column, 'String')?.sval ?? '');
  const columns = view.columns.map(
    (column, i) => [renamed[i] ?? column.name, { kind: 'column', use, column, node: nothing } as Expr] as const,
  );
  return { alias, uses: [use], columns: new Map(columns) };
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
