// The door as psql sees it, with TLS and without: what people type first. Skipped where psql or openssl is absent.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Fixture, openFixture } from './test/fixture.ts';
import { toyPlan } from './test/toy-plan.ts';

const isThere = (program: string) => spawnSync(program, ['version']).error === undefined;
const skip = isThere('psql') && isThere('openssl') ? false : 'psql or openssl is not on this machine';

let fixture: Fixture;
let folder: string;
before(async () => {
  if (skip) return;
  folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-psql-'));
  execFileSync(
    'openssl',
    'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost'.split(' '),
    { cwd: folder, stdio: 'ignore' },
  );
  const [cert, key] = await Promise.all(['cert.pem', 'key.pem'].map((name) => readFile(path.join(folder, name))));
  assert.ok(cert && key);
  fixture = await openFixture(toyPlan, { tls: { cert, key }, limits: { refusalMs: 20, loginTimeoutMs: 2000 } });
});
after(async () => {
  await fixture?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function psql(commands: readonly string[], url = fixture.url('acme-corp'), env: NodeJS.ProcessEnv = {}) {
  const args = [
    '-X',
    '-A',
    ...(commands.join().includes('\\d') ? [] : ['-t']),
    url,
    ...commands.flatMap((command) => ['-c', command]),
  ];
  return promisify(execFile)('psql', args, { env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ out: stdout.trim(), said: stderr }),
    (error: { stdout: string; stderr: string }) => ({ out: error.stdout.trim(), said: error.stderr }),
  );
}

test('psql describes, lists and selects', { skip }, async () => {
  assert.equal((await psql(['select 1'])).out, '1');
  assert.match((await psql(['\\d'])).out, /public\|devices\|table/);
  assert.match((await psql(['\\d devices'])).out, /FOREIGN KEY \(project_key\) REFERENCES projects/);
  assert.match((await psql(['\\dt+'])).out, /One row a device; it isn't a licence/);
  assert.match((await psql(['\\l'])).out, /^acme-corp\|/m);
  for (const command of ['\\du', '\\dn+', '\\df', '\\dv', '\\di', '\\dT', '\\dp', '\\d+ devices', '\\conninfo'])
    assert.doesNotMatch((await psql([command])).said, /ERROR/, command);
  assert.equal((await psql(['select sum(device_count) from devices'])).out, '15');
});

test('a prepared statement, a cursor, an error and a session that goes on', { skip }, async () => {
  const { out, said } = await psql([
    'begin',
    'declare c cursor for select device_count from devices',
    'fetch 1 from c',
    'commit',
    'select forbidden',
    'select count(*) from devices',
  ]);
  assert.equal(out, 'BEGIN\nDECLARE CURSOR\n3\nCOMMIT\n3');
  assert.match(said, /LINE 1: select forbidden\n\s+\^\nHINT:\s+Leave it\./);
});

test('with sslmode=require the session is encrypted, by token and by SCRAM', { skip }, async () => {
  const url = `${fixture.url('acme-corp')}?sslmode=require`;
  assert.match((await psql(['\\conninfo'], url)).out, /SSL connection \(protocol: TLSv1\.[23]/);
  const { user, password } = await fixture.accounts.create({
    tenant: 'acme-corp' as never,
    name: 'tls',
    role: 'analyst',
  });
  assert.equal(
    (
      await psql(
        ['select sum(device_count) from devices'],
        `${fixture.url('acme-corp', user, password)}?sslmode=require`,
      )
    ).out,
    '15',
  );
  const { said } = await psql(['select 1'], `${fixture.url('acme-corp', user, 'wrong')}?sslmode=require`);
  assert.match(said, /password authentication failed for user "svc-tls"/);
});

test('plaintext behind the request for TLS is refused; a client that says nothing is dropped', { skip }, async () => {
  const answer = (bytes: Buffer) =>
    new Promise<string>((resolve) => {
      const socket = net.connect(fixture.door.port, '127.0.0.1', () => socket.write(bytes));
      let got = '';
      socket.on('data', (chunk) => (got += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.on('close', () => resolve(got));
    });
  const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  assert.match(await answer(Buffer.concat([request, Buffer.from('stuffed')])), /C08P01/);
  assert.equal(await answer(Buffer.alloc(0)), '');
  assert.match(await answer(Buffer.from([255, 255, 255, 255, 0, 3, 0, 0])), /C08P01/);
});
