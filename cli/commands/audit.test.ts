// `tessera audit`: listed by tenant and act, judged with an exit code, and a person taken out, as a person at the prompt does it.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { observeNothing, type Tenant } from '@tessera/base';
import { createAudit } from '@tessera/security';
import { Command } from 'commander';
import { addAuditCommands } from './audit.ts';

const [acme, globex] = ['acme-corp', 'globex-inc'] as Tenant[];
let home: string;
let trail: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-audit-'));
  trail = path.join(home, 'audit');
  process.env.TESSERA_HOME = home;
  const audit = await createAudit({
    folder: trail,
    now: () => new Date('2026-07-01T12:00:00Z'),
    observe: observeNothing,
  });
  for (const [at, subject] of ['ada', 'bob', 'ada'].entries()) {
    const act = { subject, door: 'rest', action: 'query', members: ['users.user_count'], rows: at } as const;
    await audit.append({ ...act, tenant: acme, kind: 'decision', decision: at === 1 ? 'denied' : 'allowed' });
    await audit.append({ ...act, tenant: globex, kind: 'decision', decision: 'allowed', subject: `stranger-${at}` });
  }
  await audit.close();
});
after(() => rm(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** The command in this process: one of its own would load all rooms for each line. */
async function tessera(...args: string[]): Promise<Ended> {
  const program = new Command().exitOverride();
  addAuditCommands(program);
  const said = { out: '', err: '' };
  const { stdout, stderr } = process;
  const kept = [stdout.write, stderr.write, process.exitCode] as const;
  // Commands write text; bytes are what the runner reports of tests meanwhile, and go on their way.
  const into = (way: 'out' | 'err') => (text: string | Uint8Array) => {
    if (typeof text !== 'string') return kept[way === 'out' ? 0 : 1].call(way === 'out' ? stdout : stderr, text);
    said[way] += text;
    return true;
  };
  Object.assign(stdout, { write: into('out') });
  Object.assign(stderr, { write: into('err') });
  try {
    process.exitCode = 0;
    await program.parseAsync(['audit', ...args], { from: 'user' });
    return { ...said, code: Number(process.exitCode) };
  } finally {
    Object.assign(stdout, { write: kept[0] });
    Object.assign(stderr, { write: kept[1] });
    process.exitCode = kept[2];
  }
}
const linesOf = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const verdicts = async (...args: string[]) => {
  const { code, out } = await tessera('verify', '--json', ...args);
  return { code, rows: JSON.parse(out) as Record<string, unknown>[] };
};

test("list shows a tenant's acts and no other's, by person, decision and time, and says where there are more", async () => {
  const list = (...args: string[]) => tessera('list', ...args);
  const all = await list('--tenant', 'acme-corp', '--json');
  const ofAda = await list('--tenant', 'acme-corp', '--subject', 'ada', '--json');
  const denied = await list('--tenant', 'acme-corp', '--decision', 'denied', '--json');
  const later = await list('--tenant', 'acme-corp', '--since', '2026-07-02', '--json');
  const first = await list('--tenant', 'acme-corp', '--most', '1', '--json');
  assert.deepEqual(
    linesOf(all.out).map(({ subject }) => subject),
    ['ada', 'bob', 'ada'],
  );
  assert.doesNotMatch(all.out, /stranger|globex/);
  assert.equal(linesOf(ofAda.out).length, 2);
  assert.deepEqual(
    linesOf(denied.out).map(({ subject }) => subject),
    ['bob'],
  );
  assert.deepEqual([later.code, later.out], [0, '']);
  assert.equal(linesOf(first.out).length, 1);
  assert.match(first.err, /There are more/);
  await assert.rejects(list('--tenant', 'acme-corp', '--since', 'yesterday'), { code: 'SETTING_INVALID' });
});

test('erase-subject does nothing without --yes; with it the person is gone, the act is in the trail and every chain is good', async () => {
  const asked = await tessera('erase-subject', '--tenant', 'acme-corp', '--subject', 'bob');
  assert.deepEqual([asked.code, asked.out], [2, '']);
  const done = await tessera('erase-subject', '--tenant', 'acme-corp', '--subject', 'bob', '--yes');
  assert.deepEqual([done.code, done.out], [0, '1 records no longer say who it was.\n']);
  const { out } = await tessera('list', '--tenant', 'acme-corp', '--json');
  assert.ok(!out.includes('"bob"'));
  assert.ok(
    linesOf(out).some(({ action, door }) => action === 'audit.erase' && door === 'cli'),
    out,
  );
  const { code, rows } = await verdicts();
  assert.equal(code, 0);
  assert.ok(rows.length >= 3 && rows.every(({ verdict }) => verdict === 'good'), JSON.stringify(rows));
});

test('verify ends with 1 and names the first bad record of a changed chain; the others stay good', async () => {
  const folder = path.join(trail, 'acme-corp');
  const files = (await readdir(folder, { recursive: true })).filter((name) => /server.*\.jsonl$/.test(name));
  const file = path.join(folder, files[0] ?? assert.fail('no segment'));
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"denied"', '"allowed"'));
  const { code, rows } = await verdicts();
  assert.equal(code, 1);
  const bad = rows.filter(({ verdict }) => verdict === 'BAD');
  assert.deepEqual(
    bad.map(({ tenant, writer, first_bad }) => [tenant, writer, first_bad]),
    [['acme-corp', 'server', 2]],
  );
  assert.equal((await verdicts('--tenant', 'globex-inc')).code, 0);
  await writeFile(file, text);
  assert.equal((await verdicts()).code, 0);
});
