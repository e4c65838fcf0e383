// Whether the rows that are fetched are exactly the groups that are asked for, or parts of them.
import { type Expr, isDimension, type Use } from './expression.ts';
import { tellsApart } from './granularity.ts';
import type { Level } from './level.ts';
import { type Key, keyOf } from './time-key.ts';

/** Dimensions of `use` that lie inside a group with more than one value. Empty: one fetched row a group. */
export function undetermined(level: Level, use: Use): string[] {
  return undeterminedBy(level, use, level.groupingSets ? [] : level.groupBy);
}

/** Dimensions of `use`, as they are fetched, of which rows with the same values of `exprs` may have several. */
export function undeterminedBy(level: Level, use: Use, exprs: readonly Expr[]): string[] {
  const keys = exprs.flatMap((expr) => keysOf(expr));
  const equal = level.outerJoins ? [] : level.joinedBy.flatMap(equalities);
  const found: string[] = [];
  for (const [name, { granularity }] of use.needs) {
    const same = [{ use, name }, ...equalTo(equal, use, name)];
    const known = same.some((one) => {
      const mine = keys.filter((key) => key.column.use === one.use && key.column.column.name === one.name);
      if (one.use !== use && granularity !== 'raw' && granularity !== 'day') return false;
      const fields = new Set(mine.flatMap((key) => key.field ?? []));
      return (
        mine.some((key) => key.exact && key.granularity === granularity) ||
        (mine.length > 0 && tellsApart(fields, granularity))
      );
    });
    if (!known) found.push(name);
  }
  return found;
}

function keysOf(expr: Expr): Key[] {
  const key = keyOf(expr);
  return key ? [key] : [];
}

interface Named {
  readonly use: Use;
  readonly name: string;
}

/** `a.x = b.x` of inner joins. */
function equalities(expr: Expr): (readonly [Named, Named])[] {
  if (expr.kind === 'logic' && expr.operator === 'AND') return expr.args.flatMap(equalities);
  if (expr.kind !== 'operator' || expr.form !== 'AEXPR_OP' || expr.operator !== '=') return [];
  const [left, right] = expr.args;
  if (!left || !right || !isDimension(left) || !isDimension(right) || left.column.type !== right.column.type) return [];
  return [
    [
      { use: left.use, name: left.column.name },
      { use: right.use, name: right.column.name },
    ],
  ];
}

function equalTo(pairs: readonly (readonly [Named, Named])[], use: Use, name: string): Named[] {
  const reached: Named[] = [{ use, name }];
  for (const at of reached)
    for (const [a, b] of pairs)
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const)
        if (
          from.use === at.use &&
          from.name === at.name &&
          !reached.some((one) => one.use === to.use && one.name === to.name)
        )
          reached.push(to);
  return reached.slice(1);
}
