// Revealing personal data over HTTP: who may, what is asked of them, and what the trail has of it. A decision table, a real server and a real trail.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, fixedClock, must, observeNothing, parseTenant } from '@tessera/base';
import { type Access, type Action, type Audit, createAudit, parseClaims, readAuditPage } from '@tessera/security';
import { createHttpApp } from './http-app.ts';
import { createReveal } from './reveal-tokens.ts';

const now = fixedClock('2026-07-01T12:00:00Z');
const seconds = now().getTime() / 1000;
const acme = must(parseTenant('acme-corp'));
const token = (n: number) => `person_${n.toString(16).padStart(16, '0')}`;
const canary = 'canary-9d2e@example.test';

const claims = {
  sub: 'jane',
  exp: seconds + 600,
  iss: 'https://issuer.test',
  tenant_id: 'acme-corp',
  groups: ['steward'],
  amr: ['pwd', 'mfa'],
  auth_time: seconds - 60,
};
/** Bearer tokens of this test: whoever shows one is this. */
const callers: Readonly<Record<string, Access>> = Object.fromEntries(
  Object.entries({
    steward: {},
    analyst: { groups: ['analyst'] },
    password: { amr: ['pwd'] },
    stale: { auth_time: seconds - 601 },
    timeless: { auth_time: undefined },
    globex: { tenant_id: 'globex-inc' },
  }).map(([name, more]) => [name, parseClaims({ ...claims, ...more }, 'app')]),
);

let folder: string;
let audit: Audit;
let url: string;
const looked: string[][] = [];
const closing: (() => unknown)[] = [];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-reveal-'));
  audit = await createAudit({ folder, now, observe: observeNothing });
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.test', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
    verifyToken: async (bearer) => {
      const access = callers[bearer];
      if (!access) throw new Fault('TOKEN_INVALID', {});
      return access;
    },
    audit,
    decideRights: ({ groups }) => ({
      id: 'r',
      policy: 'p',
      roles: groups,
      members: { measures: new Set(), dimensions: new Map(), segments: new Set() },
      masked: new Set(),
      rows: {},
      actions: new Set<Action>(groups.includes('steward') ? ['pii.reveal'] : []),
    }),
    mountCube: () => {},
    application: folder,
    observe: observeNothing,
    reveal: createReveal({
      audit,
      now,
      lookUp: async (tenant, tokens) => {
        // Whatever is looked up has its intent on disk already.
        assert.match(await trail(), /"intent"/);
        looked.push([...tokens]);
        return tenant === acme && tokens.includes(token(1)) ? [{ token: token(1), value: canary }] : [];
      },
    }),
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/reveal`;
  closing.push(() => server.close());
});
after(async () => {
  for (const close of closing) close();
  await audit.close();
  await rm(folder, { recursive: true });
});

/** Everything that the trail holds, byte by byte. */
async function trail(): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(path.join(file.parentPath, file.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
const good = { tokens: [token(1)], purpose: 'incident-response', reference: 'INC-1' };
async function ask(bearer: string | undefined, body: unknown = good) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    body: (await answer.json()) as Record<string, unknown>,
  };
}

const table: readonly (readonly [string, string | undefined, unknown, number, string | undefined])[] = [
  ['nobody', undefined, good, 401, 'TOKEN_MISSING'],
  ['a stranger', 'stranger', good, 401, 'TOKEN_INVALID'],
  ['an analyst', 'analyst', good, 403, 'ACTION_DENIED'],
  ['a steward with a password alone', 'password', good, 401, 'STEP_UP_NEEDED'],
  ['a steward who signed in eleven minutes ago', 'stale', good, 401, 'STEP_UP_NEEDED'],
  ['a steward whose token does not say when', 'timeless', good, 401, 'STEP_UP_NEEDED'],
  ['a steward without a purpose', 'steward', { ...good, purpose: undefined }, 400, 'BODY_INVALID'],
  ['a steward with a purpose of his own', 'steward', { ...good, purpose: 'curiosity' }, 400, 'BODY_INVALID'],
  ['a steward without a reference', 'steward', { ...good, reference: '  ' }, 400, 'BODY_INVALID'],
  ['a steward with SQL for a token', 'steward', { ...good, tokens: ["' or 1=1"] }, 400, 'BODY_INVALID'],
  ['a steward with no token', 'steward', { ...good, tokens: [] }, 400, 'BODY_INVALID'],
  ['101 tokens', 'steward', { ...good, tokens: Array.from({ length: 101 }, (_, i) => token(i)) }, 400, 'BODY_INVALID'],
  ['an unknown field', 'steward', { ...good, tenant: 'globex-inc' }, 400, 'BODY_INVALID'],
  ['no object at all', 'steward', [], 400, 'BODY_INVALID'],
  ['a steward with all of it', 'steward', good, 200, undefined],
];
for (const [who, bearer, body, status, code] of table) {
  test(`${who} gets ${status} ${code ?? ''}`, async () => {
    const before = looked.length;
    const answer = await ask(bearer, body);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
    assert.equal(looked.length - before, status === 200 ? 1 : 0, 'looked up only where all is well');
    if (code === 'STEP_UP_NEEDED')
      assert.match(
        answer.challenge ?? '',
        /^Bearer .*error="insufficient_user_authentication".*acr_values=.*max_age="600"$/,
      );
  });
}

test('a token of another tenant and one that never was are absent alike', async () => {
  const foreign = await ask('globex', good);
  const unknown = await ask('globex', { ...good, tokens: [token(77)] });
  assert.deepEqual([foreign.status, foreign.body], [200, { values: [] }]);
  assert.deepEqual(unknown, foreign);
});

test('the trail has who, why, the tokens and every refusal, and no value', async () => {
  const answer = await ask('steward');
  assert.deepEqual(answer.body, { values: [{ token: token(1), value: canary }] });
  await ask('analyst');
  await ask('password');
  const { items } = await readAuditPage(folder, { tenant: acme, action: 'pii.reveal' }, 1000);
  const told = items.map(({ kind, decision, code, members, purpose }) => [kind, decision, code, members?.[0], purpose]);
  const why = 'incident-response: INC-1';
  assert.deepEqual(told.slice(-4), [
    ['intent', 'allowed', undefined, token(1), why],
    ['outcome', 'allowed', undefined, token(1), why],
    ['decision', 'denied', 'ACTION_DENIED', token(1), why],
    ['decision', 'denied', 'STEP_UP_NEEDED', token(1), why],
  ]);
  assert.doesNotMatch(await trail(), new RegExp(canary));
});
