// What a run costs when no source has anything new: a quarter-hour of most tenants' lives.
import path from 'node:path';
import { fixedClock, type TesseraEvent } from '@tessera/base';
import { runTenant } from '@tessera/pipeline';
import { benchTenant, countObjects, openBenchLake } from '../bench-lake.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { median, type Spent, spent } from '../measure.ts';
import { openServing, pipelineNeeds, playDevices, startVendors } from '../vendors-process.ts';

const rounds = 7;

export const idle: Benchmark = {
  name: 'idle',
  about: `a run of ${benchTenant} (all five sources) that finds nothing new`,
  async run(say) {
    const bench = await openBenchLake();
    const demo = await startVendors(bench.folder, benchTenant);
    const serving = openServing(bench.folder);
    try {
      const events: TesseraEvent[] = [];
      const clock = fixedClock(demo.asOf);
      const needs = await pipelineNeeds({ ...bench, serving, now: clock, observe: (event) => void events.push(event) });
      const weeks = await spent(() => playDevices(needs, demo));
      const first = await spent(() => runTenant(needs, demo.config));
      say(`  first load: ${seconds(weeks)} of device history, then ${seconds(first)}`);

      const lakeFolder = path.join(bench.folder, 'lake');
      // The second run still has overlaps to read that the third has not.
      await runTenant(needs, demo.config);
      const before = countObjects(lakeFolder);
      const stages = new Map<string, number[]>();
      const runs: Spent[] = [];
      let changed = 0;
      for (let round = 0; round < rounds; round += 1) {
        const instant = new Date(demo.asOf.getTime() + (round + 1) * 900_000);
        await demo.setClock(instant);
        clock.set(instant);
        events.length = 0;
        runs.push(
          await spent(async () => {
            const outcome = await runTenant(needs, demo.config);
            if (outcome.changed) changed += 1;
            const failed = outcome.sources.flatMap(({ report }) => report.failed);
            if (failed[0]) throw failed[0].fault;
          }),
        );
        for (const event of events)
          if (event.event === 'stage.ended') stages.set(event.stage, [...(stages.get(event.stage) ?? []), event.ms]);
      }
      const after = countObjects(lakeFolder);
      say(
        `  ${rounds} runs; wall by stage: ${[...stages].map(([stage, ms]) => `${stage} ${median(ms).toFixed(0)} ms`).join(', ')}`,
      );
      const written = (layers: readonly string[]) =>
        layers.reduce((sum, layer) => sum + (after[layer] ?? 0) - (before[layer] ?? 0), 0) / rounds;
      const cpu = median(runs.map(({ cpuMs }) => cpuMs));
      const floor = await requestsAlone(demo.url, events);
      const figures: Figure[] = [
        {
          name: 'CPU of one run',
          value: cpu,
          unit: 'ms',
          ratio: {
            value: cpu / floor.cpuMs,
            to: `of as many bare HTTP requests (${floor.requests}) to the same vendors`,
          },
          goal: { is: 'at most', value: 150 },
        },
        { name: 'wall clock of one run', value: median(runs.map(({ wallMs }) => wallMs)), unit: 'ms' },
        {
          name: 'objects written to bronze, silver, gold, releases',
          value: written(['bronze', 'silver', 'gold', 'releases', 'quarantine', 'other']),
          unit: 'objects/run',
          goal: { is: 'at most', value: 0 },
        },
        {
          name: 'raw pages and notes kept',
          value: written(['raw']),
          unit: 'objects/run',
          note: 'a listing is kept as received',
        },
        { name: 'releases', value: changed, unit: `of ${rounds}`, goal: { is: 'at most', value: 0 } },
      ];
      return figures;
    } finally {
      serving.close();
      await demo.close();
      bench.close();
    }
  },
};

const seconds = ({ wallMs, cpuMs }: Spent) => `${(wallMs / 1000).toFixed(1)} s (${(cpuMs / 1000).toFixed(1)} s CPU)`;

/** The least that asking can cost: as many small GETs as pages were received, one after another. */
async function requestsAlone(url: string, events: readonly TesseraEvent[]) {
  const requests = Math.max(10, events.filter(({ event }) => event === 'page.written').length);
  const one = async () => void (await (await fetch(`${url}/demo/violations`)).arrayBuffer());
  await one();
  const all = await spent(async () => {
    for (let i = 0; i < requests; i += 1) await one();
  });
  return { requests, cpuMs: all.cpuMs };
}
