// Why, by HTTP: each member's verdict with its rule, what rows must meet, who may ask, and what the trail has of it. The real pack, a real server, a real trail.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, fixedClock, must, observeNothing, parseTenant } from '@tessera/base';
import { createHttpApp, createPolicyExplainer } from '@tessera/platform';
import { type Audit, createAudit, createPolicy, pack, parseClaims, readAuditPage } from '@tessera/security';
import { catalogue } from '../../cli/tessera-policy.ts';

const now = fixedClock('2026-07-01T12:00:00Z');
const acme = must(parseTenant('acme-corp'));
const claims = { exp: 4_000_000_000, iss: 'https://issuer.test', tenant_id: 'acme-corp' };
const callers: Readonly<Record<string, object>> = {
  steward: { groups: ['steward'] },
  lowered: { groups: ['steward'], clearance: 'internal' },
  scoped: { groups: ['steward', 'team-viewer'], teams: ['IT', 'O-Hara'] },
  analyst: { groups: ['analyst'] },
  nobody: { groups: ['unheard-of'] },
};

let folder: string;
let audit: Audit;
let url: string;
let close: () => void;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-explain-'));
  audit = await createAudit({ folder, now, observe: observeNothing });
  const { decideRights, explain } = createPolicy(pack, catalogue);
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.test', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
    verifyToken: async (bearer) => {
      const known = callers[bearer];
      if (!known) throw new Fault('TOKEN_INVALID', {});
      return parseClaims({ ...claims, sub: bearer, ...known }, 'app');
    },
    decideRights,
    audit,
    mountCube: () => {},
    application: folder,
    observe: observeNothing,
    explainPolicy: createPolicyExplainer({ explain, audit }),
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/policy/explain`;
  close = () => void server.close();
});
after(async () => {
  close();
  await audit.close();
  await rm(folder, { recursive: true });
});

async function ask(bearer: string | undefined, body: unknown) {
  const headers = { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const good = {
  query: { measures: ['users.user_count'], dimensions: ['users.email'], order: { 'users.is_admin': 'asc' } },
};

const table: readonly (readonly [string | undefined, unknown, number, string | undefined])[] = [
  [undefined, good, 401, 'TOKEN_MISSING'],
  ['stranger', good, 401, 'TOKEN_INVALID'],
  ['nobody', good, 403, 'CLAIM_REFUSED'],
  ['analyst', good, 403, 'ACTION_DENIED'],
  ['analyst', { query: { nonsense: true } }, 403, 'ACTION_DENIED'],
  ['steward', { query: { nonsense: true } }, 400, 'QUERY_INVALID'],
  ['steward', { ...good, tenant: 'globex-inc' }, 400, 'BODY_INVALID'],
  ['steward', { query: [good.query] }, 400, 'BODY_INVALID'],
  ['steward', good, 200, undefined],
];
for (const [who, body, status, code] of table)
  test(`${who ?? 'a stranger without a token'} gets ${status} ${code ?? ''} for ${JSON.stringify(body).slice(0, 40)}`, async () => {
    const answer = await ask(who, body);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  });

test('every member that is named has its verdict and rule, in whatever position, and what does not pass says why', async () => {
  const { body } = await ask('lowered', good);
  assert.deepEqual(body.members, [
    { member: 'users.email', decision: 'masked', rule: 'mask-pii' },
    { member: 'users.is_admin', decision: 'denied', rule: 'default-deny' },
    { member: 'users.user_count', decision: 'allowed', rule: 'steward/read' },
  ]);
  assert.equal(body.passes, false);
  assert.equal((body.refusal as { code: string }).code, 'MEMBER_DENIED');
  assert.equal((await ask('steward', good)).body.passes, true);
});

test('what rows must meet is told with the scope that asks for it', async () => {
  const { body } = await ask('scoped', { query: { measures: ['users.user_count'] } });
  assert.deepEqual(body.rows, [{ view: 'users', key: 'department', values: ['IT', 'O-Hara'], rule: 'own-team' }]);
});

test('a hidden member and one that does not exist have the same verdict', async () => {
  const { body } = await ask('steward', {
    query: { dimensions: ['users.tenant_id', 'users.no_such'], measures: ['planets.count'] },
  });
  const verdicts = body.members as readonly Record<string, unknown>[];
  assert.deepEqual(
    verdicts.map(({ decision, rule }) => [decision, rule]),
    Array(3).fill(['denied', 'default-deny']),
  );
});

test('who asked why and was told or refused is in the trail, by names alone', async () => {
  await ask('steward', good);
  await ask('analyst', good);
  await ask('nobody', good);
  const { items } = await readAuditPage(folder, { tenant: acme, action: 'policy.explain' }, 1000);
  const told = items.map(({ subject, decision, code, members }) => [subject, decision, code, members?.length]);
  assert.deepEqual(told.slice(-3), [
    ['steward', 'allowed', undefined, 3],
    ['analyst', 'denied', 'ACTION_DENIED', undefined],
    ['nobody', 'denied', 'CLAIM_REFUSED', undefined],
  ]);
});
