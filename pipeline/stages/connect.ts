// connect: the source's settings and secrets are good and its vendor lets us in; the streams to be read, parents first.
import type { SourceInput, Stage } from './contract.ts';

export const connect: Stage<SourceInput, readonly string[]> = async ({ openSource }, { run, source, only }) => {
  const streams = await openSource(run, source);
  return streams.map(({ name }) => name).filter((name) => only === null || only.includes(name));
};
