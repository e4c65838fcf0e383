// Child process of a test: runs turns of the tenant until it kills itself, or is killed, where its orders say.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kindOf, type Meddler, meddledStore, type StoreWrite } from './crash-store.ts';
import { openFaultyTenant } from './faulty-tenant.ts';

export interface Orders {
  readonly folder: string;
  readonly seed: number;
  readonly turns: number;
  /** Share of calls that vendors fail. */
  readonly rate: number;
  /** Where to die: at the n-th write, or the n-th of a kind (`serving` for the copy that answers); never without. */
  readonly die?: { readonly when: 'before' | 'during' | 'after'; readonly nth: number; readonly kind?: string };
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const { folder, die } = orders;
let seen = 0;
const fall = (what: string): void => {
  appendFileSync(path.join(folder, 'deaths'), `${what}\n`);
  process.kill(process.pid, 'SIGKILL');
};
const dieAt = (when: 'before' | 'during' | 'after') => (write: StoreWrite) => {
  if (die?.when !== when || (die.kind !== undefined && die.kind !== kindOf(write.key))) return;
  if (++seen === die.nth) fall(`${when} ${kindOf(write.key)}`);
};
// `during` is told once the write has begun: it is at its first file calls, in other threads, when the process goes.
const meddler: Meddler = { before: dieAt('before'), during: dieAt('during'), after: dieAt('after') };

let state = orders.seed;
/** mulberry32: small, and the same everywhere. */
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const one = await openFaultyTenant(folder, {
  mood: { rate: orders.rate, random },
  wrap: (store) => meddledStore(store, meddler),
  whileServing: () => {
    if (die?.kind === 'serving' && ++seen === die.nth) setTimeout(() => fall('during serving'), random() * 20);
  },
});
const clockFile = path.join(folder, 'clock');
const clock = (): number => {
  try {
    return Number(readFileSync(clockFile, 'utf8'));
  } catch {
    return 0;
  }
};
process.send?.('ready');
for (let turn = 0; turn < orders.turns; turn++) {
  const next = clock() + 1;
  writeFileSync(clockFile, String(next));
  one.at(next);
  const done = await one.turn();
  const faults = done.state === 'ran' ? done.outcome.record.faults.map(({ code }) => code) : [];
  process.send?.({ turn: next, state: done.state, faults });
}
await one.close();
process.disconnect?.();
