// The engine's promises: exact values, UTC, limits that stop a statement and nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fault } from '@tessera/base';
import type { Engine } from './contract.ts';
import { createEngine } from './engine.ts';

const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;

describe('engine', () => {
  let folder: string;
  let engine: Engine;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    engine = await createEngine({ scratch: folder, memoryLimit: '256MB' });
  });
  after(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });

  it('gives numbers exactly: as numbers where a double holds them, as text elsewhere', async () => {
    const [row] = await engine.query(
      `select 42::bigint a, 9007199254740993::bigint b, sum(x) c, 1.50::decimal(9,2) d, 1234567890123456.78::decimal(18,2) e
       from (values (1), (2)) t(x)`,
    );
    assert.deepEqual(row, { a: 42, b: '9007199254740993', c: 3, d: 1.5, e: '1234567890123456.78' });
  });

  it('gives times as ISO text in UTC and keeps microseconds', async () => {
    const [row] = await engine.query(
      `select timestamptz '2026-03-29 02:30:00+02' a, timestamp '1969-12-31 23:59:59.999999' b, date '2026-01-02' c,
              timestamptz '2026-03-29 00:30:00+00'::varchar d, date_trunc('day', timestamptz '2026-03-29 23:30:00-05') e`,
    );
    assert.deepEqual(row, {
      a: '2026-03-29T00:30:00.000Z',
      b: '1969-12-31T23:59:59.999999',
      c: '2026-01-02',
      d: '2026-03-29 00:30:00+00',
      e: '2026-03-30T00:00:00.000Z',
    });
  });

  it('gives nested values as arrays and records', async () => {
    const [row] = await engine.query(
      `select [1::bigint, null] a, {'x': 1.5, 'y': [date '2026-01-01']} b, map {'k': 2} c`,
    );
    assert.deepEqual(row, { a: [1, null], b: { x: 1.5, y: ['2026-01-01'] }, c: [{ key: 'k', value: 2 }] });
  });

  it('binds parameters with the types that SQL should see', async () => {
    const at = new Date('2026-01-01T10:00:00.123Z');
    const [row] = await engine.query(
      'select $1 + 1 a, typeof($1) b, $2::varchar c, $3 d, typeof($4) e, $5 is null f, $6 g',
      { params: [41, at, "it's", 0.5, null, true] },
    );
    assert.deepEqual(row, {
      a: 42,
      b: 'BIGINT',
      c: '2026-01-01 10:00:00.123+00',
      d: "it's",
      e: 'DOUBLE',
      f: true,
      g: true,
    });
  });

  it('shows a temp table to its own session only (attack 81)', async () => {
    await engine.session(async (session) => {
      await session.run('create temp table t as select 1 a; insert into t values (2)');
      assert.deepEqual(await session.query('select sum(a) s from t'), [{ s: 3 }]);
      await assert.rejects(engine.query('from t'), code('QUERY_FAILED'));
    });
    await assert.rejects(engine.query('from t'), code('QUERY_FAILED'));
  });

  const endless = 'select count(*) from range(100000000) a, range(100000) b where a.range % 7 = b.range % 11';

  it('stops a statement after its time, and goes on serving', async () => {
    await assert.rejects(engine.query(endless, { timeoutMs: 50 }), code('QUERY_TIMEOUT'));
    assert.deepEqual(await engine.query('select 1 a'), [{ a: 1 }]);
  });

  it('stops a statement when its caller goes away', async () => {
    const caller = new AbortController();
    const running = engine.query(endless, { signal: caller.signal });
    setTimeout(() => caller.abort(), 20);
    await assert.rejects(running, code('QUERY_CANCELLED'));
    await assert.rejects(engine.query('select 1', { signal: caller.signal }), code('QUERY_CANCELLED'));
  });

  it('refuses a statement that needs more memory than it may use, and goes on serving', async () => {
    const small = await createEngine({ scratch: join(folder, 'small'), memoryLimit: '64MB' });
    const [limit] = await small.query("select current_setting('memory_limit') l");
    assert.match(String(limit?.l), /^6\d\.\d MiB$/);
    await assert.rejects(
      small.query("select length(string_agg(repeat('x', 1000), '')) from range(400000)"),
      code('QUERY_TOO_LARGE'),
    );
    assert.deepEqual(await small.query('select 1 a'), [{ a: 1 }]);
    small.close();
  });

  it('never repeats a value of a row in a fault', async () => {
    await assert.rejects(engine.query("select 'hunter2'::integer"), (error: unknown) => {
      assert(error instanceof Fault);
      assert.equal(error.code, 'QUERY_FAILED');
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    await assert.rejects(engine.query('select nosuch'), /nosuch/);
  });
});
