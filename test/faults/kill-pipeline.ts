// Kills whole workers of a tenant with SIGKILL again and again, lets the next one go on, and compares with what the vendors have.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { openFaultyTenant } from './faulty-tenant.ts';
import type { Orders } from './pipeline-child.ts';

const calm = { rate: 0, random: () => 0.5 };

/** Where each process that a test starts keeps what it compiled, so that the next one starts in half the time. */
export const compileCache = path.join(tmpdir(), 'tessera-fault-tests-compiled');

interface ChildEnd {
  readonly killed: boolean;
  /** What it said of each turn that it ended. */
  readonly turns: readonly string[];
}

/** Killed, or come to its end; otherwise what it wrote is thrown. */
async function runChild(orders: Orders, killAfterMs?: number): Promise<ChildEnd> {
  const child = fork(path.join(import.meta.dirname, 'pipeline-child.ts'), [JSON.stringify(orders)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, MALLOC_ARENA_MAX: '2' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  const turns: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.on('message', (message) => {
    if (message !== 'ready') turns.push(JSON.stringify(message));
    else if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  const killed = signal === 'SIGKILL';
  if (!killed) assert.equal(code, 0, said);
  return { killed, turns };
}

export interface KillPlan {
  readonly name: string;
  readonly deaths: readonly (NonNullable<Orders['die']> | { readonly afterMs: number })[];
  /** Look for doubled events after so many. */
  readonly checkEvery: number;
  /** Of the deaths; a time may be over before it comes, and a random write may be more than there are. */
  readonly atLeast: number;
}

/** One worker after the other dies as planned; the last ones are left in peace. Prints where they died. */
export async function killPipeline(t: TestContext, { name, deaths, checkEvery, atLeast }: KillPlan): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-kills-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let killed = 0;
  let byClock = 0;
  for (const [i, death] of deaths.entries()) {
    const orders = { folder, seed: i + 1, turns: 3, rate: 0.05 };
    const isByClock = 'afterMs' in death;
    const end = isByClock ? await runChild(orders, death.afterMs) : await runChild({ ...orders, die: death });
    if (end.killed) killed += 1;
    else t.diagnostic(`ended before ${JSON.stringify(death)}: ${end.turns.join(' ')}`);
    if (end.killed && isByClock) byClock += 1;
    if (i % checkEvery === checkEvery - 1) {
      const one = await openFaultyTenant(folder, { mood: calm });
      await one.check();
      await one.close();
    }
  }
  const one = await openFaultyTenant(folder, { mood: calm });
  const turn = Number(readFileSync(path.join(folder, 'clock'), 'utf8'));
  one.at(turn);
  // Two pages a turn, as the log is read: until a turn brings nothing more.
  for (let before = -1, have = await one.check(); before !== have; have = await one.check()) {
    before = have;
    const done = await one.turn();
    assert.equal(done.state, 'ran', 'the lease of a dead worker is not in the way');
    assert.deepEqual(done.state === 'ran' && done.outcome.record.faults, []);
  }
  const right = await one.checkAll();
  await one.close();
  const places = Map.groupBy(readFileSync(path.join(folder, 'deaths'), 'utf8').trim().split('\n'), (line) => line);
  t.diagnostic(
    `${name}: ${killed} kills of ${deaths.length} workers (${byClock} by the clock), ${turn} turns; 0 lost, 0 doubled of ${right.events} events and ${right.devices} devices`,
  );
  t.diagnostic(
    [...places]
      .map(([place, list]) => `${place} ${list.length}`)
      .sort()
      .join(', '),
  );
  assert.ok(killed >= atLeast, `${deaths.length - killed} workers ended before they were killed`);
}
