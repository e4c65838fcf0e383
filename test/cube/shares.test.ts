// Tenants' shares before the real semantic layer: a stampede is one execution, who asks too much is 429, and others do not notice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createFairness, type Fairness } from '@tessera/platform';
import { WebSocket } from 'ws';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

const quota = { concurrent: 4, queued: 20, perMinute: 6000, weight: 1 };
let served: Served;
let fairness: Fairness;
let statements: string[] = [];
before(async () => {
  fairness = createFairness({ quotaOf: () => quota, places: 8, now: () => performance.now() });
  served = await serveTenants({ fairness });
  for (const copy of served.copies.values()) await insertRows(copy);
  const { driver } = served.copies.get(acme) ?? assert.fail();
  const query = driver.query.bind(driver);
  Object.assign(driver, {
    query: (sql: string, values: unknown[]) => {
      statements.push(sql);
      return query(sql, values);
    },
  });
});
after(() => served.close());

const count = { measures: ['users.user_count'] };
const ask = (tenant: typeof acme, query: object) => served.ask(tenant, '/cubejs-api/v1/load', { query });

test('attack 193: a stampede of one cold question is one execution; the others wait for it or are 429', async () => {
  statements = [];
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(acme, count)));
  const by = (status: number) => answers.filter((answer) => answer.status === status);
  assert.equal(by(200).length + by(429).length, 40);
  assert.ok(by(200).length >= quota.concurrent + quota.queued, `${by(200).length} answered`);
  for (const { headers, body } of by(429)) {
    assert.ok(Number(headers.get('retry-after')) >= 1);
    assert.equal(body.code, 'QUOTA_EXCEEDED');
  }
  const [first] = by(200);
  for (const { body } of by(200)) assert.deepEqual(body.data, first?.body.data);
  assert.equal(statements.filter((sql) => /\bcount\(/i.test(sql)).length, 1);
});

test('attack 188: while one tenant is refused, the other is answered every time', async () => {
  const day = (at: number) => new Date(Date.UTC(2026, 0, 1 + (at % 300))).toISOString().slice(0, 10);
  const noise = Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      ask(acme, { ...count, timeDimensions: [{ dimension: 'users.created_at', dateRange: [day(at), day(at)] }] }),
    ),
  );
  for (let i = 0; i < 10; i += 1) assert.equal((await ask(globex, count)).status, 200);
  assert.ok((await noise).some(({ status }) => status === 429));
});

test('the rate is told on every answer, and a refusal is written down as any other', async () => {
  const { headers } = await ask(acme, count);
  assert.match(headers.get('ratelimit-policy') ?? '', /^"tenant";q=6000;w=60$/);
  assert.match(headers.get('ratelimit') ?? '', /^"tenant";r=\d+;t=\d+$/);
  assert.ok(served.events.some((event) => event.event === 'request.refused' && event.code === 'QUOTA_EXCEEDED'));
});

test('attack 188: a question over a socket takes a place of its tenant, for as long as it is worked on', async () => {
  const { driver } = served.copies.get(globex) ?? assert.fail();
  const query = driver.query.bind(driver);
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  Object.assign(driver, {
    query: async (sql: string, values: unknown[]) => {
      if (!values.includes('slow')) return query(sql, values);
      begun.resolve();
      await goOn.promise;
      return query(sql, values);
    },
  });
  const socket = new WebSocket(served.url.replace('http', 'ws'));
  const heard: string[] = [];
  const answered = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    heard.push(String(data));
    if (String(data).includes('"messageId":"1"')) answered.resolve();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ authorization: await served.token(globex) }));
  const filters = [{ member: 'users.department', operator: 'equals', values: ['slow'] }];
  await once(socket, 'message');
  assert.equal(fairness.counts().running, 0);
  socket.send(JSON.stringify({ method: 'load', messageId: '1', params: { query: { ...count, filters } } }));
  await begun.promise;
  assert.equal(fairness.counts().running, 1);
  goOn.resolve();
  await answered.promise;
  assert.match(heard.join(), /"status":200/);
  socket.close();
  await once(socket, 'close');
  assert.equal(fairness.counts().running, 0);
  Object.assign(driver, { query });
});
