// Raw is enough: what a rebuild from raw pages alone makes is what is there, whatever happened on the way; what was spoilt is put right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must } from '@tessera/base';
import { parseTableName } from '@tessera/lakehouse';
import { rebuild, rollBack } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

test('after runs with new, repeated and broken documents a rebuild from raw gives the same tables, and one that was spoilt is put right', async (t) => {
  const lab = await changingTenant(t);
  await assert.rejects(rebuild(lab.run, lab.config, { verify: true }), { code: 'REBUILD_UNSETTLED' });
  const upkeep = { retentionDays: 7, keepReleases: 3, minFiles: 3 };
  await lab.turn(['a', 'b']);
  await lab.turn(['b', 'c'], { upkeep });
  // A run whose staging fails for good: its pages are in raw, and were never taken.
  const broken = { ...lab.engine, session: () => Promise.reject(new Error('the disk is gone')) };
  await lab.turn(['c', 'lost', 'd'], { engine: broken }).catch(() => {});
  await lab.turn(['lost', 'd'], { upkeep });
  await lab.turn(['d', 'e'], { upkeep });

  const verified = await rebuild(lab.run, lab.config, { verify: true });
  assert.deepEqual(
    verified.tables.filter(({ same }) => !same),
    [],
  );
  const names = verified.tables.map(({ table }) => table);
  for (const name of ['elasticsearch__auth_logs', 'fact_auth_event', 'dim_tenant'])
    assert.ok(names.includes(name), name);
  const bronze = verified.tables.find(({ layer }) => layer === 'bronze');
  assert.equal(bronze?.rebuilt.rows, 6);

  const gold = lab.lake.table('gold', must(parseTableName('fact_auth_event')), { columns: {} });
  const { sql } = await gold.scan();
  await lab.engine.session((s) => gold.overwrite(s, { sql: `select * from (${sql}) limit 2` }, { run: 'a mistake' }));
  const told = await rebuild(lab.run, lab.config, { verify: true });
  assert.deepEqual(
    told.tables.filter(({ same }) => !same).map(({ table }) => table),
    ['fact_auth_event'],
  );
  assert.equal(told.outcome, undefined);
  const before = await lab.lake.releases.latest();
  const righted = await rebuild(lab.run, lab.config, { verify: false });
  assert.equal(righted.outcome?.release.number, (before?.number ?? 0) + 1);
  assert.equal(righted.outcome?.release.rows.fact_auth_event, 6);
  const again = await rebuild(lab.run, lab.config, { verify: false });
  assert.deepEqual([again.tables.every(({ same }) => same), again.outcome], [true, undefined]);

  await rollBack(lab.run, 1);
  await assert.rejects(rebuild(lab.run, lab.config, { verify: true }), { code: 'REBUILD_UNSETTLED' });
});
