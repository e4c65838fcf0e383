// The commands of the how-to do what it says, in its order, on a home of their own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '@tessera/base';
import { openAccounts } from '@tessera/sql-api';

const root = path.join(import.meta.dirname, '..', '..');

test('an account is made, listed, given another password and removed', async () => {
  const page = await readFile(path.join(root, 'docs', 'how-to', 'let-bi-tools-in.md'), 'utf8');
  const [, block = ''] = /```sh tessera\n([\s\S]*?)```/.exec(page) ?? [];
  const lines = block.trim().split('\n');
  assert.equal(lines.length, 4);
  const home = await mkdtemp(path.join(os.tmpdir(), 'tessera-let-in-'));
  try {
    const acme = { tenant: 'acme-corp', displayName: 'Acme', timeZone: 'UTC', orgId: 'acme-corp-hq', connections: [] };
    await mkdir(path.join(home, 'tenants'));
    await writeFile(path.join(home, 'tenants', 'acme-corp.json'), JSON.stringify(acme));
    const said: string[] = [];
    const left: number[] = [];
    for (const line of lines) {
      const words = line.split(' ').slice(1);
      const { stdout } = await promisify(execFile)(process.execPath, [path.join(root, 'cli', 'main.ts'), ...words], {
        env: { ...process.env, TESSERA_HOME: home },
      });
      said.push(stdout);
      left.push((await openAccounts(path.join(home, 'sql', 'users.json'), systemClock).list()).length);
    }
    assert.match(said[0] ?? '', /^user {6}svc-superset\npassword {2}\S{20,}\n$/);
    assert.match(said[1] ?? '', /svc-superset.*analyst.*2099-01-31/s);
    assert.match(said[2] ?? '', /^user {6}svc-superset\npassword {2}\S{20,}\n$/);
    assert.notEqual(said[2], said[0]);
    assert.deepEqual(left, [1, 1, 1, 0]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
