// In charge of plans that were made before: tools send the same texts again and again, and a plan is of its text and the caller's views alone.
import type { SemanticView } from '../contract.ts';
import type { Planned, PlanSql } from '../plan/contract.ts';

export interface PlanMemory {
  /** Longer texts are planned each time. */
  readonly mostText: number;
  /** Characters of all texts together: what a plan holds grows with its text. */
  readonly mostInAll: number;
}
const defaults: PlanMemory = { mostText: 8_192, mostInAll: 131_072 };

/**
 * The planner for one tenant: each has his own part of what is kept, so that how fast an answer comes tells nothing of what neighbours asked.
 * Refusals are not kept; what was used longest ago goes first.
 */
export function rememberPlans(plan: PlanSql, { mostText, mostInAll }: PlanMemory = defaults): (of: string) => PlanSql {
  const kept = new Map<string, { readonly planned: Planned; readonly size: number }>();
  const numbers = new WeakMap<readonly SemanticView[], number>();
  let given = 0;
  let held = 0;
  const numberOf = (views: readonly SemanticView[]): number => {
    const known = numbers.get(views);
    if (known !== undefined) return known;
    given += 1;
    numbers.set(views, given);
    return given;
  };
  return (of) => (sql, options) => {
    if (sql.length > mostText) return plan(sql, options);
    const key = JSON.stringify([of, numberOf(options.views), options.maxRows, sql]);
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      return known.planned;
    }
    const planned = plan(sql, options);
    kept.set(key, { planned, size: key.length });
    held += key.length;
    for (const [oldest, { size }] of kept) {
      if (held <= mostInAll) break;
      kept.delete(oldest);
      held -= size;
    }
    return planned;
  };
}
