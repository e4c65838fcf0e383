// Whether a model must be built, and how much of it.
import type { Model } from '../compile/model.ts';
import type { BuiltFrom } from './ledger.ts';

export interface Decision {
  readonly build: 'nothing' | 'gained' | 'whole';
  /** Tables read that changed since the last build. */
  readonly changed: readonly string[];
}

const sameExcept = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>, except: string) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => key === except || a[key] === b[key]);

/**
 * Compares what a build would read now with what the last one read.
 * The as-of day makes a table stale, and nothing else of the clock does; a table that describes the build is stale when any other was built.
 */
export function decide(model: Model, before: BuiltFrom | undefined, now: BuiltFrom, anyBuilt: boolean): Decision {
  const all = Object.keys(now.tables);
  if (before === undefined || before.code !== now.code || !sameExcept(before.vars, now.vars, 'as_of'))
    return { build: 'whole', changed: all };
  const changed = all.filter((name) => before.tables[name] !== now.tables[name]);
  const dayTurned = before.vars.as_of !== now.vars.as_of && !model.withAny;
  if (changed.length === 0 && !dayTurned && !(model.withAny && anyBuilt)) return { build: 'nothing', changed };
  if (model.kind === 'full' || dayTurned) return { build: 'whole', changed };
  // What a table gained since the last build is not to be told once it was made anew.
  const madeAnew = all.some((name) => before.wholes[name] !== now.wholes[name]);
  return { build: madeAnew ? 'whole' : 'gained', changed };
}
