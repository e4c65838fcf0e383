// Truth's own arithmetic against DuckDB and against laws, and the shape of its answers.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { generateWorld } from '../generate/index.ts';
import { kaplanMeierMedian, meanHours, percent, quantileHours } from './arithmetic.ts';
import { type Truth, writeTruth } from './index.ts';
import { answer, type View } from './query.ts';

describe("truth's arithmetic", () => {
  it('gives the quantiles that DuckDB gives, to the last bit', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    for (const seed of [1, 2, 3, 4, 5]) {
      const values = fc.sample(fc.array(fc.integer({ min: 1, max: 30_000_000_000 }), { minLength: 1, maxLength: 60 }), {
        seed,
        numRuns: 4,
      });
      for (const list of values) {
        for (const share of [0.5, 0.9]) {
          const sql = `SELECT quantile_cont(v, ${share}) / 3600000 AS q FROM (SELECT unnest([${list}]::BIGINT[]) AS v)`;
          const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJS();
          assert.equal(quantileHours<number>(share, (value) => value)(list), row?.q);
        }
      }
    }
    connection.closeSync();
    instance.closeSync();
  });

  it('has a Kaplan-Meier median that is the plain one where nothing is censored, and never lower where something is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.boolean()),
        (list, coin) => {
          const sorted = [...list].sort((a, b) => a - b);
          const plain = kaplanMeierMedian(list.map((ms) => ({ ms, observed: true })));
          assert.equal(plain, sorted[Math.ceil(sorted.length / 2) - 1]);
          const censored = kaplanMeierMedian(list.map((ms) => ({ ms, observed: coin.next().value as boolean })));
          assert.ok(censored === null || censored >= (plain ?? 0));
        },
      ),
    );
    assert.equal(kaplanMeierMedian([]), null);
    assert.equal(kaplanMeierMedian([{ ms: 5, observed: false }]), null);
  });

  it('answers nothing, not zero, where a denominator is zero', () => {
    const zero = () => 0;
    assert.equal(percent(zero, zero)([]), null);
    assert.equal(meanHours<number>(() => null)([1]), null);
  });
});

describe('a query over rows', () => {
  const rows = [
    { on: 20_000, kind: 'a', n: 1 },
    { on: 20_001, kind: 'b', n: 2 },
    { on: 20_040, kind: null, n: 4 },
  ];
  const view: View<(typeof rows)[number]> = {
    rows,
    measures: { n: (some) => some.reduce((sum, { n }) => sum + n, 0) },
  };

  it('groups by month and by dimension, with nothing sorted last', () => {
    const byMonth = answer(view, {
      measures: ['v.n'],
      timeDimensions: [{ dimension: 'v.on', granularity: 'month' }],
      order: [['v.on', 'asc']],
      timezone: 'UTC',
    });
    assert.deepEqual(byMonth, [
      { 'v.on.month': '2024-10-01T00:00:00.000', 'v.on': '2024-10-01T00:00:00.000', 'v.n': 3 },
      { 'v.on.month': '2024-11-01T00:00:00.000', 'v.on': '2024-11-01T00:00:00.000', 'v.n': 4 },
    ]);
    const byKind = answer(view, {
      measures: ['v.n'],
      dimensions: ['v.kind'],
      order: [['v.kind', 'desc']],
      timezone: 'UTC',
    });
    assert.deepEqual(
      byKind.map((row) => row['v.kind']),
      ['b', 'a', null],
    );
  });

  it('keeps both ends of a range of days and answers one row without groups', () => {
    const timeDimensions = [{ dimension: 'v.on', dateRange: ['2024-10-04', '2024-10-05'] as const }];
    assert.deepEqual(answer(view, { measures: ['v.n'], timeDimensions, order: [], timezone: 'UTC' }), [{ 'v.n': 3 }]);
    const week = answer(view, {
      measures: ['v.n'],
      timeDimensions: [{ dimension: 'v.on', granularity: 'week' }],
      order: [['v.on', 'asc']],
      timezone: 'UTC',
    });
    assert.equal(week[0]?.['v.on'], '2024-09-30T00:00:00.000');
  });

  it('refuses a measure that it does not have', () => {
    assert.throws(() => answer(view, { measures: ['v.x'], order: [], timezone: 'UTC' }), /no measure v\.x/);
  });
});

describe('the truth files', () => {
  it('hold at least thirty cases a tenant, fully ordered, and a backlog whose identity holds', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tessera-truth-'));
    await writeTruth(generateWorld({ seed: 3, asOf: new Date('2026-03-31T00:00:00Z'), tenants: ['initech'] }), folder);
    const truth = JSON.parse(await readFile(path.join(folder, 'initech.json'), 'utf8')) as Truth;
    await rm(folder, { recursive: true });
    assert.equal(truth.asOf, '2026-03-31T00:00:00.000Z');
    assert.ok(truth.cases.length >= 30);
    assert.equal(new Set(truth.cases.map(({ name }) => name)).size, truth.cases.length);
    for (const { name, query, rows } of truth.cases) {
      assert.ok(rows.length > 0, name);
      const keys = rows.map((row) => JSON.stringify(query.order.map(([member]) => row[member])));
      assert.equal(new Set(keys).size, rows.length, name);
    }
    for (const { query, rows } of truth.cases.filter(({ name }) => name.startsWith('backlog:'))) {
      assert.ok(query.measures.includes('backlog.open_end'));
      for (const row of rows) {
        const n = (name: string) => Number(row[`backlog.${name}`]);
        assert.equal(
          n('open_end'),
          n('open_start') + n('opened') + n('reopened') + n('moved_in') - n('closed') - n('moved_out') - n('deleted'),
        );
        assert.ok(n('open_end') >= 0);
      }
    }
  });
});
