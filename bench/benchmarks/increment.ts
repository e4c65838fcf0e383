// What one new page costs on a short history and on one four times as long: it should be about the page.
import path from 'node:path';
import { fixedClock, type TesseraEvent } from '@tessera/base';
import type { EventLog } from '@tessera/demo';
import { parseTenantConfig, runTenant } from '@tessera/pipeline';
import { benchFolder, benchTenant, openBenchLake } from '../bench-lake.ts';
import type { Benchmark } from '../figure.ts';
import { median, spent } from '../measure.ts';
import { eventsPerPage, oktaHistory } from '../okta-history.ts';
import { readyOktaLog } from '../okta-log.ts';
import { openServing, pipelineNeeds } from '../vendors-process.ts';

const short = 20_000;
const long = 4 * short;
const pages = 4;
const asOf = new Date('2026-01-01T00:00:00Z');

interface Cost {
  readonly cpuMs: number;
  readonly stages: ReadonlyMap<string, number>;
  readonly models: ReadonlyMap<string, number>;
}

export const increment: Benchmark = {
  name: 'increment',
  about: `one new page of ${eventsPerPage} Okta events after ${short.toLocaleString('en-US')} and after ${long.toLocaleString('en-US')}`,
  async run(say) {
    const { folder, remove } = benchFolder();
    const log = readyOktaLog(folder, asOf);
    remove();
    const last = long + pages * eventsPerPage;
    // Both histories end with the same events, so that the new pages are the same bytes.
    const [after, afterLong] = [await costOfPage(log, last, short), await costOfPage(log, last, long)];
    const names = [...afterLong.stages.keys()];
    say(
      `  wall by stage: ${names.map((name) => `${name} ${ms(after.stages.get(name))} → ${ms(afterLong.stages.get(name))}`).join(', ')}`,
    );
    const models = [...afterLong.models].sort(([, a], [, b]) => b - a).slice(0, 6);
    say(
      `  dearest models: ${models.map(([name, cost]) => `${name} ${ms(after.models.get(name))} → ${ms(cost)}`).join(', ')}`,
    );
    return [
      { name: `one page after ${short.toLocaleString('en-US')} events`, value: after.cpuMs, unit: 'CPU ms' },
      {
        name: `one page after ${long.toLocaleString('en-US')} events`,
        value: afterLong.cpuMs,
        unit: 'CPU ms',
      },
      {
        name: 'growth of the cost where history is 4x',
        value: afterLong.cpuMs / after.cpuMs,
        unit: 'x',
        ratio: { value: afterLong.cpuMs / after.cpuMs / 4, to: 'of a pipeline that builds everything again' },
        goal: { is: 'at most', value: 1.25 },
      },
    ];
  },
};

const ms = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0));

/** Median over some pages, one run each. */
async function costOfPage(log: EventLog, last: number, history: number): Promise<Cost> {
  const bench = await openBenchLake();
  const serving = openServing(bench.folder);
  try {
    const vendor = oktaHistory(log, last - pages * eventsPerPage - history);
    const events: TesseraEvent[] = [];
    const clock = fixedClock(asOf);
    const needs = await pipelineNeeds({
      ...bench,
      serving,
      now: clock,
      observe: (event) => void events.push(event),
      connectors: [vendor.connector],
    });
    const config = parseTenantConfig(
      {
        tenant: benchTenant,
        displayName: 'Acme',
        timeZone: 'America/New_York',
        orgId: 'hq',
        connections: [{ source: 'okta', settings: {} }],
      },
      path.basename(import.meta.filename),
    );
    vendor.grow(last - pages * eventsPerPage);
    await runTenant(needs, config);
    const costs: number[] = [];
    const stages = new Map<string, number[]>();
    const models = new Map<string, number[]>();
    for (let page = pages - 1; page >= 0; page -= 1) {
      vendor.grow(last - page * eventsPerPage);
      clock.set(new Date(clock().getTime() + 900_000));
      events.length = 0;
      const cost = await spent(async () => {
        const { changed } = await runTenant(needs, config);
        if (!changed) throw new Error('the new page changed nothing');
      });
      costs.push(cost.cpuMs);
      for (const event of events) {
        if (event.event === 'stage.ended') push(stages, event.stage, event.ms);
        if (event.event === 'model.built') push(models, event.model, event.ms);
      }
    }
    const medians = (all: ReadonlyMap<string, readonly number[]>) =>
      new Map([...all].map(([name, samples]) => [name, median(samples)]));
    return { cpuMs: median(costs), stages: medians(stages), models: medians(models) };
  } finally {
    serving.close();
    bench.close();
  }
}

const push = (map: Map<string, number[]>, name: string, value: number) =>
  map.set(name, [...(map.get(name) ?? []), value]);
