// kill -9 of a process that writes one table (attacks 138, 160): what it was told is durable is there once, and nothing is there by half.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createEngine, createFolderStore, openTenantLake } from '@tessera/lakehouse';
import { readWritten, tenant, writtenTable } from './commit-child.ts';
import { compileCache } from './kill-pipeline.ts';

test('kill -9 at 150 random moments of commits, compactions and checkpoints', async (t) => {
  const kills = 150;
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-commits-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  t.after(() => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const acknowledged = new Set<string>();
  for (let life = 0; life < kills; life++) {
    const child = fork(path.join(import.meta.dirname, 'commit-child.ts'), [folder, String(life)], {
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    child.on('message', (id) => acknowledged.add(String(id)));
    // Its own choice of a write for half of them, any moment after the first acknowledgement for the others.
    if (life % 2 === 0) child.once('message', () => setTimeout(() => child.kill('SIGKILL'), (life * 7) % 60));
    const [, signal] = (await once(child, 'exit')) as [unknown, string | null];
    assert.equal(signal, 'SIGKILL');
  }
  const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, tenant);
  const { ids, version } = await readWritten(writtenTable(lake), engine);
  assert.equal(new Set(ids).size, ids.length, 'nothing is there twice');
  const there = new Set(ids);
  assert.deepEqual(
    [...acknowledged].filter((id) => !there.has(id)),
    [],
    'all that was acknowledged is there',
  );
  const unheard = ids.filter((id) => !acknowledged.has(id)).length;
  assert.ok(unheard <= kills, 'a life leaves at most one commit that it was not told of');
  t.diagnostic(
    `${kills} kills, ${version + 1} versions: ${acknowledged.size} acknowledged commits there once, 0 lost, 0 doubled; ${unheard} made and not heard of`,
  );
});
