// A tenant of the demo with all five sources and 25 weeks of history, by the commands that an operator has: rebuild, roll back, back up, drill, erase.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import { readAudit } from '@tessera/security';
import { type RunningTessera, startTessera } from '../../cli/start-tessera.ts';

const main = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
let home: string;
let env: Record<string, string>;
let server: RunningTessera;

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-commands-'));
  env = { TESSERA_HOME: home, TESSERA_PORT: '0', TESSERA_DEMO_PORT: '0', TESSERA_SQL: 'off' };
  server = await startTessera(readSettings(env), undefined, { demoTenants: ['initech'] });
  await server.ready;
});
after(async () => {
  await server?.close();
  await rm(home, { recursive: true, force: true });
});

function tessera(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { env: { ...process.env, ...env }, maxBuffer: 32 << 20 },
      (error, out, said) => resolve({ code: error === null ? 0 : Number(error.code), out, said }),
    );
  });
}
async function rowsOf(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, out, said } = await tessera(...args, '--tenant', 'initech', '--json');
  assert.equal(code, 0, said + out);
  return JSON.parse(out);
}

test('bronze, silver and gold of all sources are made again from raw alone, row for row', async () => {
  const tables = await rowsOf('pipeline', 'rebuild', '--verify');
  assert.ok(tables.length > 25);
  assert.deepEqual(
    tables.filter(({ same }) => !same),
    [],
  );
  for (const layer of ['bronze', 'silver', 'gold'])
    assert.ok(
      tables.some((table) => table.layer === layer && Number(table.rows) > 0),
      layer,
    );
});

test('a release is rolled back and resumed by command, and every version of a table names its run', async () => {
  const [newest] = await rowsOf('release', 'list');
  const first = Number(newest?.release);
  // There is one release only: the rollback to itself is refused, and says what there is.
  const refused = await tessera('release', 'rollback', '--tenant', 'initech', '--to', String(first));
  assert.equal(refused.code, 1);
  assert.match(refused.said, /no such release/);
  const versions = await rowsOf('table', 'history', '--table', 'fact_auth_event');
  assert.ok(versions.length > 0 && versions.every(({ run }) => typeof run === 'string' && run !== ''));
  assert.ok(Array.isArray(await rowsOf('table', 'vacuum', '--dry-run')));
});

test('a backup is drilled, the tenant is erased, and the trail tells what a search found afterwards', async () => {
  const kept = path.join(home, '..', `${path.basename(home)}-kept`);
  try {
    const [backup] = await rowsOf('tenant', 'backup', '--to', kept);
    assert.ok(Number(backup?.objects) > 100);
    const drilled = await rowsOf('tenant', 'drill', '--from', kept);
    assert.ok(drilled.length > 5 && drilled.every(({ same }) => same));
    const unsure = await tessera('tenant', 'erase', '--tenant', 'initech', '--confirm', 'x', '--reason', 'test');
    assert.equal(unsure.code, 2);
    await server.close();
    const [proof] = await rowsOf('tenant', 'erase', '--confirm', 'initech', '--reason', 'contract ended');
    assert.ok(Number(proof?.objects) > 100);
    assert.deepEqual([proof?.objects_left, proof?.paths_left], [0, '']);
    let told = false;
    for await (const item of readAudit(path.join(home, 'audit'), { tenant: must(parseTenant('initech')) }))
      told ||= JSON.stringify(item).includes('tenant.erase.proof');
    assert.ok(told);
    assert.notEqual((await tessera('tenant', 'restore', '--tenant', 'initech', '--from', kept)).code, 0);
  } finally {
    await rm(kept, { recursive: true, force: true });
  }
});
