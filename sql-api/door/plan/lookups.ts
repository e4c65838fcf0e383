// Which views of a FROM are looked up by their key: they repeat no row of the view that they are looked up for.
import { type Expr, isDimension, type Use } from './expression.ts';

export interface Named {
  readonly use: Use;
  readonly name: string;
}
export type Equality = readonly [Named, Named];

/** Views joined with each other. A row of `root` comes at most once; of its lookups each has one row for it, or none. */
export interface Tree {
  readonly root: Use;
  readonly lookups: readonly Use[];
}

/** `a.x = b.x` and its forms that join NULL with NULL, of all that is joined by AND. */
export function equalities(expr: Expr): Equality[] {
  if (expr.kind === 'logic' && expr.operator === 'AND') return expr.args.flatMap(equalities);
  if (expr.kind === 'logic') return orBothNull(expr);
  const isEqual = expr.kind === 'operator' && /^AEXPR_(OP|NOT_DISTINCT)$/.test(expr.form) && expr.operator === '=';
  if (!isEqual || expr.args.length !== 2) return [];
  const [left, right] = expr.args;
  if (!left || !right || !isDimension(left) || !isDimension(right) || left.column.type !== right.column.type) return [];
  return [[named(left), named(right)]];
}

/** `a.x = b.x OR (a.x IS NULL AND b.x IS NULL)` */
function orBothNull({ operator, args }: Extract<Expr, { kind: 'logic' }>): Equality[] {
  const both = args.find((arg) => arg.kind === 'logic' && arg.operator === 'AND');
  const [equal] = args.filter((arg) => arg !== both).flatMap(equalities);
  if (operator !== 'OR' || args.length !== 2 || both?.kind !== 'logic' || both.args.length !== 2 || !equal) return [];
  const nulls = both.args.flatMap((arg) =>
    arg.kind === 'test' && arg.test === 'IS_NULL' && isDimension(arg.args[0]) ? [named(arg.args[0])] : [],
  );
  return equal.every((one) => nulls.some((other) => isSame(one, other))) ? [equal] : [];
}

const named = (column: Extract<Expr, { kind: 'column' }>): Named => ({ use: column.use, name: column.column.name });
export const isSame = (a: Named, b: Named) => a.use === b.use && a.name === b.name;

/**
 * The trees of two sides of a join, those made one of which the other's root has its whole key in the condition.
 * @param both The condition holds for every row that comes out, so that it joins trees of one side as well.
 */
export function joinTrees(
  sides: readonly (readonly Tree[])[],
  condition: readonly Equality[],
  both: boolean,
): readonly Tree[] {
  const trees: Joining[] = sides.flatMap((side, at) =>
    side.map(({ root, lookups }) => ({ root, lookups: [...lookups], at })),
  );
  const treeOf = new Map(trees.flatMap((tree) => [tree.root, ...tree.lookups].map((use) => [use, tree] as const)));
  const equalTo = new Map<Use, (readonly [string, Named])[]>();
  for (const [a, b] of condition)
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const)
      equalTo.set(from.use, [...(equalTo.get(from.use) ?? []), [from.name, to]]);
  // What stands on the right is looked up for what stands on the left, where both could be.
  for (let found = true; found; ) {
    found = false;
    for (const one of trees.toReversed()) {
      const others = keyedBy(one.root, equalTo.get(one.root) ?? [], treeOf);
      const other = others.find((tree) => tree !== one && (both || tree.at !== one.at));
      if (other === undefined) continue;
      found = true;
      const moved = [one.root, ...one.lookups];
      other.lookups.push(...moved);
      for (const use of moved) treeOf.set(use, other);
      trees.splice(trees.indexOf(one), 1);
    }
  }
  return trees;
}

/** The trees of a whole FROM, whose WHERE joins them further. */
export const treesUnder = (where: Expr | undefined, trees: readonly Tree[]): readonly Tree[] =>
  joinTrees([trees], where ? equalities(where) : [], true);

interface Joining extends Tree {
  readonly lookups: Use[];
  /** The side of the join that it stands on. */
  readonly at: number;
}

/** Trees that have a column for every one of the key of `use`. */
function keyedBy(
  { view }: Use,
  equal: readonly (readonly [string, Named])[],
  treeOf: ReadonlyMap<Use, Joining>,
): Joining[] {
  const isKey = (name: string) => view.columns.some((column) => column.name === name && column.kind === 'dimension');
  const [first, ...more] = view.primaryKey.map(
    (name) => new Set(equal.flatMap(([of, to]) => (of === name && isKey(name) ? (treeOf.get(to.use) ?? []) : []))),
  );
  return [...(first ?? [])].filter((tree) => more.every((trees) => trees.has(tree)));
}
