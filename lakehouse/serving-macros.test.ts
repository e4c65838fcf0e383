// The functions that every serving copy has, beside what they stand for in plain arithmetic.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createServing, type ServingDoor } from './serving.ts';
import { type Lab, openLab } from './testing/lab.ts';

describe('serving macros', () => {
  let lab: Lab;
  let serving: ServingDoor;
  before(async () => {
    lab = await openLab();
    serving = createServing({ folder: join(lab.folder, 'serving'), memoryLimit: '256MB' });
    const at = new Date(Date.UTC(2026, 5, 1));
    await serving.build(lab.lake, {
      number: 1,
      at,
      asOf: at,
      run: 'r1',
      tables: {},
      rows: {},
      inputs: {},
      sources: {},
    });
  });
  after(async () => {
    serving.close();
    await lab.close();
  });

  /** Kaplan-Meier by the book: at each time, those at risk and those that end. */
  function kmMedian(entries: readonly (readonly [number, boolean])[]): number | null {
    let [above, below] = [1n, 1n];
    for (const time of [...new Set(entries.map(([ms]) => ms))].sort((a, b) => a - b)) {
      const atRisk = BigInt(entries.filter(([ms]) => ms >= time).length);
      const ends = BigInt(entries.filter(([ms, observed]) => ms === time && observed).length);
      above *= atRisk - ends;
      below *= atRisk;
      if (above * 2n <= below) return time;
    }
    return null;
  }
  const list = (items: readonly string[]) => (items.length === 0 ? 'null' : `[${items.join(', ')}]`);
  const one = async (sql: string) => Object.values((await serving.query(lab.tenant, `select ${sql}`))[0]!)[0];

  it('km_median equals Kaplan and Meier’s estimator on whole-number arithmetic', async () => {
    const entry = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 25 }), async (entries) => {
        const items = entries.map(([ms, observed]) => `struct_pack(ms := ${ms}::bigint, observed := ${observed})`);
        assert.equal(await one(`km_median(${list(items)})`), kmMedian(entries));
      }),
      { numRuns: 150 },
    );
  });

  it('works inside an aggregate over groups', async () => {
    const rows = await serving.query(
      lab.tenant,
      `select i % 2 g, km_median(list(struct_pack(ms := i, observed := i < 8)) filter (where i > 0)) m,
        sum_at_last(list(struct_pack("at" := date '2026-01-01' + (i // 4)::int, n := i))) l,
        sum_at_first(list(struct_pack("at" := date '2026-01-01' + (i // 4)::int, n := i))) f
       from range(10) t(i) group by 1 order by 1`,
    );
    assert.deepEqual(rows, [
      { g: 0, m: 4, l: 8, f: 2 },
      { g: 1, m: 5, l: 9, f: 4 },
    ]);
  });

  it('works as a condition on groups', async () => {
    const days = `list(struct_pack("at" := date '2026-01-01' + (i // 4)::int, n := i))`;
    const times = 'list(struct_pack(ms := i, observed := i < 8)) filter (where i > 0)';
    for (const [condition, g] of [
      [`km_median(${times}) > 4`, 1],
      [`sum_at_last(${days}) < 9`, 0],
      [`100 * sum_at_first(${days}) / nullif(sum_at_last(${days}), 0) > 30`, 1],
    ] as const) {
      const rows = await serving.query(lab.tenant, `select i % 2 g from range(10) t(i) group by 1 having ${condition}`);
      assert.deepEqual(rows, [{ g }], condition);
    }
  });

  it('sum_at_first and sum_at_last add what lies on the first and on the last day', async () => {
    const entry = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -5, max: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        const items = entries.map(([day, n]) => `struct_pack("at" := date '2026-01-01' + ${day}, n := ${n})`);
        const sumAt = (day: number) => entries.filter(([d]) => d === day).reduce((sum, [, n]) => sum + n, 0);
        const days = entries.map(([day]) => day);
        const none = entries.length === 0;
        assert.equal(await one(`sum_at_last(${list(items)})`), none ? null : sumAt(Math.max(...days)));
        assert.equal(await one(`sum_at_first(${list(items)})`), none ? null : sumAt(Math.min(...days)));
      }),
      { numRuns: 60 },
    );
  });
});
