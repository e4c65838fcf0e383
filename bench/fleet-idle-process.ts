// A fresh process that finds a fleet as it is and runs each tenant once, with nothing new: `node fleet-idle-process.ts <folder> <tenants> <asOf>`; prints JSON. What a tenant holds in memory is how far the process grows with their number.

import { fleetName, openFleet } from './fleet-lakes.ts';
import { quantile } from './measure.ts';
import { oktaHistory } from './okta-history.ts';

const [folder = '', count = '0', at = ''] = process.argv.slice(2);
const tenants = Number(count);
// Tenants that warm up what is shared: code, engine, allocator.
const first = Math.floor(tenants / 2);
const { gc } = globalThis;
const resident = () => {
  gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

const fleet = await openFleet(folder);
fleet.clock.set(at);
const silent = { length: 0, persistedAt: () => 0, occurredAt: () => 0, json: () => '' };
const { connector } = oktaHistory(silent, 0);
const cpuMs: number[] = [];
const open: unknown[] = [];
let before = resident();
for (let rank = 1; rank <= tenants; rank += 1) {
  const one = await fleet.open(fleetName(rank), connector);
  open.push(one);
  const cpu = process.cpuUsage();
  const { changed } = await one.run();
  const { user, system } = process.cpuUsage(cpu);
  cpuMs.push((user + system) / 1000);
  if (changed) throw new Error(`${one.tenant} was to have nothing new`);
  if (rank === first) before = resident();
}
const perTenantMb = (resident() - before) / (tenants - first);
process.stdout.write(JSON.stringify({ idleMs: quantile(cpuMs.slice(first), 0.5), perTenantMb, open: open.length }));
fleet.close();
