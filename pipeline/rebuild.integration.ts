// Raw is enough: what a rebuild from raw pages alone makes is what is there, whatever happened on the way; what was spoilt is put right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must } from '@tessera/base';
import type { StreamFacts } from '@tessera/ingest';
import { parseTableName } from '@tessera/lakehouse';
import { type RunNeeds, rebuild, rollBack } from './index.ts';
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

test('a column that is declared later is filled from raw for all of history; one that nobody declares any more is no difference', async (t) => {
  const lab = await changingTenant(t);
  await lab.turn(['a', 'b']);
  const declare = (change: (columns: StreamFacts['columns']) => StreamFacts['columns']) => ({
    ...lab.run,
    connectors: lab.run.connectors.map((connector) => ({
      ...connector,
      streams: connector.streams.map((stream) =>
        stream.name === 'auth_logs' ? { ...stream, columns: change(stream.columns) } : stream,
      ),
    })),
  });
  const differing = async (run: RunNeeds) =>
    (await rebuild(run, lab.config, { verify: true })).tables.filter(({ same }) => !same).map(({ table }) => table);
  const bronze = lab.lake.table('bronze', must(parseTableName('elasticsearch__auth_logs')), { columns: {} });
  const values = async (name: string) =>
    (await lab.engine.query(`select "${name}" as it from (${(await bronze.scan()).sql}) order by id`)).map(
      ({ it }) => it,
    );
  const messages = await values('message');
  assert.deepEqual(messages, ['Failed password for root', 'Failed password for root']);

  const without = declare(({ message: _, ...others }) => others);
  assert.deepEqual(await differing(without), []);
  const renamed = declare(({ message, ...others }) => ({ ...others, ...(message && { log_line: message }) }));
  assert.deepEqual(await differing(renamed), ['elasticsearch__auth_logs']);
  await rebuild(renamed, lab.config, { verify: false });
  assert.deepEqual([await values('log_line'), await differing(renamed)], [messages, []]);
});
