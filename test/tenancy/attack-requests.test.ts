// Attacks on the HTTP door that no other test is about: odd texts, odd HTTP, many callers at once, fields that nobody asked for.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { createPolicy, pack } from '@tessera/security';
import { routes } from '../../platform/routes.ts';
import { goldRows, insertRows } from '../cube/gold-rows.ts';
import { acme, globex, type Served, serveTenants } from '../cube/served-tenants.ts';

const { decideRights } = createPolicy(pack, renderModel(subjects).catalogue);
let served: Served;
before(async () => {
  served = await serveTenants(undefined, (access) => {
    if (access.subject === 'broken') throw new TypeError(`cannot read the teams of ${access.subject}`);
    return decideRights({ ...access, ...(access.subject === 'it' ? { teams: ['IT'] } : {}) });
  });
  for (const [tenant, copy] of served.copies) {
    await insertRows(copy);
    const own = { user_key: 'own', department: `only ${tenant}` };
    await copy.insert('dim_user', [{ ...goldRows.dim_user?.[0], ...own }]);
  }
});
after(() => served.close());

const load = (query: object, tenant = acme, who = {}) => served.ask(tenant, '/cubejs-api/v1/load', { query }, who);
const people = { measures: ['users.user_count'] };

/** Each would do something in a template, a string of SQL, a pattern or a function body. */
const canaries = [
  '$' + '{globalThis.__tesseraCanary=1}',
  '`+(globalThis.__tesseraCanary=1)+`',
  "' OR 1=1 --",
  "\\' OR 1=1 --",
  '%',
  '_',
  '\\',
  '"; DROP TABLE dim_user; --',
  '$1',
  '?',
  '$0$',
  '{{FILTER_PARAMS.users.department.filter("1=1")}}',
];
test('attacks 48, 69: whatever a value looks like, it is a value: nothing runs, nothing widens, nothing breaks', async () => {
  const operators = ['startsWith', 'contains'];
  for (const [at, value] of canaries.entries()) {
    for (const operator of ['equals', operators[at % operators.length]]) {
      const filters = [{ member: 'users.department', operator, values: [value] }];
      const { status, body } = await load({ ...people, filters });
      assert.equal(status, 200, `${operator} ${value}`);
      assert.deepEqual(body.data, [{ 'users.user_count': '0' }], `${operator} ${value}`);
    }
    const document = `{ cube { users(where: { department: { equals: ${JSON.stringify(value)} } }) { user_count } } }`;
    const { body } = await served.ask(acme, '/cubejs-api/graphql', { query: document });
    assert.match(JSON.stringify(body), /"user_count":0|"users":\[\]/, value);
  }
  assert.equal(Object.hasOwn(globalThis, '__tesseraCanary'), false);
  const { body } = await load(people);
  assert.deepEqual(body.data, [{ 'users.user_count': '5' }]);
});

test('attacks 57, 82: among three hundred questions of four callers at once each gets his own answer; one whose rights fail gets none', async () => {
  const callers = [
    { tenant: acme, who: { subject: 'a', groups: ['analyst'] } },
    { tenant: acme, who: { subject: 'it', groups: ['team-viewer'] } },
    { tenant: globex, who: { subject: 'a', groups: ['analyst'] } },
    { tenant: acme, who: { subject: 'broken', groups: ['analyst'] } },
  ] as const;
  const query = {
    measures: ['users.user_count'],
    dimensions: ['users.department'],
    order: { 'users.department': 'asc' },
  };
  const alone: string[] = [];
  for (const { tenant, who } of callers) alone.push(JSON.stringify((await load(query, tenant, who)).body.data ?? null));
  assert.equal(new Set(alone).size, 4, 'the callers differ');
  const asked = Array.from({ length: 300 }, async (_, at) => {
    const index = (at * 7) % callers.length;
    const caller = callers[index];
    assert.ok(caller);
    // An answer of its own each, so that it is computed and not remembered.
    const { status, body } = await load({ ...query, limit: 100 + (at % 50) }, caller.tenant, caller.who);
    assert.equal(status, caller.who.subject === 'broken' ? 500 : 200);
    assert.equal(JSON.stringify(body.data ?? null), alone[index]);
    if (status === 500) assert.doesNotMatch(JSON.stringify(body), /teams/);
  });
  await Promise.all(asked);
});

test('attack 64: no body may say more than it is asked for', async () => {
  const traps = { tenantId: globex, role: 'admin', approvedBy: 'u2', constructor: { prototype: {} } };
  for (const { path, body: schema } of routes.filter(({ method }) => method === 'post')) {
    const parsed = schema?.safeParse(traps);
    const unknown = parsed?.error?.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
    assert.deepEqual(unknown, Object.keys(traps), path);
    const { status, body } = await served.ask(acme, path, traps);
    assert.deepEqual([status, body.code], [400, 'BODY_INVALID'], path);
  }
  for (const [extra, value] of Object.entries(traps)) {
    const { status, body } = await load({ ...people, [extra]: value });
    assert.deepEqual([status, body.code], [400, 'QUERY_INVALID'], extra);
  }
  assert.equal(Object.hasOwn(Object.prototype, 'tenantId'), false);
});

/** Sends bytes and reads until the line is closed. */
async function exchange(text: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part)).on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end(text);
  await closed;
  return Buffer.concat(parts).toString('latin1');
}

test('attack 68: a request that two readers could read in two ways is 400, and its line is closed', async () => {
  const head = `POST /cubejs-api/v1/load HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await served.token(acme)}\r\ncontent-type: application/json\r\n`;
  const body = JSON.stringify({ query: people });
  const smuggled = 'GET /api/v1/tenant HTTP/1.1\r\nhost: x\r\n\r\n';
  const odd: Readonly<Record<string, string>> = {
    'a length and chunks': `${head}content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `${head}content-length: ${body.length}\r\ncontent-length: ${body.length + 5}\r\n\r\n${body}${smuggled}`,
    'a length with a sign': `${head}content-length: +${body.length}\r\n\r\n${body}`,
    'chunked, but not at the end': `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'a header without an end': `${head}x-a: ${'a'.repeat(100_000)}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    'a header with a space before the colon': `${head}content-length : ${body.length}\r\n\r\n${body}`,
    'a line feed in a header': `${head}x-a: b\nx-c\0: d\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  };
  for (const [what, text] of Object.entries(odd)) {
    const answer = await exchange(text);
    assert.match(answer, /^HTTP\/1\.1 4(00|31) /, what);
    assert.equal(answer.split('HTTP/1.1 ').length, 2, `one answer: ${what}`);
    assert.doesNotMatch(answer, /user_count/, what);
  }
  const headers = { authorization: `Bearer ${await served.token(acme)}`, 'content-type': 'application/json' };
  const bodies = {
    'bytes that are no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    JSON5: Buffer.from(`{query: ${JSON.stringify(people)}}`),
    'a query twice': Buffer.from(`{"query":${JSON.stringify(people)},"query2":1}`),
  };
  for (const [what, bytes] of Object.entries(bodies)) {
    const { status } = await fetch(`${served.url}/cubejs-api/v1/load`, { method: 'POST', headers, body: bytes });
    assert.equal(status, 400, what);
  }
  const twice = `query=${encodeURIComponent(JSON.stringify(people))}`;
  assert.equal((await fetch(`${served.url}/cubejs-api/v1/load?${twice}&${twice}`, { headers })).status, 400);
});

test('attack 101: of a document with one field that is denied nothing is answered, and the rest by itself is', async () => {
  const groups = ['operator'];
  const ask = (fields: string) =>
    served.ask(acme, '/cubejs-api/graphql', { query: `{ cube { users { ${fields} } } }` }, { groups });
  const { status, body } = await ask('user_count email');
  assert.deepEqual([status, body.code, body.data], [403, 'MEMBER_DENIED', undefined]);
  assert.match(JSON.stringify((await ask('user_count')).body), /"user_count":5/);
});

test('attack 213: what the door answers is never a page: its type is said, may not be guessed, and runs no script', async () => {
  const headers = { authorization: `Bearer ${await served.token(acme)}` };
  for (const path of ['/cubejs-api/v1/meta', '/api/v1/sources', '/api/v1/openapi.json', '/cubejs-api/v1/none']) {
    const answer = await fetch(served.url + path, { headers });
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, path);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*/);
  }
});

test('attack 85: health is told without a tenant, a token or an engine', async () => {
  const opened: string[] = [];
  const cold = await serveTenants({
    driverFor: (tenant) => {
      opened.push(tenant);
      throw new Error('no engine is to be opened');
    },
  });
  try {
    for (const path of ['/livez', '/readyz']) {
      const answer = await fetch(cold.url + path);
      assert.equal(answer.status, 200);
      assert.doesNotMatch(await answer.text(), /acme|globex/);
    }
    assert.deepEqual(opened, []);
  } finally {
    await cold.close();
  }
});
