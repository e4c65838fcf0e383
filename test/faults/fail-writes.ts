// Makes a tenant's writes fail, at one place after the other of a whole turn, and looks at what is there each time.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Fault } from '@tessera/base';
import { meddledStore, type StoreWrite } from './crash-store.ts';
import { openFaultyTenant } from './faulty-tenant.ts';

const kinds = [
  { code: 'ENOSPC', fault: (key: string) => new Fault('STORE_FULL', { key }), lasts: true },
  {
    code: 'EIO',
    fault: (key: string) => new Fault('STORE_FAILED', { action: 'write', key, reason: 'EIO' }),
    lasts: false,
  },
  {
    code: 'EROFS',
    fault: (key: string) => new Fault('STORE_FAILED', { action: 'write', key, reason: 'EROFS' }),
    lasts: true,
  },
];

async function failingTenant(t: TestContext, meddle: { before?: (write: StoreWrite) => void }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-writes-'));
  const one = await openFaultyTenant(folder, {
    mood: { rate: 0, random: () => 0.5 },
    wrap: (store) => meddledStore(store, { before: (write) => meddle.before?.(write) }),
  });
  t.after(async () => {
    await one.close();
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...one, folder };
}

/**
 * The k-th write of a turn fails, for k = 1, 2, … until a turn has no such write; each k in the next way of failing, beginning with the `first`-th.
 * What is told is a fault with a code, never INTERNAL; nothing is doubled on the way, and turns in peace make all of it good.
 */
export async function failWrites(t: TestContext, first: number): Promise<void> {
  let from = Number.POSITIVE_INFINITY;
  let writes = 0;
  let failed = 0;
  const meddle: { before?: (write: StoreWrite) => void } = {};
  const one = await failingTenant(t, meddle);
  const kindAt = (k: number) => kinds[(k + first) % kinds.length] ?? kinds[0];
  meddle.before = ({ key }) => {
    writes += 1;
    const kind = kindAt(from);
    if (kind === undefined || !(kind.lasts ? writes >= from : writes === from)) return;
    failed += 1;
    throw kind.fault(key);
  };
  const told: Record<string, number> = {};
  let turn = 0;
  let k = 1;
  for (; ; k += 1) {
    one.at(++turn);
    [from, writes, failed] = [k, 0, 0];
    const outcome = await one.turn().then(
      (done) => (done.state === 'ran' && done.outcome.record.faults.length > 0 ? 'a stream parked' : done.state),
      (error: unknown) => {
        assert.ok(error instanceof Fault, String(error));
        return error.code;
      },
    );
    told[outcome] = (told[outcome] ?? 0) + 1;
    from = Number.POSITIVE_INFINITY;
    await one.check();
    assert.notEqual(outcome, 'held', "a lease that could not be given back is in nobody's way here");
    if (failed === 0) break;
  }
  assert.equal(told.INTERNAL, undefined, 'every failure is told as what it is');
  for (let before = -1, have = await one.check(); before !== have; have = await one.check()) {
    before = have;
    await one.turn();
  }
  const right = await one.checkAll();
  t.diagnostic(
    `k = 1..${k} (first ${kinds[(1 + first) % kinds.length]?.code}): ${JSON.stringify(told)}; then ${right.events} events and ${right.devices} devices, 0 lost, 0 doubled`,
  );
}
