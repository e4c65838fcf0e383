// Builds the roll-ups of one tenant at one release: Cube is asked round by round until none is still building.
import type { TesseraCore } from './core.ts';
import { cubeFault, isContinueWait } from './cube-fault.ts';
import type { CubeContext } from './tenant-ids.ts';

/** A roll-up that is still building is asked for again; more rounds than this and it is broken. */
const maxRounds = 200;

export async function buildRollups(core: TesseraCore, context: CubeContext): Promise<void> {
  const background = { securityContext: context, authInfo: context, requestId: `warm-${context.tenant}` };
  for (let round = 0; round < maxRounds; round += 1) {
    const { finished } = await refreshOnce(core, background);
    if (finished) return;
  }
}

/** One round over all roll-ups; not finished where one is still building. */
async function refreshOnce(
  core: TesseraCore,
  background: Parameters<TesseraCore['runScheduledRefresh']>[0],
): Promise<{ finished: boolean }> {
  try {
    // Warm-up leaves the refresh keys alone: there is nothing in them that could change.
    const options = { concurrency: 2, timezones: ['UTC'], preAggregationsWarmup: true, throwErrors: true };
    return await core.runScheduledRefresh(background, options);
  } catch (error) {
    if (isContinueWait(error)) return { finished: false };
    throw cubeFault(error);
  }
}
