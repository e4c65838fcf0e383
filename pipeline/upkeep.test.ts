// Upkeep by a run: bronze keeps few files, old files go once a day, and nothing that a release or a reader needs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must } from '@tessera/base';
import { parseTableName } from '@tessera/lakehouse';
import { rollBack, vacuumTables } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

test('many small runs leave few files of bronze, whatever was released can be served again, and each row is built once', async (t) => {
  const lab = await changingTenant(t);
  const far = () => new Date(Date.now() + 30 * 86_400_000);
  const upkeep = { retentionDays: 7, keepReleases: 3, minFiles: 4, clock: far };
  const documents: string[] = [];
  for (let i = 0; i < 6; i++) {
    documents.push(`d${i}`);
    await lab.turn(documents, { upkeep });
  }
  const table = lab.lake.table('bronze', must(parseTableName('elasticsearch__auth_logs')), { columns: {} });
  const operations = (await table.history()).map(({ operation }) => operation);
  assert.ok(operations.includes('OPTIMIZE'));
  const runs = (await table.history()).map(({ run }) => run);
  assert.ok(!runs.includes(undefined), 'every version names its run');
  const [{ n } = {}] = await lab.engine.query(`select count(*) as n from (${(await table.scan()).sql})`);
  assert.equal(n, 6);
  const { release } = await lab.turn(documents, { upkeep });
  assert.equal(release.rows.fact_auth_event, 6, 'a compaction is nothing new');

  const { lake, engine, connectors, models } = lab.run;
  const gone = await vacuumTables({ lake, engine, connectors, models }, upkeep);
  assert.ok(gone.length > 0);
  assert.deepEqual(
    await vacuumTables({ lake, engine, connectors, models }, upkeep),
    [],
    'a second time nothing is left to go',
  );
  await assert.rejects(rollBack(lab.run, 1), { code: 'RELEASE_UNREADABLE' });
  const back = await rollBack(lab.run, release.number - 2);
  assert.equal(back.rolledBackTo, release.number - 2);
});

test('an idle run clears nothing, and vacuum comes once a day', async (t) => {
  const lab = await changingTenant(t);
  let machine = Date.parse('2026-03-01T00:00:00Z');
  const upkeep = { retentionDays: 7, keepReleases: 3, clock: () => new Date(machine) };
  const vacuums = () => lab.events.filter(({ event }) => event === 'tables.vacuumed').length;
  await lab.turn(['a'], { upkeep });
  assert.equal(vacuums(), 1);
  await lab.turn(['a', 'b'], { upkeep });
  assert.equal(vacuums(), 1, 'an hour later');
  machine += 25 * 3_600_000;
  await lab.turn(['a', 'b'], { upkeep });
  assert.equal(vacuums(), 1, 'idle');
  await lab.turn(['a', 'b', 'c'], { upkeep });
  assert.equal(vacuums(), 2);
});
