// Pause means pause: what a person starts is refused where the scheduler would pass by, unless he says so; and it keeps the tenant's freshness as a turn does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authDocument } from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { backfill, pauseNote, rebuild, replayLetter, replayRecords, runTenant, runTurn } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

test('a paused tenant is neither replayed, mended, read again nor rebuilt by command, unless somebody says so', async (t) => {
  const it = await changingTenant(t);
  const { run, config, lake, now } = it;
  const lease = { holder: 'test', ttlMs: 60_000 };
  await it.turn(['a', { ...authDocument('bad'), _source: { '@timestamp': 'never' } } as never]);
  const [bad] = await lake.quarantine.list();
  assert.ok(bad);
  const failing = { ...it.engine, session: () => Promise.reject(new Error('the disk is gone')) };
  await it.turn(['b'], { engine: failing }).catch(() => {});
  const letter = 'stage.elasticsearch.auth_logs';
  await lake.control.put(pauseNote, { at: now().toISOString(), by: 'ann', why: 'vendor moves' });

  assert.equal((await runTurn(run, config, lease)).state, 'paused');
  const span = { from: new Date(now().getTime() - 86_400_000), to: now() };
  const window = { source: 'elasticsearch', stream: 'auth_logs', ...span } as const;
  const acts = [
    () => replayLetter(run, config, letter),
    () => replayRecords(run, config, [bad.id], 'ann'),
    () => replayRecords(run, config, [bad.id], 'ann', '{}'),
    () => backfill(run, config, window, lease),
    () => rebuild(run, config, { verify: false }),
  ];
  for (const act of acts)
    await assert.rejects(act(), {
      code: 'TENANT_PAUSED',
      params: { tenant: 'acme-corp', by: 'ann', at: now().toISOString() },
    });
  assert.equal((await lake.releases.latest())?.number, 1);
  assert.equal(await it.bronze(), 1);

  const fresh = () => it.events.filter(({ event }) => event === 'source.checked').length;
  const before = fresh();
  const { settled, release } = await replayLetter(run, config, letter, { anyway: true });
  assert.deepEqual([settled, release.number, await it.bronze()], [true, 2, 2]);
  assert.deepEqual(
    (await replayRecords(run, config, [bad.id], 'ann', undefined, { anyway: true })).map(({ state }) => state),
    ['still bad'],
  );
  await lake.control.remove(pauseNote);
  await lake.deadLetters.put('connect.elasticsearch.all', { ...letterOf(now()), id: 'connect.elasticsearch.all' });
  now.set(new Date(now().getTime() + 900_000));
  await replayLetter(run, config, 'connect.elasticsearch.all');
  assert.equal(fresh(), before + 1, 'a replay that asked a source says how that went, as a turn does');
});

/** A letter of a source that could not be reached. */
const letterOf = (at: Date) => ({
  ...{ stage: 'connect', source: 'elasticsearch', stream: '*', input: {}, code: 'VENDOR_UNAVAILABLE' as const },
  ...{ message: 'm', history: [], attempts: 1, run: 'r', firstAt: at.toISOString(), at: at.toISOString() },
});

test('a plan that fails for good leaves a letter like every other stage, and the next good run takes it away', async (t) => {
  const it = await changingTenant(t);
  const broken = {
    ...it.config,
    get connections(): never {
      throw new Error('the disk is gone');
    },
  };
  await assert.rejects(runTenant(it.run, broken, { retryWaitMs: 0 }), { code: 'INTERNAL' });
  assert.deepEqual(
    (await it.lake.deadLetters.list()).map(({ id, stage, code }) => [id, stage, code]),
    [['plan', 'plan', 'INTERNAL']],
  );
  await it.turn(['a']);
  assert.deepEqual(await it.lake.deadLetters.list(), []);
});
