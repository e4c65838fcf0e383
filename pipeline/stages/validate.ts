// validate: what arrived is judged before anything is built from it, and failures that this run has made good are cleared away.
import { settleLetters } from '../dead-letters.ts';
import { rememberDrift } from '../quarantine/drift.ts';
import type { RunState, Stage, Validated } from './contract.ts';

export const validate: Stage<RunState, Validated> = async ({ needs }, { run, sources }) => {
  const good = new Set(
    sources.flatMap(({ source, failed, streams }) =>
      failed
        ? []
        : [`${source} *`, ...(streams ?? []).filter((one) => !one.failed).map((one) => `${source} ${one.stream}`)],
    ),
  );
  const isGood = (source: string | undefined, stream: string | undefined) => good.has(`${source} ${stream}`);
  let drifted = 0;
  for (const { source, streams } of sources)
    for (const { staged } of streams ?? []) {
      if (staged === undefined) continue;
      const fresh = await rememberDrift(needs.lake, source, staged, run, needs.now());
      drifted += fresh.length;
      const { tenant } = needs.lake;
      if (fresh.length > 0)
        needs.observe({ event: 'drift.found', tenant, source, stream: staged.stream, fields: fresh.length });
    }
  return { drifted, settled: await settleLetters(needs.lake, ({ source, stream }) => isGood(source, stream)) };
};
