// connect: the source's settings and secrets are good and its vendor lets us in; the streams to be read, parents first.
import { hookedStreams } from '../hooks-streams.ts';
import type { SourceInput, Stage } from './contract.ts';

export const connect: Stage<SourceInput, readonly string[]> = async (
  { needs, openSource },
  { run, source, only, pages },
) => {
  // What has arrived needs no vendor, and must not wait for one that is down.
  const streams = pages === 0 ? hookedStreams(needs.connectors, source) : await openSource(run, source);
  return streams.map(({ name }) => name).filter((name) => only === null || only.includes(name));
};
