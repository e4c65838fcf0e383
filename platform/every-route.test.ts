// The route table, row by row: who is refused, how, and that the trail has exactly one record of it. A new row is asked the same without anybody thinking of it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, type FaultCode, fixedClock, observeNothing, type Tenant } from '@tessera/base';
import {
  type Access,
  type AuditItem,
  actions,
  createAudit,
  type DecideRights,
  readAudit,
  withRevocations,
} from '@tessera/security';
import { embedIssuer } from './embeds/contract.ts';
import { createEmbeds } from './embeds/create-embeds.ts';
import { createHttpApp } from './http-app.ts';
import { createReveal } from './reveal-tokens.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

const now = fixedClock('2026-07-01T12:00:00Z');
const seconds = now().getTime() / 1000;
/** The trail's own clock: of strangers it writes some a second, and counts the others. */
const written = fixedClock('2026-07-01T12:00:00Z');
const acme = 'acme-corp' as Tenant;
const person = (groups: readonly string[], more: Partial<Access> = {}): Access => ({
  tenant: acme,
  subject: 'jane',
  email: undefined,
  name: undefined,
  groups,
  teams: [],
  amr: ['mfa'],
  authTime: seconds,
  issuer: 'https://issuer.example',
  client: 'app',
  issuedAt: seconds,
  expiresAt: seconds + 600,
  ...more,
});
/** Groups here are actions: a caller's are all of them but one, only one, or none that anybody knows. */
const callers = new Map<string, Access>([
  ['nobody', person([])],
  ['revoked', person(actions, { subject: 'gone' })],
  ['embed', person(actions, { issuer: embedIssuer, subject: 'embed:viewer' })],
  ['all', person(actions)],
  ...actions.flatMap((action): [string, Access][] => [
    [`only-${action}`, person([action])],
    [`without-${action}`, person(actions.filter((other) => other !== action))],
  ]),
]);
const decide: DecideRights = ({ groups }) => {
  if (groups.length === 0) throw new Fault('CLAIM_REFUSED', { claim: 'groups' });
  return {
    ...{ id: 'r', policy: 'p', roles: ['a-role'], masked: new Set(), rows: {} },
    members: { measures: new Set(), dimensions: new Map(), segments: new Set() },
    actions: new Set(actions.filter((action) => groups.includes(action))),
  };
};
const decideRights = withRevocations(decide, () => [{ tenant: acme, subject: 'gone', until: seconds }]);

const goodBodies: Readonly<Record<string, object>> = {
  '/api/v1/reveal': { tokens: ['person_0000000000000001'], purpose: 'incident-response', reference: 'INC-1' },
  '/api/v1/policy/explain': { query: {} },
  '/api/v1/embeds': { dashboard: 'overview', origin: 'https://evil.example', viewer: 'v' },
  '/api/v1/embeds/exchange': { token: 'x'.repeat(40) },
  '/api/v1/quarantine/:id/fix': { record: '{}' },
  '/api/v1/quarantine/:id/discard': { why: 'old' },
  '/api/v1/dead-letters/:id/discard': { why: 'old' },
};

let folder: string;
let audit: Awaited<ReturnType<typeof createAudit>>;
let url: string;
let close: () => void;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-routes-'));
  audit = await createAudit({ folder, now: written, observe: observeNothing });
  const verifyToken = async (token: string) => {
    const access = callers.get(token);
    if (!access) throw new Fault('TOKEN_INVALID', {});
    return access;
  };
  const needs = { verifyToken, decideRights, audit, now };
  const app = await createHttpApp({
    ...needs,
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [acme],
    reveal: createReveal({ audit, now, lookUp: () => Promise.reject(new Fault('NOT_READY', { tenants: 1 })) }),
    embeds: createEmbeds({
      ...needs,
      folder: path.join(folder, 'embeds'),
      decideViewerRights: decide,
      originsOf: () => [],
    }),
    mountCube: () => {},
    application: folder,
    observe: observeNothing,
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
after(async () => {
  close();
  await rm(folder, { recursive: true, force: true });
});

interface Case {
  readonly what: string;
  readonly token?: string;
  /** Text of the body; a good one where nothing is said. */
  readonly body?: string;
  readonly search?: string;
  readonly code?: FaultCode;
  readonly status: number;
  /** Who the record is about. */
  readonly subject?: string;
}
type Outcome = readonly [route: string, what: string];

const isAct = ({ method }: Route) => method === 'post';

/** What is asked of one row of the table, by what the row says of itself. */
function casesOf({ path: place, method, query, answer }: Route): Case[] {
  const malformed: readonly Case[] = [
    ...(method === 'post'
      ? ([
          { what: 'a body of another form', body: '{"nonsense":true}', status: 400, code: 'BODY_INVALID' },
          { what: 'a body that is no JSON', body: '{', status: 400, code: 'REQUEST_UNREADABLE' },
        ] as const)
      : []),
    ...(query
      ? [{ what: 'a parameter too many', search: '?nonsense=1', status: 400, code: 'BODY_INVALID' } as const]
      : []),
  ];
  if ('public' in answer) return answer.act === undefined ? [] : [...malformed];
  const bad = malformed.map((one) => ({ ...one, token: 'all', subject: 'jane' }));
  const reached =
    place === '/api/v1/reveal' ? 503 : place === '/api/v1/sources' ? 200 : place.endsWith('/embeds') ? 403 : 404;
  return [
    { what: 'no token', status: 401, code: 'TOKEN_MISSING' },
    { what: 'a token that is none', token: 'garbage', status: 401, code: 'TOKEN_INVALID' },
    { what: 'a bad token and body', token: 'garbage', body: '{', status: 401, code: 'TOKEN_INVALID' },
    { what: 'no role', token: 'nobody', status: 403, code: 'CLAIM_REFUSED', subject: 'jane' },
    { what: 'rights that were taken away', token: 'revoked', status: 401, code: 'TOKEN_INVALID', subject: 'gone' },
    ...bad,
    {
      ...{ what: 'all but its right', token: `without-${answer.right}` },
      ...{ status: 403, code: 'ACTION_DENIED', subject: 'jane' },
    },
    // Nobody's parts are here but two: who gets to the handler finds nothing, and is not told that he may not.
    { what: 'its right alone', token: `only-${answer.right}`, status: reached, subject: 'jane' },
    answer.embedded
      ? { what: 'an embed', token: 'embed', status: reached, subject: 'embed:viewer' }
      : { what: 'an embed', token: 'embed', status: 403, code: 'ACTION_DENIED', subject: 'embed:viewer' },
  ];
}
const idOf = ({ path: place, method }: Route, { what }: Case) => `${method ?? 'get'} ${place}: ${what}`;
const all = routes.flatMap((route) => casesOf(route).map((one) => ({ route, one, id: idOf(route, one) })));

async function ask(route: Route, { token, body, search = '' }: Case, id: string) {
  const response = await fetch(url + route.path.replace(/:\w+/g, 'some-id') + search, {
    method: route.method ?? 'get',
    headers: {
      'x-request-id': id,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(isAct(route) ? { 'content-type': 'application/json' } : {}),
    },
    ...(isAct(route) ? { body: body ?? JSON.stringify(goodBodies[route.path] ?? {}) } : {}),
  });
  return { status: response.status, code: ((await response.json()) as { code?: string }).code };
}

test('every row of the table refuses who may not, says why, and leaves one record with its own name', async () => {
  const told: Outcome[] = [];
  for (const { route, one, id } of all) {
    written.set(new Date(written().getTime() + 1000));
    const { status, code } = await ask(route, one, id);
    told.push([id, `${status} ${one.code === undefined ? '' : code}`]);
  }
  assert.deepEqual(
    told,
    all.map(({ one, id }) => [id, `${one.status} ${one.code ?? ''}`]),
  );
  // Tells nobody anything, and is nobody's act.
  assert.equal((await fetch(`${url}/readyz`, { headers: { 'x-request-id': 'public' } })).status, 503);
  await fetch(`${url}/api/v1/embeds/exchange`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'exchange' },
    body: JSON.stringify({ token: 'x'.repeat(40) }),
  });
  await audit.close();

  const records = new Map<string, AuditItem[]>();
  for (const tenant of [acme, undefined])
    for await (const entry of readAudit(folder, { tenant }))
      records.set(entry.request ?? '', [...(records.get(entry.request ?? '') ?? []), entry]);
  const shown = (id: string) =>
    (records.get(id) ?? []).map(({ kind, action, door, decision, code, subject, tenant }) =>
      [kind, action, door, decision, code, subject, tenant].join(' '),
    );
  for (const { route, one, id } of all) {
    const { answer } = route;
    const act = ('act' in answer && answer.act) || '';
    const who = `${one.subject ?? ''} ${one.subject ? acme : '_nobody'}`;
    if (one.status === 200) assert.deepEqual(shown(id), [], id);
    else if (one.code !== undefined)
      assert.deepEqual(shown(id), [`decision ${act} platform denied ${one.code} ${who}`], id);
    // What the act has written itself is all there is.
    else if (one.status === 503)
      assert.deepEqual(
        shown(id),
        [`intent ${act} platform allowed  ${who}`, `outcome ${act} platform failed NOT_READY ${who}`],
        id,
      );
    else assert.equal(shown(id).length, 1, `${id}: ${shown(id)}`);
  }
  assert.deepEqual(shown('public'), []);
  assert.deepEqual(shown('exchange'), ['decision embed.open embed denied TOKEN_INVALID  _nobody']);
});

test('what was refused is told with what it was about, by names alone', async () => {
  const items: AuditItem[] = [];
  for await (const entry of readAudit(folder, { tenant: acme })) items.push(entry);
  const of = (id: string) => items.find(({ request }) => request === id);
  assert.deepEqual(of('post /api/v1/reveal: all but its right')?.members, ['person_0000000000000001']);
  assert.equal(of('post /api/v1/reveal: all but its right')?.purpose, 'incident-response: INC-1');
  assert.equal(of('post /api/v1/quarantine/:id/discard: all but its right')?.object, 'some-id');
  assert.equal(of('post /api/v1/quarantine/:id/discard: all but its right')?.rule, 'default-deny');
  assert.equal(of('post /api/v1/embeds: all but its right')?.object, 'overview for v at https://evil.example');
});

test('every row that wants a token names an act, and a right that a role can give', () => {
  for (const { path: place, answer } of routes)
    if ('signedIn' in answer) {
      assert.ok(answer.act.length > 0, place);
      assert.ok(actions.includes(answer.right), place);
    }
});
