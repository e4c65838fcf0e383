// A process killed at any moment: no act without its record, no acknowledged record lost, and the chain goes on and is good.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readAudit, verifyAudit } from '@tessera/security';

/** `npm run test:soak` kills longer. */
const kills = Number(process.env.TESSERA_TEST_KILLS ?? 100);

test(`attack 184: killed ${kills} times, no act is without its intent and no acknowledged record is lost`, async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'crash-'));
  const folder = path.join(home, 'audit');
  const acts = path.join(home, 'acts');
  let acknowledged = 0;
  try {
    for (let i = 0; i < kills; i++) acknowledged = Math.max(acknowledged, await killOne(folder, acts, i));
    const intents = new Set<string>();
    let records = 0;
    let interrupted = 0;
    for await (const { kind, object, action } of readAudit(folder, { tenant: 'acme-corp' })) {
      records++;
      if (kind === 'intent' && object) intents.add(object);
      if (action === 'audit.interrupted') interrupted++;
    }
    const done = (await readFile(acts, 'utf8')).split('\n').filter(Boolean);
    assert.ok(done.length > kills, `${done.length} acts`);
    assert.deepEqual(
      done.filter((act) => !intents.has(act)),
      [],
    );
    assert.ok(records >= acknowledged, `${records} records, ${acknowledged} acknowledged`);
    assert.ok(interrupted > 0, 'no kill hit an act');
    const [verdict] = await verifyAudit({ folder, now: new Date() });
    assert.equal(verdict?.problem, undefined);
    process.stdout.write(`${kills} kills, ${done.length} acts, ${records} records, ${interrupted} interrupted\n`);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

/** Runs a child until it works, kills it some milliseconds later; answers the highest record that it was promised. */
function killOne(folder: string, acts: string, round: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crash-child.ts'), folder, acts]);
    let said = '';
    let problems = '';
    child.stderr.on('data', (text) => (problems += text));
    child.stdout.on('data', (text) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), (round * 7) % 60);
      said += text;
    });
    child.on('exit', (_, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(problems));
      const numbers = [...said.matchAll(/acknowledged (\d+)\n/g)].map(([, number]) => Number(number));
      resolve(Math.max(0, ...numbers));
    });
  });
}
