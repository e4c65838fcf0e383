// Eight processes commit 250 times each to one table (attack 161), in a folder and on S3: as many versions as commits, every row once.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createEngine, openTenantLake } from '@tessera/lakehouse';
import { startS3Server } from '../../lakehouse/testing/s3-server.ts';
import { compileCache } from './kill-pipeline.ts';
import { openWritersStore, type StoreOrders, tenant, writersTable } from './writer-child.ts';

async function race(t: TestContext, orders: StoreOrders, writers: number, commits: number): Promise<void> {
  const children = Array.from({ length: writers }, (_, writer) =>
    fork(path.join(import.meta.dirname, 'writer-child.ts'), [JSON.stringify(orders), String(writer), String(commits)], {
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, UV_THREADPOOL_SIZE: '2' },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  );
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  assert.deepEqual(
    ends.map(([code]) => code),
    Array(writers).fill(0),
  );
  const engine = await createEngine({ scratch: path.join(orders.scratch, 'reader') });
  t.after(() => engine.close());
  const table = writersTable(openTenantLake(openWritersStore(orders), engine, tenant));
  const version = await table.version();
  const [found] = await engine.query(
    `select count(*) as rows, count(distinct id) as ids, sum(n) as total from (${(await table.scan()).sql})`,
  );
  const rows = writers * commits;
  assert.deepEqual(found, { rows, ids: rows, total: (writers * commits * (commits - 1)) / 2 });
  const history = await table.history();
  assert.deepEqual(
    history.map((one) => one.version).sort((a, b) => a - b),
    Array.from({ length: version + 1 }, (_, i) => i),
  );
  // A compaction is a version, too, and nothing else is.
  const compactions = history.filter(({ operation }) => operation === 'OPTIMIZE').length;
  assert.equal(version + 1, rows + compactions);
  t.diagnostic(
    `${writers} processes × ${commits} commits: ${version + 1} versions without a gap, ${compactions} of them compactions; 0 lost, 0 doubled`,
  );
}

function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-writers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('eight processes × 250 commits in a folder', async (t) => {
  const folder = scratchFolder(t);
  await race(t, { scratch: folder, folder: path.join(folder, 'lake') }, 8, 250);
});

test('eight processes on S3', async (t) => {
  const server = await startS3Server();
  t.after(() => server.close());
  t.diagnostic(server.kind);
  const folder = scratchFolder(t);
  const orders = { scratch: folder, s3: { endpoint: server.endpoint, bucket: 'writers' } };
  await fetch(`${server.endpoint}/writers`, { method: 'PUT' });
  await race(t, orders, 8, 10);
});
