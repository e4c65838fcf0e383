// plan: names the run and says which sources it asks.
import { runName } from '../run-name.ts';
import type { Planned, RunInput, Stage } from './contract.ts';

export const plan: Stage<RunInput, Planned> = async ({ needs, config }, input) => ({
  tenant: config.tenant,
  run: input.run ?? runName(needs.now()),
  sources: config.connections
    .map(({ source }) => source)
    .filter((source) => input.sources === undefined || input.sources.includes(source)),
  only: input.streams ?? null,
  pages: input.pages ?? null,
});
