// Embeds over HTTP: minted for one page of one tenant, used once, never more than a viewer and never more than who minted.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Fault, fixedClock, observeNothing, type Tenant } from '@tessera/base';
import { type Access, createAudit, type DecideRights, type Rights, readAudit } from '@tessera/security';
import { createHttpApp } from '../http-app.ts';
import { createTrailReader } from '../read-trail.ts';
import type { EmbedGrant } from './contract.ts';
import { createEmbeds, type Embeds } from './create-embeds.ts';
import { createPowerBiBroker } from './power-bi.ts';

const acme = 'acme-corp' as Tenant;
const portal = 'https://portal.example';
const clock = fixedClock('2026-07-01T12:00:00Z');
const person = (groups: readonly string[], more: Partial<Access> = {}): Access => ({
  tenant: acme,
  subject: groups.join('-'),
  email: undefined,
  name: undefined,
  groups,
  teams: [],
  amr: [],
  issuer: 'https://issuer.example',
  client: 'app',
  expiresAt: 4e9,
  ...more,
});
const people: Readonly<Record<string, Access>> = {
  steward: person(['steward']),
  viewer: person(['viewer']),
  narrow: person(['steward', 'own-org'], { org: 'north' }),
  /** Whose token ends at 12:10. */
  leaving: person(['steward'], { expiresAt: Date.parse('2026-07-01T12:10:00Z') / 1000 }),
  /** Whose token ends at 12:03. */
  almost: person(['steward'], { expiresAt: Date.parse('2026-07-01T12:03:00Z') / 1000 }),
  foreign: person(['steward'], { tenant: 'globex-inc' as Tenant }),
};
/** A policy of three groups: viewers see users and issues, `own-org` sees one organisation and no issues. */
const decideRights: DecideRights = ({ groups, org }) => {
  const isNarrow = groups.includes('own-org');
  const views = isNarrow ? ['users'] : ['users', 'issues', 'secrets'];
  return {
    id: JSON.stringify([groups, org]),
    policy: 'test',
    roles: groups,
    members: {
      measures: new Set(views.map((view) => `${view}.count`)),
      dimensions: new Map(
        views.flatMap((view) => [
          [`${view}.department`, 'string'] as const,
          [`${view}.email`, 'string'] as const,
          [`${view}.created_at`, 'time'] as const,
          [`${view}.age`, 'number'] as const,
          [`${view}.is_open`, 'boolean'] as const,
        ]),
      ),
      segments: new Set(),
    },
    masked: new Set(groups.includes('steward') ? [] : ['users.email']),
    rows: isNarrow ? { users: [{ member: 'users.org_id', values: [org ?? ''], rule: 'own-org' }] } : {},
    actions: new Set(
      groups.includes('steward')
        ? ['query', 'sql', 'export', 'audit.read', 'pii.reveal', 'embed.mint']
        : ['query', 'sql'],
    ),
  } satisfies Rights;
};

let home: string;
let server: Server;
let url: string;
let embeds: Embeds;
let audit: Awaited<ReturnType<typeof createAudit>>;

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'embeds-'));
  await writeFile(path.join(home, 'index.html'), '<!doctype html>');
  audit = await createAudit({ folder: path.join(home, 'audit'), now: clock, observe: observeNothing });
  embeds = makeEmbeds();
  const { readAuditPage } = await import('@tessera/security');
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
    verifyToken: (token) => embeds.verifyToken(token),
    decideRights: (access) => embeds.decideRights(access),
    audit,
    embeds,
    readTrail: createTrailReader({
      audit,
      read: (filter, most) => readAuditPage(path.join(home, 'audit'), filter, most),
    }),
    mountCube: () => {},
    application: home,
    observe: observeNothing,
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await audit.close();
  await rm(home, { recursive: true, force: true });
});

const makeEmbeds = () =>
  createEmbeds({
    folder: path.join(home, 'embeds'),
    originsOf: (tenant) => (tenant === acme ? [portal] : []),
    verifyToken: async (token) => {
      const access = people[token];
      if (!access) throw new Fault('TOKEN_INVALID', {});
      return access;
    },
    decideRights,
    decideViewerRights: (access) => decideRights({ ...access, groups: ['viewer'] }),
    audit,
    now: clock,
  });

async function post(route: string, body: object, token?: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}
const wanted = { dashboard: 'overview', origin: portal, viewer: 'customer-7' };
const mint = (body: object = wanted, token = 'steward') => post('/api/v1/embeds', body, token);
const exchange = (token: string) => post('/api/v1/embeds/exchange', { token });

async function trail(tenant: string | undefined = acme) {
  const items = [];
  for await (const item of readAudit(path.join(home, 'audit'), { tenant })) items.push(item);
  return items;
}

test('a minted token opens one session, once; a second use is refused and in the trail, also after a restart', async () => {
  const minted = await mint();
  assert.equal(minted.status, 200);
  assert.equal(minted.body.expiresAt, '2026-07-01T12:05:00.000Z');
  const token = minted.body.token ?? '';
  assert.match(minted.body.url ?? '', new RegExp(`^/embed/overview/[\\w-]{22}#${token}$`));
  const restarted = makeEmbeds();
  const first = await exchange(token);
  assert.deepEqual([first.status, first.body.origin, first.body.expiresAt], [200, portal, '2026-07-01T12:15:00.000Z']);
  assert.equal((await exchange(token)).status, 409);
  await assert.rejects(restarted.exchange(token, { from: undefined, request: undefined }), { code: 'EMBED_USED' });
  const said = (await trail()).map(({ kind, action, decision, code, subject }) => [
    kind,
    action,
    decision,
    code,
    subject,
  ]);
  assert.deepEqual(said, [
    ['intent', 'embed.mint', 'allowed', undefined, 'steward'],
    ['outcome', 'embed.mint', 'allowed', undefined, 'steward'],
    ['decision', 'embed.open', 'allowed', undefined, 'customer-7'],
    ['decision', 'embed.open', 'denied', 'EMBED_USED', 'customer-7'],
    ['decision', 'embed.open', 'denied', 'EMBED_USED', 'customer-7'],
  ]);
});

test('of a hundred that use a token at the same time, one gets in', async () => {
  const token = (await mint()).body.token ?? '';
  const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(token)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 409).length, 99);
});

test('a token that is too old, changed, or none is 401', async () => {
  const token = (await mint()).body.token ?? '';
  const other = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  for (const bad of [other, 'x'.repeat(40), '../../etc/passwd/../../../x', `${'a'.repeat(22)}.${'b'.repeat(43)}`])
    assert.equal((await exchange(bad)).status, 401, bad);
  clock.set('2026-07-01T12:05:00Z');
  assert.equal((await exchange(token)).status, 401);
  clock.set('2026-07-01T12:00:00Z');
});

test("a session ends with its minter's token, an unused token with it, and who is not signed in any more mints none", async () => {
  const early = (await exchange((await mint(wanted, 'leaving')).body.token ?? '')).body;
  assert.equal(early.expiresAt, '2026-07-01T12:10:00.000Z');
  const long = (await exchange((await mint()).body.token ?? '')).body;
  assert.equal(long.expiresAt, '2026-07-01T12:15:00.000Z');
  const unused = await mint(wanted, 'almost');
  assert.equal(unused.body.expiresAt, '2026-07-01T12:03:00.000Z');
  try {
    clock.set('2026-07-01T12:03:00Z');
    const late = await exchange(unused.body.token ?? '');
    assert.deepEqual([late.status, late.body.code], [401, 'TOKEN_INVALID']);
    assert.equal((await mint(wanted, 'almost')).body.code, 'TOKEN_INVALID');
    clock.set('2026-07-01T12:09:59Z');
    await embeds.verifyToken(early.accessToken ?? '');
    clock.set('2026-07-01T12:10:00Z');
    await assert.rejects(embeds.verifyToken(early.accessToken ?? ''), { code: 'TOKEN_INVALID' });
    await embeds.verifyToken(long.accessToken ?? '');
  } finally {
    clock.set('2026-07-01T12:00:00Z');
  }
});

test('a token that was kept from before, whose minter is gone, opens nothing', async () => {
  const { id = '', token = '' } = (await mint(wanted, 'almost')).body;
  // As a version that did not look at the minter wrote it.
  const file = path.join(home, 'embeds', 'minted', `${id}.json`);
  const kept = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...kept, expiresAt: Date.parse('2026-07-01T12:05:00Z') }));
  clock.set('2026-07-01T12:04:00Z');
  try {
    const answer = await exchange(token);
    assert.deepEqual([answer.status, answer.body.code], [401, 'TOKEN_INVALID']);
  } finally {
    clock.set('2026-07-01T12:00:00Z');
  }
});

test('minting wants the right to it, an origin of the tenant, a dashboard that exists and locks that the minter may filter by', async () => {
  const cases: readonly (readonly [string, object, string, number])[] = [
    ['no right', wanted, 'viewer', 403],
    ['no token', wanted, '', 401],
    ['no origin of theirs', { ...wanted, origin: 'https://evil.example' }, 'steward', 403],
    ['an origin with a path', { ...wanted, origin: `${portal}/` }, 'steward', 403],
    ['a wildcard', { ...wanted, origin: 'https://*.example' }, 'steward', 403],
    ["another tenant's origin", wanted, 'foreign', 403],
    ['no dashboard', { ...wanted, dashboard: 'admin' }, 'steward', 400],
    ['a property of every object', { ...wanted, dashboard: '__proto__' }, 'steward', 400],
    ['more than is asked for', { ...wanted, tenant: 'globex-inc' }, 'steward', 400],
    ['a lock without values', { ...wanted, locks: [{ dimension: 'department', values: [] }] }, 'steward', 400],
    ['a lock that nothing has', { ...wanted, locks: [{ dimension: 'planet', values: ['Mars'] }] }, 'steward', 403],
  ];
  for (const [name, body, token, status] of cases) {
    const answer = token ? await mint(body, token) : await post('/api/v1/embeds', body);
    assert.equal(answer.status, status, name);
  }
  const values: readonly (readonly [dimension: string, values: readonly string[], status: number])[] = [
    ['created_at', ['not a date'], 403],
    ['created_at', ['2026-02-30'], 403],
    ['created_at', ['2026-01-01'], 200],
    ['age', ['many'], 403],
    ['age', ['3', 'many'], 403],
    ['age', ['3'], 200],
    ['is_open', ['yes'], 403],
    ['is_open', ['true'], 200],
    ['department', ['not a date'], 200],
  ];
  for (const [dimension, list, status] of values) {
    const answer = await mint({ ...wanted, locks: [{ dimension, values: list }] });
    assert.deepEqual(
      [answer.status, answer.body.code],
      [status, status === 403 ? 'EMBED_LOCK_REFUSED' : undefined],
      `${dimension} ${list}`,
    );
  }
  const denied = (await trail()).filter(({ action, decision }) => action === 'embed.mint' && decision === 'denied');
  assert.ok(
    denied.some(({ code }) => code === 'ACTION_DENIED') && denied.some(({ code }) => code === 'EMBED_ORIGIN_REFUSED'),
  );
});

test("an embed's viewer has a viewer's rights, in the dashboard's views, never more than the minter's, and may do nothing else", async () => {
  const session = (
    await exchange(
      (await mint({ ...wanted, locks: [{ dimension: 'department', values: ['Sales'] }] }, 'narrow')).body.token ?? '',
    )
  ).body;
  const access = await embeds.verifyToken(session.accessToken ?? '');
  const rights = embeds.decideRights(access);
  assert.deepEqual([...rights.members.measures], ['users.count']);
  assert.deepEqual(
    rights.rows.users?.map(({ member, values }) => [member, values]),
    [
      ['users.org_id', ['north']],
      ['users.department', ['Sales']],
    ],
  );
  assert.deepEqual([...rights.masked], ['users.email']);
  assert.deepEqual([...rights.actions], ['query']);
  assert.equal((await mint(wanted, session.accessToken)).status, 403);
  const reading = await fetch(`${url}/api/v1/audit`, { headers: { authorization: `Bearer ${session.accessToken}` } });
  assert.equal(reading.status, 403);
  // An access that only looks like one of ours is nobody.
  assert.throws(() => embeds.decideRights({ ...access }), { code: 'TOKEN_INVALID' });
  clock.set('2026-07-01T12:15:00Z');
  await assert.rejects(embeds.verifyToken(session.accessToken ?? ''), { code: 'TOKEN_INVALID' });
  clock.set('2026-07-01T12:00:00Z');
});

test('attack 205: the page may be framed by the one origin it was minted for, and by nobody without a good id; every other page by nobody', async () => {
  const { id } = (await mint()).body;
  const policyOf = async (route: string) => {
    const { headers } = await fetch(url + route);
    return [
      /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1],
      headers.get('x-frame-options'),
    ];
  };
  assert.deepEqual(await policyOf(`/embed/overview/${id}`), [portal, null]);
  assert.deepEqual(await policyOf(`/embed/mttr/${id}`), ["'none'", 'DENY']);
  assert.deepEqual(await policyOf(`/embed/overview/${'a'.repeat(22)}`), ["'none'", 'DENY']);
  assert.deepEqual(await policyOf('/embed/__proto__/x'), ["'none'", 'DENY']);
  assert.equal((await policyOf('/t/acme-corp'))[0], "'none'");
  const { headers } = await fetch(`${url}/embed/overview/${id}`);
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/);
  assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe|\*/);
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('attack 206: a state is changed by JSON with a bearer token and nothing else: no form, no cookie, no permission for other origins', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const answer = await fetch(`${url}/api/v1/embeds`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: 'Bearer steward' },
      body: JSON.stringify(wanted),
    });
    assert.equal(answer.status, 400, type);
  }
  const byCookie = (cookie: string) => post('/api/v1/embeds', wanted, undefined, { cookie });
  assert.equal((await byCookie('session=steward')).status, 401);
  assert.equal((await byCookie('session=steward; access_token=steward')).status, 400);
  for (const origin of ['https://evil.example', 'null', `${url}.evil.example`]) {
    const answer = await fetch(`${url}/api/v1/embeds`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
    assert.equal(answer.headers.get('set-cookie'), null);
  }
});

test('a tenant reads its own trail and no other; the reading and its refusal are in it', async () => {
  const read = async (token: string, query = '') => {
    const answer = await fetch(`${url}/api/v1/audit${query}`, { headers: { authorization: `Bearer ${token}` } });
    return {
      status: answer.status,
      body: (await answer.json()) as { items: { tenant: string; action: string; decision: string }[]; next?: string },
    };
  };
  assert.equal((await read('viewer')).status, 403);
  const { status, body } = await read('steward', '?action=audit.read');
  assert.equal(status, 200);
  assert.ok(body.items.some(({ decision }) => decision === 'denied'));
  assert.ok((await read('foreign')).body.items.every(({ tenant }) => tenant === 'globex-inc'));
  assert.equal((await read('steward', '?tenant=globex-inc')).status, 400);
  assert.equal((await read('steward', '?limit=100000')).status, 400);
  const page = await read('steward', '?limit=2');
  assert.equal(page.body.items.length, 2);
  assert.match(page.body.next ?? '', /^server:2$/);
});

test('Power BI is asked for one report, one dataset and one opaque identity, for five minutes; its refusal tells nothing', async () => {
  const asked: {
    readonly url: string | undefined;
    readonly body: string;
    readonly authorization: string | undefined;
  }[] = [];
  let status = 200;
  const standIn = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url, body, authorization: request.headers.authorization });
    const answer = request.url?.endsWith('/token')
      ? { access_token: 'entra', token_type: 'Bearer', expires_in: 3599 }
      : {
          token: 'H4sI',
          tokenId: '4b1b9e4c-6f1d-4b3e-9f5e-0a1b2c3d4e5f',
          expiration: '2026-07-01T12:05:00Z',
          canary: 'secret',
        };
    response
      .writeHead(request.url?.endsWith('/token') ? 200 : status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => standIn.once('listening', resolve));
  const there = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
  try {
    const broker = createPowerBiBroker({
      entraTenant: 'contoso',
      clientId: 'app',
      clientSecret: async () => 's3cret',
      workspaceId: 'f089354e-8366-4e18-aea3-4cb4a3a50b48',
      reports: {
        overview: {
          reportId: '5b218778-e7a5-4d73-8187-f10824047715',
          datasetId: 'cfafbeb1-8037-4d0c-896e-a46fb27ff229',
        },
      },
      loginUrl: there,
      apiUrl: there,
    });
    const grant: EmbedGrant = {
      tenant: acme,
      dashboard: 'overview',
      origin: portal,
      viewer: 'ada@acme.example',
      locks: [],
      minter: person(['steward']),
    };
    const minted = await broker.mint(grant);
    assert.deepEqual([minted.token, minted.expiresAt], ['H4sI', '2026-07-01T12:05:00Z']);
    const form = new URLSearchParams(asked[0]?.body);
    assert.deepEqual(
      [form.get('grant_type'), form.get('scope')],
      ['client_credentials', 'https://analysis.windows.net/powerbi/api/.default'],
    );
    assert.equal(asked[1]?.url, '/v1.0/myorg/GenerateToken');
    assert.equal(asked[1]?.authorization, 'Bearer entra');
    const request = JSON.parse(asked[1]?.body ?? '{}');
    assert.equal(request.lifetimeInMinutes, 5);
    assert.deepEqual(request.reports, [{ id: '5b218778-e7a5-4d73-8187-f10824047715', allowEdit: false }]);
    assert.deepEqual(request.identities[0].roles, ['viewer']);
    assert.deepEqual(
      request.identities[0].datasets,
      request.datasets.map(({ id }: { id: string }) => id),
    );
    assert.match(request.identities[0].username, /^acme-corp\/[0-9a-f]{32}$/);
    assert.doesNotMatch(asked[1]?.body ?? '', /ada|s3cret/);
    status = 403;
    await assert.rejects(
      broker.mint(grant),
      (error: Error) => !/canary|secret|H4sI/.test(error.message) && /403/.test(error.message),
    );
    await assert.rejects(broker.mint({ ...grant, dashboard: 'mttr' }), { code: 'EMBED_BROKER_FAILED' });
  } finally {
    standIn.close();
  }
});
