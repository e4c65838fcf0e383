// Where a Catch leads: what failed for good is kept as a dead letter and told, and the others go on.
import { parkLetter } from '../dead-letters.ts';
import { runName } from '../run-name.ts';
import { readStageError } from '../stage-error.ts';
import type { Parked, ParkInput, Stage } from './contract.ts';

export const park: Stage<ParkInput, Parked> = async ({ needs }, { stage, input, error }) => {
  const { lake, now, observe } = needs;
  // A run that could not be planned has no name yet.
  const { run = runName(now()), source, stream } = input;
  const told = readStageError(error);
  const { code, message } = told;
  const letter = await parkLetter(lake, { stage, input, ...told, run, at: now().toISOString() });
  if (source !== undefined)
    observe({ event: 'source.failed', tenant: lake.tenant, source, stream: stream ?? '*', code, message });
  return { stage, letter, code, message };
};
