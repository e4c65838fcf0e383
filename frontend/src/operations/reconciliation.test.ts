// What the page makes of the ledger: sums by source and hop, nothing lost on the way, and nothing called balanced that does not say so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flowBySource, hops, type ObjectFlow, parseObjectLines, parseReconciliation } from './reconciliation.ts';

const flow = (more: object) => ({
  ...{ hop: 'raw-bronze', source: 'okta', object: 'log', from: 10, to: 8, reasons: { duplicate: 2 }, added: {} },
  ...{ unexplained: 0, firstDate: '2026-01-01', lastDate: '2026-01-02' },
  ...more,
});
const answer = (more: object) => ({ balanced: true, open: null, runs: [], waiting: [], ...more });
const run = (...objects: object[]) => ({ run: 'r', at: '2026-01-01T00:00:00Z', balanced: true, objects });

test('an answer without a number is refused with its name, never shown as zero', () => {
  assert.throws(() => parseReconciliation(answer({ runs: [run(flow({ unexplained: undefined }))] })), /unexplained/);
  assert.throws(() => parseReconciliation(answer({ runs: [run(flow({ reasons: { duplicate: '2' } }))] })), /duplicate/);
  assert.throws(() => parseReconciliation(answer({ runs: [run(flow({ hop: 'gold-moon' }))] })), /hop/);
  assert.throws(() => parseReconciliation(null), /without/);
});

test('a line of an object has its day and both checksums, or is refused', () => {
  const line = { ...flow({}), date: '2026-01-01', problem: null, expected: '1.2', found: '1.3' };
  const { count, lines } = parseObjectLines({ count: 7, lines: [line] });
  assert.deepEqual([count, lines[0]?.date, lines[0]?.expected, lines[0]?.found], [7, '2026-01-01', '1.2', '1.3']);
  assert.throws(() => parseObjectLines({ count: 1, lines: [{ ...line, found: undefined }] }), /found/);
  assert.throws(() => parseObjectLines({ lines: [] }), /count/);
});

test('only what says so itself and holds nothing back is balanced', () => {
  const open = { since: '2026-01-01T00:00:00Z', run: 'r', lines: [] };
  assert.equal(parseReconciliation(answer({})).balanced, true);
  assert.equal(parseReconciliation(answer({ balanced: 'yes' })).balanced, false);
  assert.equal(parseReconciliation(answer({ open })).balanced, false);
});

test('sums by source and hop lose no row and no reason, and several sources stand last', () => {
  const objects = fc.array(
    fc.record<ObjectFlow>({
      hop: fc.constantFrom(...hops),
      source: fc.constantFrom('okta', 'jira', null),
      object: fc.constantFrom('a', 'b'),
      from: fc.nat(1e6),
      to: fc.nat(1e6),
      reasons: fc.dictionary(fc.constantFrom('duplicate', 'unchanged'), fc.nat(1e4)),
      added: fc.constant({}),
      unexplained: fc.nat(5),
    }),
  );
  fc.assert(
    fc.property(objects, (all) => {
      const flows = flowBySource(all);
      const sums = flows.flatMap(({ hops: own }) => own);
      for (const key of ['from', 'to', 'unexplained'] as const)
        assert.equal(
          sums.reduce((n, sum) => n + sum[key], 0),
          all.reduce((n, one) => n + one[key], 0),
        );
      const reasonsOf = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
      assert.equal(
        reasonsOf(sums.flatMap(({ reasons }) => reasons.map(([, rows]) => rows))),
        reasonsOf(all.flatMap(({ reasons }) => Object.values(reasons))),
      );
      const joined = flows.findIndex(({ source }) => source === null);
      assert.ok(joined === -1 || joined === flows.length - 1);
    }),
  );
});
