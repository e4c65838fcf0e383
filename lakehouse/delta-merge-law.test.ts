// The law that writes obey: a table equals a plain map to which the same was done, at every version.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DeltaTable, EngineSession, Row, TableOptions } from './contract.ts';
import { type Lab, openLab, pairs, tableName } from './testing/lab.ts';

describe('Delta table, by law', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  let tables = 0;
  const fresh = (options: Partial<TableOptions> = {}): DeltaTable =>
    lab.lake.table('silver', tableName(`t${tables++}`), { columns: { id: 'VARCHAR', n: 'BIGINT' }, ...options });
  const again = (table: DeltaTable, options: Partial<TableOptions> = {}): DeltaTable =>
    lab.anotherLake().table('silver', table.name, { columns: { id: 'VARCHAR', n: 'BIGINT' }, ...options });
  const session = <T>(work: (s: EngineSession) => Promise<T>) => lab.engine.session(work);

  it('equals a plain map after any mix of merges, appends, overwrites and checkpoints', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'é', '😀', 'zz');
    const changes = fc.uniqueArray(fc.tuple(id, fc.option(fc.integer({ min: 0, max: 3 }))), {
      selector: ([key]) => key,
      maxLength: 5,
    });
    const step = fc.tuple(fc.constantFrom('merge', 'merge', 'merge', 'overwrite', 'checkpoint', 'reopen'), changes);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, partitioned) => {
        const options = partitioned ? { partitionBy: 'n' } : {};
        let table = fresh(options);
        const model = new Map<string, number | null>();
        const versions: [number, unknown[]][] = [];
        const expected = () =>
          [...model]
            .map(([k, n]) => ({ id: k, n }))
            .sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
        await session(async (s) => {
          for (const [kind, batch] of steps) {
            const source = pairs(...batch);
            const before = JSON.stringify(expected());
            if (kind === 'merge' || kind === 'overwrite') {
              if (kind === 'overwrite') model.clear();
              for (const [k, n] of batch) model.set(k, n);
              const done = kind === 'merge' ? await table.merge(s, source, ['id']) : await table.overwrite(s, source);
              assert.equal(done.skipped, before === JSON.stringify(expected()));
              if (done.version >= 0) versions.push([done.version, expected()]);
            } else if (kind === 'checkpoint') await table.checkpoint();
            else table = again(table, options);
            assert.deepEqual(await lab.rows(await table.scan(), 'id'), expected());
          }
          const reader = again(table, options);
          for (const [version, then] of versions) {
            assert.deepEqual((await lab.rows(await reader.scan(version), 'id')) as Row[], then);
          }
        });
      }),
      { numRuns: 25 },
    );
  });
});
