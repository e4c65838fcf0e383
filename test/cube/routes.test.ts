// Every route that Cube brings is either in our table or not there: a new version of Cube that brings another one fails here first.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiGateway } from '@cubejs-backend/api-gateway';
import express from 'express';
import { cancelRoute, cubeRoutes } from '../../platform/cube/cube-routes.ts';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

interface Layer {
  readonly regexp: RegExp;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}
/** What Cube's gateway mounts at most: with its playground's secret, too. */
function routesOfCube(): string[] {
  const app = express();
  const anything = new Proxy(
    { basePath: '/cubejs-api', playgroundAuthSecret: 'set' },
    { get: (known, name) => Reflect.get(known, name) ?? (() => () => {}) },
  );
  ApiGateway.prototype.initApp.call(anything as unknown as ApiGateway, app as never);
  const { stack } = (app as unknown as { _router: { stack: readonly Layer[] } })._router;
  return stack.flatMap(({ route, regexp }) => {
    if (route) return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`);
    return regexp.source.includes('graphql') ? ['POST /cubejs-api/graphql'] : [];
  });
}

const open = new Set([
  ...cubeRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  `DELETE ${cancelRoute}`,
]);

test('attack 60: the routes of this version of Cube are these', () => {
  assert.deepEqual([...new Set(routesOfCube())].sort(), [
    'DELETE /cubejs-api/v1/running-query/:requestId',
    'GET /cubejs-api/v1/dry-run',
    'GET /cubejs-api/v1/load',
    'GET /cubejs-api/v1/meta',
    'GET /cubejs-api/v1/sql',
    'GET /cubejs-api/v1/subscribe',
    'GET /cubejs-system/v1/context',
    'GET /cubejs-system/v1/pre-aggregations',
    'GET /cubejs-system/v1/pre-aggregations/security-contexts',
    'GET /cubejs-system/v1/pre-aggregations/timezones',
    'GET /livez',
    'GET /readyz',
    'POST /cubejs-api/graphql',
    'POST /cubejs-api/v1/convert-query',
    'POST /cubejs-api/v1/cubesql',
    'POST /cubejs-api/v1/dry-run',
    'POST /cubejs-api/v1/graphql-to-json',
    'POST /cubejs-api/v1/load',
    'POST /cubejs-api/v1/pre-aggregations/can-use',
    'POST /cubejs-api/v1/pre-aggregations/jobs',
    'POST /cubejs-api/v1/sql',
    'POST /cubejs-api/v1/subscribe',
    'POST /cubejs-system/v1/pre-aggregations/build',
    'POST /cubejs-system/v1/pre-aggregations/cancel',
    'POST /cubejs-system/v1/pre-aggregations/partitions',
    'POST /cubejs-system/v1/pre-aggregations/preview',
    'POST /cubejs-system/v1/pre-aggregations/queue',
  ]);
});

/** By hand, because fetch tidies paths up. */
function ask(method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.url);
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

test('attacks 60, 61: what is not in the table is 404, however it is written', async () => {
  const headers = { authorization: `Bearer ${await served.token(acme)}`, 'content-type': 'application/json' };
  const unlisted = routesOfCube().filter((route) => !open.has(route.replace(':requestId', ':request')));
  for (const route of unlisted.filter((one) => !/livez|readyz/.test(one))) {
    const [method = '', path = ''] = route.split(' ');
    for (const written of [path, `${path}/`, `${path}?query={}`, path.toUpperCase()])
      assert.equal(await ask(method, written, headers), 404, `${method} ${written}`);
  }
  const almost = [
    '/cubejs-api/v1/meta/',
    '/cubejs-api/v1/./meta/',
    '/cubejs-api/v1/%6deta/',
    '/cubejs-api//v1/meta',
    '/cubejs-api/v1/%2e%2e/v1/meta',
    '/CUBEJS-API/v1/meta',
    '/cubejs-api/v1/Meta',
    '/cubejs-api/v1/meta%00',
    '/cubejs-api/v1/meta;x',
    '/cubejs-api/v2/meta',
  ];
  for (const path of almost) assert.equal(await ask('GET', path, headers), 404, path);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])
    assert.equal(await ask(method, '/cubejs-api/v1/load', headers), 404, method);
  const override = { ...headers, 'x-http-method-override': 'POST', 'x-method-override': 'POST' };
  assert.equal(await ask('GET', '/cubejs-api/v1/sql', override), 404);
  assert.equal(await ask('DELETE', '/cubejs-api/v1/load?_method=POST', override), 404);
});

test('attack 77: no answer may be kept on the way or read by another page', async () => {
  for (const token of [await served.token(acme), 'garbage']) {
    const headers = { authorization: `Bearer ${token}`, origin: 'https://evil.example' };
    const response = await fetch(`${served.url}/cubejs-api/v1/meta`, { headers });
    assert.equal(response.headers.get('cache-control'), 'private, no-store');
    assert.equal(response.headers.get('etag'), null);
    assert.equal(response.headers.get('access-control-allow-origin'), null);
    await response.arrayBuffer();
  }
});

test('attack 62: a query is cancelled by its owner alone; the id is made here, whatever the caller sends', async () => {
  const token = await served.token(acme);
  const load = (headers: Record<string, string> = {}) =>
    fetch(`${served.url}/cubejs-api/v1/load?query=${encodeURIComponent('{"measures":["users.user_count"]}')}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const chosen = await load({ 'x-request-id': 'mine', traceparent: '00-mine-mine-01' });
  const id = chosen.headers.get('x-request-id') ?? '';
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.notEqual((await load()).headers.get('x-request-id'), id);
  const cancel = async (tenant: typeof acme, request: string, subject?: string) => {
    const response = await fetch(`${served.url}/cubejs-api/v1/running-query/${encodeURIComponent(request)}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await served.token(tenant, subject ? { subject } : {})}` },
    });
    return `${response.status} ${await response.text()}`;
  };
  const nothing = await cancel(acme, crypto.randomUUID());
  assert.match(nothing, /^404 .*QUERY_NOT_RUNNING/);
  for (const request of [id, 'mine', '../load', '\r\nx: y', '__proto__']) {
    assert.equal(await cancel(globex, request), nothing, request);
    assert.equal(await cancel(acme, request, 'another'), nothing, request);
  }
});

test('attack 62: who hangs up stops the work on his own question, under whatever id he sent it', {
  timeout: 15_000,
}, async () => {
  const { driver } = served.copies.get(acme) ?? assert.fail();
  const query = driver.query.bind(driver);
  const [begun, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  // An engine that works on one question until it is told to stop, and on all others as ever.
  Object.assign(driver, {
    query: (sql: string, values: unknown[]) => {
      if (!values.includes('endless')) return query(sql, values);
      begun.resolve();
      return Object.assign(
        stopped.promise.then(() => []),
        { cancel: async () => stopped.resolve() },
      );
    },
  });
  const endless = {
    measures: ['users.user_count'],
    filters: [{ member: 'users.department', operator: 'equals', values: ['endless'] }],
  };
  const caller = new AbortController();
  const answer = fetch(`${served.url}/cubejs-api/v1/load?query=${encodeURIComponent(JSON.stringify(endless))}`, {
    headers: { authorization: `Bearer ${await served.token(acme)}`, 'x-request-id': 'mine' },
    signal: caller.signal,
  });
  await Promise.all([
    begun.promise.then(() => caller.abort()),
    assert.rejects(answer, { name: 'AbortError' }),
    stopped.promise,
  ]);
  Object.assign(driver, { query });
});

test('attack 58: an answer tells nothing of what is behind the views', async () => {
  const { body } = await served.ask(acme, '/cubejs-api/v1/load', { query: { measures: ['users.user_count'] } });
  assert.doesNotMatch(JSON.stringify({ ...body, usedPreAggregations: 0 }), /dim_user|tenant_id|select/i);
});
