// The name of the served policy: what readiness tells and what every decision was made by are one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Tenant } from '@tessera/base';
import { createHttpApp } from '@tessera/platform';
import { pack, parseClaims, policyId } from '@tessera/security';
import { leastGroup, tesseraPolicy } from './tessera-policy.ts';

test('attack 216: a process that is ready says by which policy; the smallest change of it is another name', async () => {
  const policy = tesseraPolicy();
  const waiting = ['acme-corp' as Tenant];
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => waiting,
    policy: policy.id,
    verifyToken: () => Promise.reject(new Error('nobody signs in here')),
    decideRights: tesseraPolicy().decideRights,
    audit: { append: async () => ({ sequence: 1 }), note: () => {} },
    mountCube: () => {},
    application: import.meta.dirname,
    observe: () => {},
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`);
    return [answer.status, ((await answer.json()) as { policy?: string }).policy];
  };
  try {
    assert.deepEqual(await ready(), [503, undefined]);
    waiting.length = 0;
    assert.deepEqual(await ready(), [200, policy.id]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const claims = { sub: 'u1', iss: 'https://issuer.example', exp: 4e9, tenant_id: 'acme-corp', groups: ['viewer'] };
  assert.equal(policy.decideRights(parseClaims(claims, 'app')).policy, policy.id);
  assert.notEqual(policyId({ ...pack, denies: [] }), policy.id);
});

async function fileOf(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-policy-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'policy.json');
  await writeFile(file, text);
  return file;
}
const claimsOf = (...groups: string[]) =>
  parseClaims({ sub: 'u1', iss: 'https://issuer.example', exp: 4e9, tenant_id: 'acme-corp', org: 'hq', groups }, 'app');

const own = {
  version: 7,
  bindings: [
    { group: 'tessera-Analysts (EU)', roles: ['analyst'], scopes: ['own-org'] },
    { group: 'tessera-readers', roles: ['viewer'] },
  ],
};

test('a file of bindings alone gives the built-in roles to the groups that it names, and to no other', async (t) => {
  const policy = tesseraPolicy(await fileOf(t, JSON.stringify(own)));
  const analyst = policy.decideRights(claimsOf('tessera-Analysts (EU)'));
  assert.deepEqual([analyst.roles, analyst.rows.users?.map(({ values }) => values)], [['analyst'], [['hq']]]);
  const reader = policy.decideRights(claimsOf('tessera-readers'));
  const viewer = tesseraPolicy().decideRights(claimsOf('viewer'));
  assert.deepEqual([reader.roles, reader.masked, reader.members], [viewer.roles, viewer.masked, viewer.members]);
  for (const { group } of pack.bindings)
    assert.throws(() => policy.decideRights(claimsOf(group)), { code: 'CLAIM_REFUSED' }, group);
  assert.match(policy.id, /^7-/);
  assert.notEqual(policy.id, tesseraPolicy().id);
  assert.deepEqual([leastGroup(policy.pack), leastGroup(pack)], [['tessera-readers'], ['operator']]);
  assert.deepEqual(leastGroup({ ...policy.pack, bindings: [own.bindings[0] as never] }), []);
});

test('a file with a whole pack stands for itself, and one that says what the built-in pack says has its name', async (t) => {
  assert.equal(tesseraPolicy(await fileOf(t, JSON.stringify(pack))).id, tesseraPolicy().id);
  const bindings = pack.bindings.filter(({ group }) => group !== 'org-analyst');
  const problem = /own-org is given to no group/;
  const text = JSON.stringify({ ...pack, bindings });
  const file = await fileOf(t, text);
  assert.throws(() => tesseraPolicy(file), { code: 'POLICY_BROKEN', message: problem });
});

const wrongs: Readonly<Record<string, [text: string, sentence: RegExp]>> = {
  'no JSON': ['{', /policy\.json is not JSON/],
  'a field twice': ['{"bindings":[],"bindings":[]}', /policy\.json names a field twice/],
  'no binding': ['{"bindings":[]}', /In \S+policy\.json: bindings is an empty list/],
  'a role that there is not': [
    '{"bindings":[{"group":"x","roles":["emperor"]}]}',
    /group x is given role emperor, which does not exist/,
  ],
  'a scope that there is not': [
    '{"bindings":[{"group":"x","roles":["viewer"],"scopes":["own-planet"]}]}',
    /group x is given scope own-planet/,
  ],
  'a group twice': [
    '{"bindings":[{"group":"x","roles":["viewer"]},{"group":"x","roles":["analyst"]}]}',
    /group x is bound twice/,
  ],
  'a pattern for a group': ['{"bindings":[{"group":"tessera-*","roles":["viewer"]}]}', /is no name of a single group/],
  'a field that nobody knows': ['{"bindings":[{"group":"x","roles":["viewer"]}],"deny":[]}', /unknown field deny/],
  'half a pack': ['{"bindings":[{"group":"x","roles":["viewer"]}],"denies":[]}', /roles/],
};
for (const [what, [text, sentence]] of Object.entries(wrongs)) {
  test(`a policy file with ${what} is refused in a sentence that names it`, async (t) => {
    const file = await fileOf(t, text);
    assert.throws(() => tesseraPolicy(file), { code: 'POLICY_BROKEN', message: sentence });
  });
}

test('a policy file that is not there stops the start, and so it does an account of a group that is bound to nothing', async (t) => {
  const home = path.dirname(await fileOf(t, ''));
  const run = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
      env: { PATH: process.env.PATH, TESSERA_HOME: home, TESSERA_PORT: '0', ...env },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  };
  const file = await fileOf(t, JSON.stringify(own));
  const bound = { TESSERA_POLICY: file, TESSERA_HOME: path.dirname(file) };
  await mkdir(path.join(bound.TESSERA_HOME, 'tenants'));
  const tenant = { tenant: 'acme-corp', displayName: 'Acme', timeZone: 'UTC', orgId: 'acme-hq', connections: [] };
  await writeFile(path.join(bound.TESSERA_HOME, 'tenants', 'acme-corp.json'), JSON.stringify(tenant));
  const account = (role: string, env: Readonly<Record<string, string>>) =>
    run(['sql-user', 'create', '--tenant', 'acme-corp', '--name', 'bi', '--role', role, '--json'], env);
  const [absent, unbound] = await Promise.all([
    run(['up'], { TESSERA_POLICY: path.join(home, 'absent.json') }),
    account('analyst', bound),
  ]);
  assert.equal(absent.code, 1);
  assert.match(
    absent.said,
    /^The policy pack is broken, so nobody is let in: \S+absent\.json cannot be read \(ENOENT\)\./,
  );
  assert.equal(unbound.code, 1);
  assert.match(unbound.said, /binds no group analyst to a role; it binds tessera-Analysts \(EU\), tessera-readers/);
  const made = await account('tessera-readers', bound);
  assert.deepEqual([made.code, /"user":"svc-bi"/.test(made.said)], [0, true]);
});
