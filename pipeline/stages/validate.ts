// validate: what arrived is judged before anything is built from it, and failures that this run has made good are cleared away.
import { settleLetters } from '../dead-letters.ts';
import type { RunState, Stage, Validated } from './contract.ts';

export const validate: Stage<RunState, Validated> = async ({ needs }, { sources }) => {
  const good = new Set(
    sources.flatMap(({ source, failed, streams }) =>
      failed
        ? []
        : [`${source} *`, ...(streams ?? []).filter((one) => !one.failed).map((one) => `${source} ${one.stream}`)],
    ),
  );
  const isGood = (source: string | undefined, stream: string | undefined) => good.has(`${source} ${stream}`);
  return { settled: await settleLetters(needs.lake, ({ source, stream }) => isGood(source, stream)) };
};
