// Whether the rows that are fetched are exactly the groups that are asked for, or parts of them.
import type { Expr, Use } from './expression.ts';
import { tellsApart } from './granularity.ts';
import type { Level } from './level.ts';
import { type Equality, equalities, type Named } from './lookups.ts';
import { type Key, keyOf } from './time-key.ts';

/** Dimensions of `use` that lie inside a group with more than one value. Empty: one fetched row a group. */
export function undetermined(level: Level, use: Use): string[] {
  return undeterminedBy(level, use, level.groupingSets ? [] : level.groupBy);
}

/** Dimensions of `use`, as they are fetched, of which rows with the same values of `exprs` may have several. */
export function undeterminedBy(level: Level, use: Use, exprs: readonly Expr[]): string[] {
  const keys = exprs.flatMap((expr) => keysOf(expr));
  const equal = equalColumns(level);
  const found: string[] = [];
  for (const [name, { granularity }] of use.needs) {
    const same = equal.get(use)?.get(name) ?? [{ use, name }];
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

/** What is equal in every row: conditions of WHERE, and of inner joins whose sides no outer join fills with NULL. */
function alwaysEqual(level: Level): Equality[] {
  const joined = level.joinedBy.flatMap(equalities).filter((pair) => pair.every(({ use }) => !use.nullable));
  return [...joined, ...(level.where ? equalities(level.where) : [])];
}

type EqualColumns = ReadonlyMap<Use, ReadonlyMap<string, readonly Named[]>>;
const known = new WeakMap<Level, EqualColumns>();

/** Each column with all that are equal to it, itself among them. */
function equalColumns(level: Level): EqualColumns {
  const found = known.get(level);
  if (found) return found;
  const classes = new Map<Use, Map<string, Named[]>>();
  const put = (one: Named, list: Named[]) => {
    const names = classes.get(one.use) ?? new Map<string, Named[]>();
    classes.set(one.use, names.set(one.name, list));
  };
  const of = (one: Named) => classes.get(one.use)?.get(one.name) ?? [one];
  for (const pair of alwaysEqual(level)) {
    const [few, many] = pair.map(of).toSorted((a, b) => a.length - b.length) as [Named[], Named[]];
    if (few === many) continue;
    const all = [...many, ...few];
    for (const one of all) put(one, all);
  }
  known.set(level, classes);
  return classes;
}

function keysOf(expr: Expr): Key[] {
  const key = keyOf(expr);
  return key ? [key] : [];
}
