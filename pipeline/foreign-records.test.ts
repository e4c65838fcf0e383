// Attack 148 on every path to bronze: records that say they are of another organisation are refused by a run, a backfill and the ledger's recounts alike, and somebody is told.
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { must, type TesseraEvent } from '@tessera/base';
import { parseTableName } from '@tessera/lakehouse';
import { authDocument } from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { readAlertConfig } from './alerts/alert-config.ts';
import { openAlertStore } from './alerts/alert-store.ts';
import { createAlerter } from './alerts/alerter.ts';
import { backfill, runTurn, verifyLedger } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

const mine = (id: string) => authDocument(id, { organization: { id: 'ours' } });
const theirs = (id: string) => authDocument(id, { organization: { id: 'theirs' } });
const lease = { holder: 'test', ttlMs: 60_000 };
const day = 86_400_000;

async function lab(t: TestContext) {
  const it = await changingTenant(t, { organizationId: 'ours' });
  const { lake, engine, run, config, now } = it;
  const gold = async () => {
    const { sql } = await lake.table('gold', must(parseTableName('fact_auth_event')), { columns: {} }).scan();
    return Number((await engine.query(`select count(*) as n from (${sql})`))[0]?.n);
  };
  const window = () => ({
    ...({ source: 'elasticsearch', stream: 'auth_logs' } as const),
    ...{ from: new Date(now().getTime() - day), to: now() },
  });
  return { ...it, gold, backfill: () => backfill(run, config, window(), lease) };
}

test('a run and a backfill take none of them, and the ledger verifies', async (t) => {
  const it = await lab(t);
  await it.turn([mine('a'), mine('b'), theirs('x')]);
  assert.deepEqual([await it.bronze(), await it.gold()], [2, 2]);
  it.send([theirs('y'), mine('c')]);
  const { rows, quarantined } = await it.backfill();
  assert.deepEqual([rows, quarantined], [1, 1]);
  await it.turn([]);
  assert.equal(await it.gold(), 3);
  assert.equal((await verifyLedger(it.run, it.config)).balanced, true);
});

test('a run that broke off after staging them does not block the releases after it', async (t) => {
  const it = await lab(t);
  await it.turn([mine('a')]);
  const models = {
    get models(): never {
      throw new Error('the disk is gone');
    },
    vars: {},
  };
  await assert.rejects(it.turn([mine('b'), theirs('x')], { models: models as never }));
  const { release } = await it.turn([]);
  assert.deepEqual([release.number, await it.gold()], [2, 2]);
});

test('somebody is told, also when the source is checked and found good right after', async (t) => {
  const it = await lab(t);
  it.send([mine('a'), theirs('x')]);
  let at = Date.parse('2026-01-01T00:00:00Z');
  const told: string[] = [];
  const alerter = await createAlerter({
    config: await readAlertConfig(path.join(it.folder, 'alerts.json')),
    channels: [],
    store: openAlertStore(it.folder),
    now: () => new Date(at),
    stale: async () => [],
    observe: (event) => {
      if (event.event === 'alert.raised' || event.event === 'alert.resolved') told.push(`${event.event} ${event.rule}`);
    },
  });
  const seen: string[] = [];
  const observe = (event: TesseraEvent) => {
    seen.push(event.event);
    alerter.observe(event);
  };
  await runTurn({ ...it.run, observe }, it.config, lease);
  assert.ok(seen.indexOf('records.foreign') >= 0);
  assert.ok(seen.indexOf('source.checked') > seen.indexOf('records.foreign'));
  for (const minutes of [1, 10]) {
    at += minutes * 60_000;
    await alerter.tick();
    assert.deepEqual(told, ['alert.raised foreign-records']);
  }
});
