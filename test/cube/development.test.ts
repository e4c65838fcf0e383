// A machine that is set up for Cube's development mode serves nothing more than any other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acme, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  Object.assign(process.env, {
    NODE_ENV: 'development',
    CUBEJS_DEV_MODE: 'true',
    CUBEJS_PLAYGROUND_AUTH_SECRET: 'a-secret-that-everybody-knows',
  });
  served = await serveTenants();
});
after(() => served.close());

test('no token is still 401', async () => {
  assert.equal((await fetch(`${served.url}/cubejs-api/v1/meta`)).status, 401);
});

test('playground, system routes and GraphiQL are not there', async () => {
  const headers = { authorization: `Bearer ${await served.token(acme)}`, accept: 'text/html' };
  for (const path of ['/playground/context', '/playground/files', '/cubejs-system/v1/context', '/cubejs-api/graphql']) {
    const response = await fetch(served.url + path, { headers });
    assert.equal(response.status, 404, path);
  }
});

test('hidden members stay hidden, and answers carry no SQL and no keys', async () => {
  const hidden = await served.ask(acme, '/cubejs-api/v1/load', { query: { measures: ['issues.resolve_ms'] } });
  assert.equal(hidden.body.code, 'MEMBER_DENIED');
  const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', {
    query: { measures: ['users.user_count'], filters: [{ member: 'users.email', operator: 'set' }] },
  });
  assert.equal(status, 200);
  assert.deepEqual([body.refreshKeyValues, body.transformedQuery, body.requestId], [undefined, undefined, undefined]);
});
