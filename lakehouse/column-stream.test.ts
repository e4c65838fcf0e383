// Rows in parts: the very values that a question in one piece gives, within the same limits, and the connection given back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import { streamColumns } from './column-stream.ts';
import { type DuckDBConnection, DuckDBInstance } from './duckdb.ts';
import { cubeValue } from './values.ts';

const tenant = must(parseTenant('acme-corp'));
const sql = `select i, i / 4::double as half, case when i % 3 = 0 then null else 'n' || i end as name, i % 2 = 0 as even,
  timestamp '2026-01-01' + to_seconds(i) as at, timestamp '1969-12-31 23:59:59.9999' + to_milliseconds(i) as early,
  9007199254740990 + i as large, -i::double as less, date '2026-01-01' + i::int % 365 as day, (i / 7)::decimal(18, 3) as cut from range(?) r(i)`;

async function open() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  let lent = 0;
  const hold = async <T>(_: unknown, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    lent += 1;
    try {
      return await work(connection);
    } finally {
      lent -= 1;
    }
  };
  return { connection, serving: { hold }, lent: () => lent };
}

test('20,000 rows in parts have the values of one piece, and the connection is given back', async () => {
  const { connection, serving, lent } = await open();
  const whole = await connection.runAndReadAll(sql.replace('?', '20000'));
  const expected = whole.getColumns().map((values) => values.map((value) => cubeValue(value ?? null)));
  const found: unknown[][] = expected.map(() => []);
  let parts = 0;
  for await (const part of streamColumns(serving, tenant, sql, [20_000])) {
    parts += 1;
    assert.equal(lent(), 1);
    assert.ok(part.values.every((values) => values.length === part.rows));
    for (const [i, values] of part.values.entries()) found[i]?.push(...values);
  }
  assert.ok(parts > 1, String(parts));
  const written = (value: unknown) =>
    value instanceof Date ? value.toISOString().slice(0, -1) : typeof value === 'number' ? String(value) : value;
  assert.deepEqual(
    found.map((values) => values.map(written)),
    expected,
  );
  assert.ok(found[4]?.[0] instanceof Date);
  assert.equal(lent(), 0);
});

test('an asker who goes away, one who cancels, and a statement that is no read give the connection back', async () => {
  const { serving, lent } = await open();
  for await (const _ of streamColumns(serving, tenant, sql, [100_000])) break;
  assert.equal(lent(), 0);
  const stop = new AbortController();
  const cancelled = async () => {
    for await (const _ of streamColumns(serving, tenant, sql, [1_000_000], { signal: stop.signal })) stop.abort();
  };
  await assert.rejects(cancelled(), { code: 'QUERY_CANCELLED' });
  for (const [text, code] of [
    ['create table t (a int)', 'QUERY_REFUSED'],
    ['select * from nowhere', 'QUERY_FAILED'],
    ["select error('x') from range(?)", 'QUERY_FAILED'],
  ] as const) {
    const asked = async () => {
      for await (const _ of streamColumns(serving, tenant, text, text.includes('?') ? [10] : [])) assert.ok(_);
    };
    await assert.rejects(asked(), { code });
  }
  assert.equal(lent(), 0);
});

test('the engine has its time in all, and the pauses between parts are not counted', async () => {
  const { serving, lent } = await open();
  const slow = 'select count(*) from range(100000) a(i), range(100000) b(j) where i * j % 7 = 3';
  const asked = async () => {
    for await (const _ of streamColumns(serving, tenant, slow, [], { timeoutMs: 50 })) assert.ok(_);
  };
  await assert.rejects(asked(), { code: 'QUERY_TIMEOUT' });
  assert.equal(lent(), 0);
});
