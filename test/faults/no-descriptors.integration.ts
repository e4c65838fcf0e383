// Attack 200: no file and no socket can be opened any more, and then they can: the process lives, refuses plainly and recovers by itself.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

test('attack 200: without a descriptor left an act that must be on the trail is refused, and done once there are some again', async (t) => {
  if (process.platform === 'win32') return t.skip('skipped: this system does not count descriptors');
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-descriptors-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const child = path.join(import.meta.dirname, 'no-descriptors-child.ts');
  const command = 'ulimit -n 120 && exec "$0" --disable-warning=ExperimentalWarning "$1" "$2"';
  const told = await new Promise<string>((resolve, reject) =>
    execFile('/bin/sh', ['-c', command, process.execPath, child, home], (error, out, said) =>
      error ? reject(new Error(said || error.message)) : resolve(out),
    ),
  );
  assert.deepEqual(JSON.parse(told), {
    before: { act: 'done', ask: 'done' },
    during: { problem: 'EMFILE', act: 'AUDIT_UNAVAILABLE', ask: 'no connection' },
    after: { act: 'done', ask: 'done' },
  });
});
