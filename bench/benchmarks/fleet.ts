// A fleet's quarter of an hour: every tenant once, new events by Zipf, after a long history; then a tenant that has nothing new, and memory.
import { benchFolder } from '../bench-lake.ts';
import type { Benchmark, BenchOptions, Figure } from '../figure.ts';
import { type FleetTenant, fleetName, fleetVendors, historyDays, openFleet, zipfShares } from '../fleet-lakes.ts';
import { median, quantile, spent } from '../measure.ts';
import type { OktaHistory } from '../okta-history.ts';
import { ownProcess } from '../own-process.ts';

const roundsADay = 96;
/** Of the issue: 300 tenants in five minutes of CPU. */
const goalMsPerTenant = 300_000 / 300;

interface Member extends FleetTenant {
  readonly vendor: OktaHistory;
  readonly history: number;
  readonly fresh: number;
}

export const fleet: Benchmark = {
  name: 'fleet',
  about: 'one round of a whole fleet (--tenants 60, --events 1000000 of history), an idle tenant, memory',
  run: (say, options) => runFleet(say, options),
};

async function runFleet(say: (line: string) => void, options: BenchOptions): Promise<readonly Figure[]> {
  const { tenants = 60, events = 1_000_000 } = options;
  const { folder, remove } = benchFolder();
  const all = await openFleet(folder);
  try {
    const histories = zipfShares(events, tenants);
    const news = zipfShares(Math.round(events / historyDays / roundsADay), tenants);
    const members: Member[] = [];
    const seeding = performance.now();
    ownProcess('fleet-seed-process.ts', folder, String(tenants), String(events));
    say(
      `  bronze of ${events.toLocaleString('en-US')} events for ${tenants} tenants: ${((performance.now() - seeding) / 1000).toFixed(1)} s`,
    );
    const vendorOf = fleetVendors(folder);
    for (const [i, history] of histories.entries()) {
      const vendor = vendorOf();
      const member = await all.open(fleetName(i + 1), vendor.connector);
      members.push({ ...member, vendor, history, fresh: news[i] ?? 0 });
    }
    const built = await spent(async () => {
      for (const member of members) await member.run();
    });
    say(`  first build of silver, gold and serving copies: ${seconds(built)}`);

    all.clock.set(new Date(all.clock().getTime() + 900_000));
    const costs: { readonly fresh: number; readonly history: number; readonly cpuMs: number }[] = [];
    const round = await spent(async () => {
      for (const { vendor, fresh, history, run } of members) {
        vendor.grow(fresh);
        const cost = await spent(async () => {
          const { changed } = await run();
          if (changed !== fresh > 0) throw new Error(`${fresh} new events, and changed is ${changed}`);
        });
        costs.push({ fresh, history, cpuMs: cost.cpuMs });
      }
    });
    const peakMb = process.resourceUsage().maxRSS / 1024;
    const busy = costs.filter(({ fresh }) => fresh > 0);
    const [largest] = costs;
    const idle = idleTenants(folder, tenants, new Date(all.clock().getTime() + 900_000));
    return [
      {
        name: 'a round of all tenants',
        value: round.cpuMs / 1000,
        unit: 'CPU s',
        goal: { is: 'at most', value: (goalMsPerTenant * tenants) / 1000 },
        note: `${busy.length} of ${tenants} had news, ${news.reduce((sum, n) => sum + n, 0)} events; 300 such: ${((round.cpuMs * 300) / tenants / 1000).toFixed(0)} s`,
      },
      {
        name: 'a tenant with news, median',
        value: median(busy.map(({ cpuMs }) => cpuMs)),
        unit: 'CPU ms',
        note: `p95 ${quantile(
          busy.map(({ cpuMs }) => cpuMs),
          0.95,
        ).toFixed(0)}`,
      },
      {
        name: 'the largest tenant',
        value: largest?.cpuMs ?? 0,
        unit: 'CPU ms',
        ratio: {
          value: (largest?.cpuMs ?? 0) / (busy.at(-1)?.cpuMs ?? 1),
          to: `of the smallest with news, with ${Math.round((largest?.history ?? 0) / (busy.at(-1)?.history ?? 1))}x the history`,
        },
      },
      { name: 'an idle tenant, median', value: idle.idleMs, unit: 'CPU ms', goal: { is: 'at most', value: 150 } },
      {
        name: 'memory of an idle tenant',
        value: idle.perTenantMb,
        unit: 'MB',
        goal: { is: 'at most', value: 2 },
        note: 'growth of a process of its own over the second half of the tenants',
      },
      { name: 'peak memory, histories included', value: peakMb, unit: 'MB', goal: { is: 'at most', value: 1024 } },
    ];
  } finally {
    all.close();
    remove();
  }
}

function idleTenants(folder: string, tenants: number, at: Date) {
  const said = ownProcess('fleet-idle-process.ts', folder, String(tenants), at.toISOString());
  return JSON.parse(said) as { readonly idleMs: number; readonly perTenantMb: number };
}

const seconds = ({ wallMs, cpuMs }: { readonly wallMs: number; readonly cpuMs: number }) =>
  `${(wallMs / 1000).toFixed(1)} s (${(cpuMs / 1000).toFixed(1)} s CPU)`;
