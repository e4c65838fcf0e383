// What one query of a tenant may cost, by its own configuration: rows and time, the same on REST, GraphQL, sockets and in process, and nobody else's business.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { Tenant } from '@tessera/base';
import { createCubeDriver } from '@tessera/lakehouse/cube';
import { WebSocket } from 'ws';
import { type EmptyCopies, openEmptyCopies } from './empty-copies.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

const few = 3;
/** Neither is enough for a question that never ends; that they differ shows whose limit it was. */
const timeouts = new Map<Tenant, number>([
  [acme, 40],
  [globex, 70],
]);
const endless = 'select count(*) from range(100000000) a, range(100000) b where a.range % 7 = b.range % 11';

let copies: EmptyCopies;
/** Few rows for acme, as many as ever for globex. */
let rows: Served;
/** Every question goes on for ever. */
let slow: Served;

before(async () => {
  rows = await serveTenants({ rowsOf: (tenant) => (tenant === acme ? few : 50_000) });
  for (const copy of rows.copies.values())
    await copy.insert(
      'fact_auth_event',
      Array.from({ length: 10 }, (_, at) => ({ event_id: `e${at}`, actor_login: `user${at}`, outcome: `o${at % 2}` })),
    );
  copies = await openEmptyCopies([...timeouts.keys()]);
  slow = await copies.serve(
    () => endless,
    (tenant) => timeouts.get(tenant),
  );
});
after(async () => {
  await rows?.close();
  await slow?.close();
  await copies?.close();
});

const load = (served: Served, tenant: Tenant, query: object) => served.ask(tenant, '/cubejs-api/v1/load', { query });
const graph = (served: Served, tenant: Tenant, field: string) =>
  served.ask(tenant, '/cubejs-api/graphql', { query: `{ cube ${field} }` });
const logins = { dimensions: ['auth_events.actor_login'] };
const outcomes = { dimensions: ['auth_events.outcome'] };

/** The answer to one question over a socket of its own. */
async function overSocket(served: Served, tenant: Tenant, query: object): Promise<string> {
  const socket = new WebSocket(served.url.replace('http', 'ws'));
  await once(socket, 'open');
  socket.send(JSON.stringify({ authorization: await served.token(tenant) }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ method: 'load', messageId: '1', params: { query } }));
  const [answer] = await once(socket, 'message');
  socket.close();
  return String(answer);
}

test('attack 190: an answer with more rows than the tenant may have is refused on every door, whatever limit was named', async () => {
  for (const asked of [{ query: logins }, { query: { ...logins, limit: 10 } }]) {
    const { status, body } = await rows.ask(acme, '/cubejs-api/v1/load', asked);
    assert.deepEqual([status, body.code], [400, 'ANSWER_CUT'], JSON.stringify(asked));
    assert.match(String(body.error), /more than 3 rows .*limit \(up to 3\)/);
  }
  for (const field of ['{ auth_events { actor_login } }', '(limit: 10) { auth_events { actor_login } }'])
    assert.match(JSON.stringify((await graph(rows, acme, field)).body), /more than 3 rows.*ANSWER_CUT/);
  assert.match(await overSocket(rows, acme, { ...logins, limit: 10 }), /ANSWER_CUT/);
  await assert.rejects(rows.semanticLayer.ask(await rows.access(acme), logins), { code: 'ANSWER_CUT' });
});

test('what fits is answered whole, and the query is repeated as it was asked', async () => {
  const cut = await load(rows, acme, { ...logins, limit: few });
  assert.equal(cut.body.data.length, few);
  const small = await load(rows, acme, { ...outcomes, limit: 10 });
  assert.equal(small.body.data.length, 2);
  assert.equal((small.body.query as { limit?: number }).limit, 10);
  const unlimited = await load(rows, acme, outcomes);
  assert.equal((unlimited.body.query as { limit?: number }).limit, few);
  assert.match(await overSocket(rows, acme, { ...logins, limit: few }), /"status":200/);
  // One more than may be answered, by which the SQL door knows that there is more.
  const asked = await rows.semanticLayer.ask(await rows.access(acme), { ...logins, limit: few + 1 });
  assert.equal(asked.rows, few + 1);
});

test('the limit of one tenant is not that of another', async () => {
  const { body } = await load(rows, globex, logins);
  assert.equal(body.data.length, 10);
  assert.equal((body.query as { limit?: number }).limit, 10_000);
  assert.equal((await load(rows, globex, { ...logins, limit: 50_000 })).body.data.length, 10);
});

test("attack 188: a question is stopped after its tenant's own time, on every door", async () => {
  for (const [tenant, ms] of timeouts) {
    const stopped = new RegExp(`stopped after ${ms} ms`);
    const { status, body } = await load(slow, tenant, { ...logins, limit: 1 });
    assert.deepEqual([status, body.code], [504, 'QUERY_TIMEOUT']);
    assert.match(String(body.error), stopped);
    assert.match(
      JSON.stringify((await graph(slow, tenant, '(limit: 2) { auth_events { actor_login } }')).body),
      stopped,
    );
    assert.match(await overSocket(slow, tenant, { ...logins, limit: 3 }), stopped);
    await assert.rejects(slow.semanticLayer.ask(await slow.access(tenant), { ...logins, limit: 4 }), stopped);
  }
});

test("a roll-up has the engine's time, not that of a question", async () => {
  const driver = createCubeDriver(copies.serving, acme, 1, 1);
  const build = 'create table rollups_r1.slow as select count(*) n from range(3000000) a where a.range % 7 = 3';
  await driver.loadPreAggregationIntoTable('rollups_r1.slow', build, [], {});
  const patient = createCubeDriver(copies.serving, acme, 1);
  assert.deepEqual(await patient.query('select n from rollups_r1.slow', []), [{ n: '428571' }]);
});
