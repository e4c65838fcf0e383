// Going back to a release, what runs do meanwhile, and going on: against a vendor whose documents change.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { resumeReleases, rollBack } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

test('a rollback is a release of its own, holds while runs go on fetching, and ends when it is resumed', async (t) => {
  const lab = await changingTenant(t);
  const first = await lab.turn(['a']);
  const second = await lab.turn(['a', 'b']);
  assert.deepEqual([first.release.number, second.release.number], [1, 2]);

  const back = await rollBack(lab.run, 1);
  assert.deepEqual([back.number, back.rolledBackTo, back.tables], [3, 1, first.release.tables]);
  assert.deepEqual([back.rows, back.inputs, back.asOf], [first.release.rows, first.release.inputs, first.release.asOf]);
  assert.equal((await rollBack(lab.run, 1)).number, 3, 'said again it changes nothing');

  const before = await lab.bronze();
  const held = await lab.turn(['a', 'b', 'c']);
  assert.deepEqual([held.changed, held.release.number], [false, 3]);
  assert.equal(lab.built.at(-1), 3, 'a server that runs serves it with its next turn');
  assert.equal(await lab.bronze(), before + 1, 'what the vendor has is fetched and staged meanwhile');

  const resumed = await resumeReleases(lab.run);
  assert.deepEqual([resumed.number, resumed.rolledBackTo, resumed.tables], [4, undefined, first.release.tables]);
  await assert.rejects(resumeReleases(lab.run), { code: 'RELEASE_NOT_ROLLED_BACK' });
  const after = await lab.turn(['a', 'b', 'c']);
  assert.deepEqual([after.changed, after.release.number], [true, 5]);
  const rows = (release: typeof after.release) => release.rows.fact_auth_event;
  assert.deepEqual([rows(first.release), rows(second.release), rows(after.release)], [1, 2, 3]);
});

test('there is no going back to what never was, is newest, or has lost a file', async (t) => {
  const lab = await changingTenant(t);
  await assert.rejects(rollBack(lab.run, 1), { code: 'RELEASE_UNKNOWN' });
  await lab.turn(['a']);
  await lab.turn(['a', 'b']);
  for (const to of [0, 2, 3, -1, 1.5]) await assert.rejects(rollBack(lab.run, to), { code: 'RELEASE_UNKNOWN' });
  const gold = path.join(lab.folder, 'lake', 'tenant-acme-corp', 'gold', 'dim_tenant');
  for (const name of readdirSync(gold, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.parquet')) rmSync(path.join(gold, name));
  await assert.rejects(rollBack(lab.run, 1), {
    code: 'RELEASE_UNREADABLE',
    params: { tenant: 'acme-corp', release: 1, table: 'dim_tenant' },
  });
  assert.equal((await lab.lake.releases.latest())?.number, 2, 'nothing was published');
});
