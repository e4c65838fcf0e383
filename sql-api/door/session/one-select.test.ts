// A Query of one SELECT, whose rows come as parameters inside: outside it is a Query like any other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Fixture, openFixture } from '../test/fixture.ts';
import { toyPlan } from '../test/toy-plan.ts';

let fixture: Fixture;
let client: pg.Client;
before(async () => {
  fixture = await openFixture(toyPlan);
  client = new pg.Client({ connectionString: fixture.url('acme-corp') });
  client.on('error', () => {});
  await client.connect();
});
after(async () => {
  await client.end();
  await fixture.close();
});
const rows = async (text: string) => (await client.query({ text, rowMode: 'array' })).rows;

test("a text that comes again means the time of then: 'now' is not kept", async () => {
  const sql = "select distinct 'now'::timestamptz::text from devices";
  const [first, second] = [await rows(sql), await rows(sql)];
  assert.equal(first.length, 1);
  assert.notDeepEqual(first, second);
});

test('SELECT INTO gives no rows, and what it made holds them', async () => {
  const made = await client.query('select platform, device_count into temp made from devices');
  assert.deepEqual([made.command, made.rowCount, made.fields.length], ['SELECT', 3, 0]);
  assert.deepEqual(await rows('select count(*)::int from made'), [[3]]);
});

test('where PostgreSQL fails, before the rows or among them, the next Query is answered, and so it is after DISCARD', async () => {
  const good = 'select platform from devices order by 1 limit 1';
  const wanted = await rows(good);
  for (const [sql, code] of [
    ['select platform::int from devices', '22P02'],
    ['select 1 / (device_count - 3) from devices', '22012'],
    ['select nothing from devices', '42703'],
  ] as const) {
    await assert.rejects(client.query(sql), { code }, sql);
    assert.deepEqual(await rows(good), wanted);
  }
  await client.query('discard all');
  assert.deepEqual(await rows(good), wanted);
  await client.query('begin');
  await assert.rejects(client.query('select platform::int from devices'), { code: '22P02' });
  await assert.rejects(client.query(good), { code: '25P02' });
  await client.query('rollback');
  assert.deepEqual(await rows(good), wanted);
});

test('several Queries sent at once are answered in their order', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map((n) => rows(`select ${n}, max(device_count)::int from devices`)));
  assert.deepEqual(
    answers,
    [1, 2, 3, 4].map((n) => [[n, 7]]),
  );
});
