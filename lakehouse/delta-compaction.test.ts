// Compaction and vacuum: fewer files, the same rows at every kept version, and nothing that looks new to an incremental reader.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DeltaTable, EngineSession, TableOptions } from './contract.ts';
import { tenantKey } from './keys.ts';
import { type Lab, openLab, pairs, tableName, withCode } from './testing/lab.ts';

describe('Compaction and vacuum', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  let tables = 0;
  const columns = { id: 'VARCHAR', n: 'BIGINT' } as const;
  const fresh = (options: Partial<TableOptions> = {}): DeltaTable =>
    lab.lake.table('bronze', tableName(`c${tables++}`), { columns, ...options });
  const again = (table: DeltaTable): DeltaTable => lab.anotherLake().table('bronze', table.name, { columns });
  const session = <T>(work: (s: EngineSession) => Promise<T>) => lab.engine.session(work);
  const content = async (table: DeltaTable, version?: number) =>
    (await lab.rows(await table.scan(version))).map((row) => `${row.id}=${row.n}`);
  const added = async (table: DeltaTable, since: number) => {
    const rows = await table.scanAddedSince(since);
    return rows === undefined ? [] : (await lab.rows(rows)).map((row) => `${row.id}=${row.n}`);
  };
  const fileCount = async (table: DeltaTable) => {
    let files = 0;
    for await (const { key } of lab.store.list(tenantKey(lab.tenant, 'bronze', table.name, '')))
      if (key.endsWith('.parquet') && !key.includes('_delta_log')) files += 1;
    return files;
  };
  const appendMany = (table: DeltaTable, count: number, from = 0) =>
    session(async (s) => {
      for (let i = from; i < from + count; i++)
        await table.append(s, pairs([`k${String(i).padStart(3, '0')}`, i]), { run: `run-${i}` });
    });

  it('joins many small files into one, and every version reads as before', async () => {
    const table = fresh();
    await appendMany(table, 20);
    const before = await content(table);
    const shrank = await session((s) => table.compact(s, { run: 'tidy' }));
    assert.equal(shrank, 19);
    assert.deepEqual(await content(table), before);
    assert.deepEqual(await content(again(table)), before);
    assert.equal((await content(table, 4)).length, 5);
    const { operation, run, added, removed, rows } = (await table.history()).at(-1) ?? {};
    assert.deepEqual([operation, run, added, removed, rows], ['OPTIMIZE', 'tidy', 1, 20, 20]);
    assert.equal(await session((s) => table.compact(s)), 0, 'a second time there is nothing to do');
  });

  it('is nothing new to a reader of what was added, whose rows are all still found', async () => {
    const table = fresh();
    await appendMany(table, 18);
    const seen = await table.version();
    await session((s) => table.compact(s));
    assert.equal(await table.scanAddedSince(seen), undefined);
    assert.deepEqual(
      await added(table, 15),
      ['k016=16', 'k017=17'],
      'exactly those after version 15, not the whole joined file',
    );
    await appendMany(table, 2, 18);
    assert.deepEqual(await added(table, seen), ['k018=18', 'k019=19']);
  });

  it('keeps partitions apart', async () => {
    const table = lab.lake.table('bronze', tableName('parted'), {
      columns: { ...columns, kind: 'VARCHAR' },
      partitionBy: 'kind',
    });
    await session(async (s) => {
      for (let i = 0; i < 17; i++)
        for (const kind of ['a', 'b'])
          await table.append(s, { sql: `select '${kind}${i}' as id, ${i}::bigint as n, '${kind}' as kind` });
      assert.equal(await table.compact(s), 32);
    });
    assert.equal((await lab.rows(await table.scan(undefined, ['a']))).length, 17);
  });

  it('by law: whatever is appended, merged and compacted in whatever order, rows and additions are those without compaction', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('compact' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), fc.nat({ max: 8 }), async (steps, since) => {
        const table = fresh();
        const byVersion: string[][] = [];
        let next = 0;
        await session(async (s) => {
          for (const one of steps) {
            if (one.kind === 'compact') {
              await table.compact(s, { minFiles: 2 });
              while (byVersion.length <= (await table.version())) byVersion.push([]);
              continue;
            }
            const rows = Array.from({ length: one.rows }, () => [`k${String(next).padStart(3, '0')}`, next++] as const);
            const { version } = await table.append(s, pairs(...rows));
            byVersion[version] = rows.map(([id, n]) => `${id}=${n}`);
          }
        });
        assert.deepEqual(await content(again(table)), byVersion.flat().sort());
        const from = Math.min(since, byVersion.length - 1);
        assert.deepEqual(
          await added(again(table), from),
          byVersion
            .slice(from + 1)
            .flat()
            .sort(),
        );
      }),
      { numRuns: 10 },
    );
  });

  it('attack 168: readers and writers beside a compaction lose nothing', async () => {
    const table = fresh();
    await appendMany(table, 24);
    const other = again(table);
    const [, , seen] = await Promise.all([
      session((s) => table.compact(s)),
      session(async (s) => {
        for (let i = 24; i < 34; i++) await other.append(s, pairs([`k${String(i).padStart(3, '0')}`, i]));
      }),
      (async () => {
        const counts: number[] = [];
        for (let i = 0; i < 10; i++)
          counts.push((await content(lab.anotherLake().table('bronze', table.name, { columns }))).length);
        return counts;
      })(),
    ]);
    assert.ok(
      seen.every((count, i) => count >= 24 && count >= (seen[i - 1] ?? 0)),
      seen.join(' '),
    );
    assert.equal((await content(again(table))).length, 34);
  });

  it('vacuum deletes what no kept version needs, and only what is old enough', async () => {
    const table = fresh();
    await appendMany(table, 20);
    await session((s) => table.compact(s));
    const later = new Date(Date.now() + 60_000);
    assert.deepEqual(await table.vacuum({ keep: [], olderThan: new Date(0) }), { files: 0, commits: 0, bytes: 0 });
    const told = await table.vacuum({ keep: [3], olderThan: later, dryRun: true });
    assert.equal(told.files, 16, 'those of version 3 stay');
    assert.equal(await fileCount(table), 21);
    assert.equal((await table.vacuum({ keep: [3], olderThan: later })).files, 16);
    assert.equal((await content(again(table), 3)).length, 4);
    assert.equal((await content(again(table))).length, 20);
    await table.vacuum({ keep: [], olderThan: later });
    assert.equal(await fileCount(table), 1);
  });

  it('vacuum leaves what somebody who is behind has not read yet, though it was joined meanwhile', async () => {
    const table = fresh();
    await appendMany(table, 24);
    await session((s) => table.compact(s));
    const later = new Date(Date.now() + 60_000);
    await table.vacuum({ keep: [], readers: [20], olderThan: later });
    assert.deepEqual(await added(again(table), 20), ['k021=21', 'k022=22', 'k023=23']);
    assert.equal((await content(again(table), 20)).length, 21, 'and the version that he stands at');
    await table.vacuum({ keep: [], readers: [await table.version()], olderThan: later });
    assert.equal(await fileCount(table), 1);

    const unread = fresh();
    await appendMany(unread, 24);
    await session((s) => unread.compact(s));
    await unread.vacuum({ keep: [], readers: [-1], olderThan: later });
    assert.equal((await added(again(unread), -1)).length, 24, 'who has read nothing yet finds all of it');
  });

  it('vacuum takes orphans, and the log before the last checkpoint that is still needed', async () => {
    const table = fresh();
    await appendMany(table, 45);
    await lab.store.put(
      `${tenantKey(lab.tenant, 'bronze', table.name, 'orphan.parquet')}` as never,
      new Uint8Array([1]),
    );
    const later = new Date(Date.now() + 60_000);
    const done = await table.vacuum({ keep: [], olderThan: later });
    assert.equal(done.files, 1);
    assert.ok(done.commits >= 39, String(done.commits));
    assert.equal((await content(again(table))).length, 45);
    await assert.rejects(again(table).scan(5), withCode('TABLE_VERSION_MISSING'));
    await appendMany(table, 1, 45);
    assert.equal((await content(again(table))).length, 46);
    assert.ok((await again(table).history()).length < 10);
  });
});
