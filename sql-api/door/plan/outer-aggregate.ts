// An aggregate belongs to the level whose columns it takes: `(select sum(s.n))` is one of the level around it, which would have to fetch its rows for that.
import { type Expr, some } from './expression.ts';
import { expressionsOf, type Level, notExact, type Work } from './level.ts';
import { placeOf } from './observe.ts';
import type { Scope } from './scope.ts';

/** Refuses aggregates of sub-selects that name columns of levels above and none of their own. */
export function refuseOuterAggregates(work: Work, level: Level, scope: Scope): void {
  if (!isBelowView(scope)) return;
  const own = new Set(level.uses);
  const isOwn = (part: Expr) =>
    part.kind === 'foreign' ? !part.outer : (part.kind === 'column' || part.kind === 'row') && own.has(part.use);
  const isOuter = (part: Expr) =>
    part.kind === 'foreign' ? part.outer : (part.kind === 'column' || part.kind === 'row') && !own.has(part.use);
  const inner = level.uses.flatMap((use) => use.inner.flatMap(({ where }) => where ?? []));
  for (const expr of [...expressionsOf(level), ...inner])
    some(expr, (part) => {
      if (part.kind === 'call' && part.aggregate && some(part, isOuter) && !some(part, isOwn))
        throw notExact(
          work,
          `${part.name}() of columns of the SELECT around it`,
          'it is an aggregate of that SELECT',
          'Write the aggregate into the SELECT whose rows it is of.',
          placeOf(part),
        );
      return false;
    });
}

function isBelowView(scope: Scope): boolean {
  for (let at = scope.parent; at !== undefined; at = at.parent)
    if (at.relations.some((relation) => relation.uses.length > 0)) return true;
  return false;
}
