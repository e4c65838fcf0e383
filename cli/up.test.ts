// `npm start`: whatever is wrong with its surroundings stops it with one sentence, and a signal leaves nothing running.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

const root = path.join(import.meta.dirname, '..');

async function home(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-up-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
const environment = (more: Readonly<Record<string, string>>) => ({
  ...process.env,
  TESSERA_PORT: '0',
  TESSERA_DEMO_PORT: '0',
  TESSERA_SQL_PORT: '0',
  TESSERA_DEMO_TENANTS: 'initech',
  ...more,
});

/** What a start that is stopped says, and its exit code. */
async function refusal(more: Readonly<Record<string, string>>): Promise<{ code: number | null; said: string }> {
  const started = spawn(process.execPath, [path.join(root, 'cli', 'main.ts'), 'up'], { env: environment(more) });
  const said = collect(started);
  const [code] = (await once(started, 'close')) as [number | null];
  return { code, said: said() };
}
function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return () => text;
}

const tenant = (settings: object) =>
  JSON.stringify({
    tenant: 'acme-corp',
    displayName: 'Acme',
    timeZone: 'Europe/Paris',
    orgId: 'acme-hq',
    connections: [{ source: 'jira', settings, secrets: { apiToken: { env: 'ACME_JIRA' } } }],
  });

const unchecked = { TESSERA_PRODUCTION: 'false' };
const wrongs: Readonly<Record<string, (folder: string) => Promise<[Record<string, string>, RegExp]>>> = {
  'a setting that cannot be read': async (folder) => [
    { TESSERA_HOME: folder, TESSERA_PORT: 'val-4711' },
    /^Setting TESSERA_PORT: .*settings\.md\.\n$/,
  ],
  'a home that is a file': async (folder) => {
    await writeFile(path.join(folder, 'file'), '');
    return [{ TESSERA_HOME: path.join(folder, 'file') }, /^Setting TESSERA_HOME: the folder cannot be written .*\n$/];
  },
  'an address of another machine': async (folder) => [
    { TESSERA_HOME: folder, TESSERA_HOST: '192.0.2.1' },
    /^This machine does not let us listen on 192\.0\.2\.1, .*TESSERA_HOST.*\n$/,
  ],
  'a connection with a setting of another name': async (folder) => {
    await mkdir(path.join(folder, 'tenants'));
    await writeFile(path.join(folder, 'tenants', 'acme.json'), tenant({ site: 'https://acme.example', email: 'a' }));
    return [
      { TESSERA_HOME: folder, ACME_JIRA: 'val-4711', TESSERA_ISSUER: 'https://login.example', ...unchecked },
      /^ {2}WARNING: .*\nTenant acme-corp, at connections\.0: .*jira.*add-a-tenant\.md\.\n$/,
    ];
  },
  'tenants without an issuer': async (folder) => {
    await mkdir(path.join(folder, 'tenants'));
    const settings = { url: 'https://acme.example', email: 'a' };
    await writeFile(path.join(folder, 'tenants', 'acme.json'), tenant(settings));
    return [
      { TESSERA_HOME: folder, ACME_JIRA: 'val-4711', ...unchecked },
      /^ {2}WARNING: TESSERA_PRODUCTION=false: .*\nSetting TESSERA_ISSUER: required .*\n$/,
    ];
  },
  'tenants with nothing else, where nobody says that they are for trying out': async (folder) => {
    await mkdir(path.join(folder, 'tenants'));
    await writeFile(path.join(folder, 'tenants', 'acme.json'), tenant({ url: 'https://acme.example', email: 'a' }));
    return [{ TESSERA_HOME: folder, ACME_JIRA: 'val-4711' }, /^Not started: TESSERA_ISSUER is not set.*\n$/];
  },
};
for (const [what, prepare] of Object.entries(wrongs)) {
  test(`${what} stops the start with one sentence that names it and repeats no value`, async (t) => {
    const [more, sentence] = await prepare(await home(t));
    const { code, said } = await refusal(more);
    assert.match(said, sentence);
    assert.doesNotMatch(said, /val-4711|\n\s+at /);
    assert.equal(code, 1);
  });
}

test('a signal to npm start reaches what it started, and the port is free again (attack 201)', async (t) => {
  const when = (file: string) =>
    stat(path.join(root, file)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  if ((await when('node_modules/.tessera-installed')) < (await when('package-lock.json')))
    return t.skip('skipped: the packages are older than their lock, so npm start would install them first');
  const started = spawn(process.execPath, [path.join(root, 'bootstrap.mjs'), 'start'], {
    env: environment({ TESSERA_HOME: await home(t) }),
  });
  t.after(() => started.kill('SIGKILL'));
  const said = collect(started);
  const closed = once(started, 'close');
  while (!/listening on \S+/.test(said())) {
    assert.equal(started.exitCode, null, said());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const url = /listening on (\S+)/.exec(said())?.[1] ?? '';
  assert.equal((await fetch(`${url}/livez`)).status, 200);
  started.kill('SIGTERM');
  // The pipes close when the last process that holds them has ended: the program and its demo, too.
  await closed;
  await assert.rejects(fetch(`${url}/livez`));
});
