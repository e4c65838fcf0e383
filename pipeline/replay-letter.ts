// Runs the stage of a dead letter again, and what comes after it; the letter goes when that went well.

import type { SourceName } from '@tessera/base';
import { findLetter } from './dead-letters.ts';
import { createHandlers, stageContext } from './handlers.ts';
import type { RunOutcome } from './run-tenant.ts';
import { type PauseOptions, refusePaused, runSeen } from './run-turn.ts';
import type { RunNeeds } from './stages/contract.ts';
import type { TenantConfig } from './tenant-config.ts';

/**
 * Safe to repeat, and safe beside later runs: a source is fetched from where it stands now; pages that could not be staged are staged from raw; anything
 * else is built again from bronze. DEAD_LETTER_UNKNOWN where it is gone, TENANT_PAUSED; throws as runTenant does, and then the letter stays.
 */
export async function replayLetter(
  needs: RunNeeds,
  config: TenantConfig,
  id: string,
  options: PauseOptions = {},
): Promise<RunOutcome & { readonly settled: boolean }> {
  const { lake } = needs;
  await refusePaused(lake, options);
  const letter = await findLetter(lake, id);
  const source = letter.source as SourceName | undefined;
  if (letter.stage === 'stage') {
    const handlers = createHandlers(() => stageContext(needs, config));
    await handlers.stage(letter.input).catch((error: Error) => {
      throw error.cause ?? error;
    });
    await lake.deadLetters.remove(id);
  }
  const fetches = source !== undefined && letter.stage !== 'stage';
  const streams = letter.stream === undefined || letter.stream === '*' ? {} : { streams: [letter.stream] };
  const outcome = await runSeen(needs, config, fetches ? { sources: [source], ...streams } : { sources: [] });
  return { ...outcome, settled: (await lake.deadLetters.get(id)) === undefined };
}
