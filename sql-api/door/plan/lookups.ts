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
  const trees = sides.flatMap((side) => side.map((tree) => ({ tree, side })));
  // What stands on the right is looked up for what stands on the left, where both could be.
  for (const one of trees.toReversed()) {
    const other = trees.find(
      (tree) => tree !== one && (both || tree.side !== one.side) && isLookedUp(one.tree.root, tree.tree, condition),
    );
    if (other === undefined) continue;
    const rest = trees.filter((tree) => tree !== one && tree !== other);
    const tree = { root: other.tree.root, lookups: [...other.tree.lookups, one.tree.root, ...one.tree.lookups] };
    const next = sides.map((side) => rest.filter((item) => item.side === side).map((item) => item.tree));
    return joinTrees(
      next.map((side, i) => (sides[i] === other.side ? [tree, ...side] : side)),
      condition,
      both,
    );
  }
  return trees.map(({ tree }) => tree);
}

/** Every column of the key of `use` is equal to one of the tree. */
function isLookedUp(use: Use, tree: Tree, condition: readonly Equality[]): boolean {
  const { columns, primaryKey } = use.view;
  const uses = [tree.root, ...tree.lookups];
  return (
    primaryKey.length > 0 &&
    primaryKey.every(
      (name) =>
        columns.some((column) => column.name === name && column.kind === 'dimension') &&
        condition.some(
          ([a, b]) =>
            (isSame(a, { use, name }) && uses.includes(b.use)) || (isSame(b, { use, name }) && uses.includes(a.use)),
        ),
    )
  );
}
