// Draws where workers die: at a random write, before, during or after it, or after a random time.
import type { KillPlan } from './kill-pipeline.ts';

/** A turn makes some 70 writes and a child some turns; by the clock one in four. */
export function randomDeaths(count: number, seed: number): KillPlan['deaths'] {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, i) =>
    i % 4 === 3
      ? { afterMs: Math.floor(random() * 700) }
      : {
          when: (['before', 'during', 'after'] as const)[Math.floor(random() * 3)] ?? 'during',
          nth: 1 + Math.floor(random() * 75),
        },
  );
}
