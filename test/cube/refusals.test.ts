// What the door refuses, with which status, and that a refusal tells nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cubeRoutes } from '../../platform/cube/cube-routes.ts';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

const load = (query: unknown) => served.ask(acme, '/cubejs-api/v1/load', { query });
const count = { measures: ['users.user_count'] };

test('without a token every route is 401 and says how to sign in', async () => {
  for (const { method, path } of cubeRoutes) {
    const response = await fetch(served.url + path, { method: method.toUpperCase() });
    assert.equal(response.status, 401, path);
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.equal(((await response.json()) as { code: string }).code, 'TOKEN_MISSING');
  }
});

test('attacks 20, 21: a token that is not ours is 401, in the header or anywhere else', async () => {
  const token = await served.token(acme);
  const ask = (headers: Record<string, string>, query = '') =>
    fetch(`${served.url}/cubejs-api/v1/meta${query}`, { headers });
  assert.equal((await ask({ authorization: `Bearer ${token.slice(0, -6)}AAAAAA` })).status, 401);
  assert.equal((await ask({ authorization: token })).status, 401);
  assert.equal((await ask({ cookie: `token=${token}` })).status, 400);
  assert.equal((await ask({}, `?authorization=${token}`)).status, 400);
  assert.equal((await ask({ authorization: `Bearer ${token}` }, `?access_token=${token}`)).status, 400);
  assert.equal((await ask({ authorization: `Bearer ${token}`, 'x-cube-authorization': token })).status, 400);
});

const hidden: Record<string, object> = {
  'an absent member': { measures: ['users.nothing'] },
  'a step towards a metric': { measures: ['issues.resolve_ms'] },
  'a cube behind a view': { measures: ['dim_user.user_count'] },
  'the tenant, as a dimension': { ...count, dimensions: ['dim_user.tenant_id'] },
  'the tenant, in a filter': {
    ...count,
    filters: [{ member: 'dim_user.tenant_id', operator: 'equals', values: [globex] }],
  },
  'the tenant, deep in a filter': {
    ...count,
    filters: [{ or: [{ and: [{ member: 'dim_user.tenant_id', operator: 'set' }] }] }],
  },
  'the tenant, in the order': { ...count, order: { 'dim_user.tenant_id': 'asc' } },
  'a segment': { ...count, segments: ['users.everyone'] },
};
test('attacks 41, 46, 53, 65: a hidden member and an absent one are refused alike, in every position', async () => {
  for (const [what, query] of Object.entries(hidden)) {
    const { status, body } = await load(query);
    assert.equal(status, 403, what);
    assert.equal(body.code, 'MEMBER_DENIED', what);
    assert.match(String(body.error), /rule default-deny/);
  }
});

test('attacks 49, 50, 52: a malformed query is 400 with its place', async () => {
  const malformed = [
    { measures: 'users.user_count' },
    { ...count, ungrouped: true },
    { ...count, renewQuery: true },
    { ...count, limit: '10' },
    { ...count, timezone: "UTC') --" },
    [],
    7,
    null,
  ];
  for (const query of malformed) {
    const { status, body } = await load(query);
    assert.equal(status, 400, JSON.stringify(query));
    assert.equal(body.code, 'QUERY_INVALID');
    assert.match(String(body.error), /query/);
  }
  assert.equal((await load({})).status, 400);
});

test('a query that Cube itself refuses is 400 in the same shape', async () => {
  const { status, body } = await load({
    ...count,
    timeDimensions: [{ dimension: 'users.created_at', dateRange: 'whenever' }],
  });
  assert.equal(status, 400);
  assert.equal(body.code, 'QUERY_REJECTED');
});

test('a body that is no JSON is 400', async () => {
  const headers = { authorization: `Bearer ${await served.token(acme)}`, 'content-type': 'application/json' };
  const response = await fetch(`${served.url}/cubejs-api/v1/load`, { method: 'POST', headers, body: '{"query":' });
  assert.equal(response.status, 400);
  assert.equal(((await response.json()) as { code: string }).code, 'REQUEST_UNREADABLE');
});

const closed = [
  ['GET', '/cubejs-api/v1/sql?query={}'],
  ['POST', '/cubejs-api/v1/sql'],
  ['POST', '/cubejs-api/v1/cubesql'],
  ['POST', '/cubejs-api/v1/convert-query'],
  ['POST', '/cubejs-api/v1/graphql-to-json'],
  ['POST', '/cubejs-api/v1/pre-aggregations/jobs'],
  ['POST', '/cubejs-api/v1/pre-aggregations/can-use'],
  ['GET', '/cubejs-api/v1/subscribe'],
  ['GET', '/cubejs-api/v1/running-query/x'],
  ['DELETE', '/cubejs-api/v1/running-query'],
  ['DELETE', '/cubejs-api/v1/load'],
  ['GET', '/cubejs-api/graphql'],
  ['GET', '/cubejs-api/v1/load/extra'],
  ['GET', '/cubejs-system/v1/context'],
  ['GET', '/playground/context'],
] as const;
test('attack 60: routes that are not in the table are 404, signed in or not', async () => {
  for (const [method, path] of closed) {
    const response = await fetch(served.url + path, {
      method,
      headers: { authorization: `Bearer ${await served.token(acme)}` },
    });
    assert.equal(response.status, 404, `${method} ${path}`);
    assert.equal(((await response.json()) as { code: string }).code, 'ROUTE_UNKNOWN');
  }
});

test('attack 58: the extended description of the model, which shows SQL, is refused', async () => {
  const headers = { authorization: `Bearer ${await served.token(acme)}` };
  assert.equal((await fetch(`${served.url}/cubejs-api/v1/meta?extended`, { headers })).status, 400);
});

const documents: Record<string, string> = {
  introspection: '{ __schema { types { name } } }',
  'introspection of a type': '{ __type(name: "Result") { name } }',
  'a mutation': 'mutation { x }',
  'a fragment': '{ cube { ...f } } fragment f on Result { users { user_count } }',
  'an inline fragment': '{ cube { ... on Result { users { user_count } } } }',
  'a directive': '{ cube { users { user_count @include(if: true) } } }',
  'an alias of a member': '{ cube { users { n: user_count } } }',
  'two questions under one name': '{ cube { users { user_count } } cube { users { mfa_enrolled } } }',
  'a hundred questions': `{ ${Array.from({ length: 100 }, (_, at) => `q${at}: cube { users { user_count } }`).join(' ')} }`,
  nonsense: '{ cube { ',
  'deep nesting': `${'{a'.repeat(5_000)}${'}'.repeat(5_000)}`,
};
test('attacks 96, 97, 98, 100: GraphQL that Cube would misread is refused', async () => {
  for (const [what, query] of Object.entries(documents)) {
    const { status, body } = await served.ask(acme, '/cubejs-api/graphql', { query });
    assert.equal(status, 400, what);
    assert.equal(body.code, 'GRAPHQL_REFUSED', what);
  }
});

test('attack 98: GraphQL refuses hidden members by name and suggests nothing', async () => {
  const { status, body } = await served.ask(acme, '/cubejs-api/graphql', {
    query: '{ cube { issues { resolve_ms } } }',
  });
  assert.equal(status, 403);
  assert.equal(body.code, 'MEMBER_DENIED');
  assert.doesNotMatch(JSON.stringify(body), /Did you mean/);
});

const faulty: Record<string, readonly [code: string, body: object]> = {
  'a hidden name in a filter': [
    'GRAPHQL_REFUSED',
    { query: '{ cube(where: { issues: { resolve_ms: { gt: 1 } } }) { issues { issue_count } } }' },
  ],
  'a cube behind a view, in a variable': [
    'GRAPHQL_REFUSED',
    {
      query: 'query Q($w: RootWhereInput) { cube(where: $w) { users { user_count } } }',
      variables: { w: { dim_user: { tenant_id: { equals: globex } } } },
    },
  ],
  'a limit beyond the bound': ['QUERY_INVALID', { query: '{ cube(limit: 1000000) { users { user_count } } }' }],
  'a zone that is none': ['QUERY_INVALID', { query: '{ cube(timezone: "Mars/X") { users { user_count } } }' }],
  'rows instead of groups': ['QUERY_INVALID', { query: '{ cube(ungrouped: true) { users { email } } }' }],
  'two views': [
    'QUERY_INVALID',
    { query: '{ cube(where: { issues: { priority: { equals: "High" } } }) { users { user_count } } }' },
  ],
};
test('a GraphQL question that cannot be answered is 400 with its code, not a fault of the server', async () => {
  for (const [what, [code, question]] of Object.entries(faulty)) {
    const { status, body } = await served.ask(acme, '/cubejs-api/graphql', question);
    const [error] = body.errors as { message: string; extensions: { code: string } }[];
    assert.equal(status, 400, `${what}: ${JSON.stringify(body)}`);
    assert.equal(error?.extensions.code, code, what);
    assert.doesNotMatch(JSON.stringify(body), /fact_|globex/, what);
  }
});

test('a value of the wrong type is 400 and names the member', async () => {
  for (const [member, operator, value] of [
    ['users.user_count', 'gt', 'abc'],
    ['users.is_admin', 'equals', 'maybe'],
    ['users.created_at', 'equals', 'x'],
    ['users.email', 'inDateRange', '2026-01-01'],
  ] as const) {
    const { status, body } = await load({ ...count, filters: [{ member, operator, values: [value] }] });
    assert.equal(status, 400, member);
    assert.match(String(body.error), new RegExp(`filter on ${member}`));
  }
});

test('filters of every type that pass the gate are computed', async () => {
  const counted = async (member: string, operator: string, values: readonly (string | null)[]) => {
    const measure = member.startsWith('users') ? 'users.user_count' : 'issues.issue_count';
    const { status, body } = await load({ measures: [measure], filters: [{ member, operator, values }] });
    assert.equal(status, 200, JSON.stringify(body));
    return body.data[0]?.[measure];
  };
  assert.equal(await counted('users.is_admin', 'equals', ['true']), '1');
  assert.equal(await counted('users.exclusion_reason', 'equals', [null]), '3');
  assert.equal(await counted('users.exclusion_reason', 'equals', ['suspended', null]), '4');
  assert.equal(await counted('users.exclusion_reason', 'notEquals', ['suspended']), '3');
  assert.equal(await counted('users.department', 'contains', ["o'h"]), '1');
  assert.equal(await counted('users.user_count', 'gte', ['4']), '4');
  assert.equal(await counted('issues.created_on', 'equals', ['2026-01-01']), '5');
  assert.equal(await counted('issues.created_at', 'inDateRange', ['2026-01-01T09:00:00', '2026-01-02']), '5');
  assert.equal(await counted('issues.created_at', 'beforeDate', ['2026-01-01']), '0');
});

test('an answer that would be cut is refused; with a limit it is what was asked for (attack 190)', async () => {
  const rows = Array.from({ length: 10_001 }, (_, at) => ({ event_id: `e${at}`, actor_login: `user${at}` }));
  await served.copies.get(acme)?.insert('fact_auth_event', rows);
  const query = { dimensions: ['auth_events.actor_login'] };
  const cut = await load(query);
  assert.equal(cut.status, 400);
  assert.equal(cut.body.code, 'ANSWER_CUT');
  const graph = await served.ask(acme, '/cubejs-api/graphql', { query: '{ cube { auth_events { actor_login } } }' });
  assert.equal(graph.status, 400);
  assert.match(JSON.stringify(graph.body), /more than 10000 rows.*ANSWER_CUT/);
  assert.equal((await load({ ...query, limit: 10_000 })).body.data.length, 10_000);
  const all = await load({ ...query, limit: 50_000 });
  assert.equal(all.body.data.length, 10_001);
});

test('attack 65: an error of the engine is 500 without its text', async () => {
  await served.copies.get(globex)?.driver.query('DROP TABLE dim_project', []);
  const { status, body } = await served.ask(globex, '/cubejs-api/v1/load', {
    query: { measures: ['projects.project_count'] },
  });
  assert.equal(status, 500);
  assert.equal(body.code, 'INTERNAL');
  assert.doesNotMatch(JSON.stringify(body), /dim_project|Catalog/);
});

test('no answer may be kept by a cache on the way', async () => {
  const { headers } = await load(count);
  assert.equal(headers.get('cache-control'), 'private, no-store');
  assert.equal(headers.get('etag'), null);
});
