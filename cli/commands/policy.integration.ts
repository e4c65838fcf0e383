// `tessera policy`: the guide's commands as they are written, exit codes, and packs from elsewhere.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pack } from '@tessera/security';
import { packOfFile, packOfRevision } from '../read-pack.ts';

const root = path.join(import.meta.dirname, '..', '..');
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
const run = (program: string, args: readonly string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(program, args, { cwd: root }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
const tessera = (...args: string[]) => run(process.execPath, ['cli/main.ts', 'policy', ...args]);

test('the commands of "How to change a policy" work as they are written', async (t) => {
  const guide = await readFile(path.join(root, 'docs/how-to/change-a-policy.md'), 'utf8');
  const commands = [...guide.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block]) => String(block));
  assert.equal(commands.length, 5);
  const known = await run('git', ['cat-file', '-e', 'HEAD:security/policies/pack.ts']);
  // The fourth is a test run, and this is one.
  for (const command of commands.slice(0, 3)) {
    if (known.code !== 0 && command.includes('diff')) {
      t.diagnostic('skipped policy diff: this is no git checkout with a pack');
      continue;
    }
    const script = command.replaceAll('npm run -s tessera --', `'${process.execPath}' cli/main.ts`);
    const { code, out, err } = await run('bash', ['-c', script]);
    assert.deepEqual([code, err], [0, ''], command);
    assert.ok(out.length > 0);
  }
});

test('the file of "Bind your own groups" is served as it is written: lint, explain, and diff with a revision and with a file', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-bindings-'));
  t.after(() => rm(folder, { recursive: true }));
  const guide = await readFile(path.join(root, 'docs/how-to/change-a-policy.md'), 'utf8');
  const [, own = ''] = /```json\n([\s\S]+?)```/.exec(guide) ?? [];
  const script = [...guide.matchAll(/```sh\n([\s\S]+?)```/g)].at(-1)?.[1] ?? '';
  await writeFile(path.join(folder, 'policy.json'), own);
  const before = { bindings: JSON.parse(own).bindings.slice(1) };
  await writeFile(path.join(folder, 'policy-before.json'), JSON.stringify(before));
  const here = script
    .replaceAll('/etc/tessera', folder)
    .replaceAll('npm run -s tessera --', `'${process.execPath}' cli/main.ts`);
  const { code, out, err } = await run('bash', ['-ec', here.replace(/^.*policy diff HEAD\n/m, '')]);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /has no problem\.\n[\s\S]*group tessera-readers[\s│]+gains[\s│]+role viewer/);
  const file = path.join(folder, 'policy.json');
  const caller = ['--as', 'a@b.example', '--tenant', 'acme-corp', '--groups'];
  assert.equal((await tessera('explain', '--pack', file, ...caller, 'tessera-readers')).code, 0);
  const refused = await tessera('explain', '--pack', file, ...caller, 'viewer');
  assert.deepEqual([refused.code, /claim 'groups'/.test(refused.err)], [1, true]);
  const known = await run('git', ['cat-file', '-e', 'HEAD:security/policies/pack.ts']);
  if (known.code !== 0) return t.diagnostic('skipped policy diff: this is no git checkout with a pack');
  const changed = await tessera('diff', 'HEAD', '--pack', file, '--json');
  const said = (JSON.parse(changed.out) as { who: string; change: string; what: string }[]).map(
    ({ who, change, what }) => `${who} ${change} ${what}`,
  );
  assert.ok(said.includes('group org-analyst loses role analyst, over rows of own-org alone'), said.join('\n'));
  assert.ok(
    said.every((line) => line.startsWith('group ')),
    'the roles are as built in',
  );
});

test('a draft with a problem: one sentence each, exit 1, and nothing is explained by it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-draft-'));
  try {
    const draft = path.join(folder, 'draft.mjs');
    const wrong = { ...pack, bindings: [...pack.bindings, { group: 'x', roles: ['emperor'] }] };
    await writeFile(draft, `export const pack = ${JSON.stringify(wrong)};`);
    const linted = await tessera('lint', '--pack', draft, '--json');
    assert.equal(linted.code, 1);
    assert.deepEqual(JSON.parse(linted.out), ['group x is given role emperor, which does not exist.']);
    const explained = await tessera(
      'explain',
      '--pack',
      draft,
      '--as',
      'a@b.example',
      '--groups',
      'viewer',
      '--tenant',
      'acme-corp',
    );
    assert.equal(explained.code, 1);
    assert.match(explained.err, /^The policy pack is broken/);
    await writeFile(draft, 'export const other = 1;');
    await assert.rejects(packOfFile(draft), { code: 'POLICY_BROKEN' });
    await assert.rejects(packOfFile(path.join(folder, 'absent.ts')), { code: 'POLICY_BROKEN' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an explanation as JSON tells members, rows and the refusal', async () => {
  const query = { dimensions: ['users.email'], order: { 'users.email': 'asc' } };
  const caller = [
    '--as',
    'lee@acme-corp.example',
    '--tenant',
    'acme-corp',
    '--groups',
    'team-viewer',
    '--teams',
    'Sales,Legal',
  ];
  const { code, out } = await tessera('explain', ...caller, '--query', JSON.stringify(query), '--json');
  assert.equal(code, 0);
  const explained = JSON.parse(out) as {
    members: object[];
    rows: object[];
    passes: boolean;
    refusal: { code: string };
  };
  assert.deepEqual(explained.members, [{ member: 'users.email', decision: 'masked', rule: 'mask-pii' }]);
  assert.deepEqual(explained.rows, [
    { view: 'users', key: 'department', values: ['Legal', 'Sales'], rule: 'own-team' },
  ]);
  assert.deepEqual([explained.passes, explained.refusal.code], [false, 'MEMBER_DENIED']);
});

test('a revision that is none, or an option of git, is refused', async () => {
  for (const revision of ['no-such-branch', '--help', '-o/tmp/x', 'HEAD:other', 'HEAD;ls', ''])
    await assert.rejects(packOfRevision(revision), { code: 'POLICY_REVISION_UNKNOWN' }, revision);
});
