// What a Delta table does not take: types that Delta lacks, casts that lose something, nulls and repeated keys.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DeltaTable, EngineSession, TableOptions } from './contract.ts';
import { type Lab, openLab, pairs, tableName, withCode } from './testing/lab.ts';

describe('Delta table, refusing', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  let tables = 0;
  const fresh = (options: Partial<TableOptions> = {}): DeltaTable =>
    lab.lake.table('silver', tableName(`t${tables++}`), { columns: { id: 'VARCHAR', n: 'BIGINT' }, ...options });
  const session = <T>(work: (s: EngineSession) => Promise<T>) => lab.engine.session(work);

  const refusals = [
    { why: 'HUGEINT', columns: { id: 'HUGEINT' }, sql: 'select 1::hugeint as id', want: 'COLUMN_TYPE' },
    {
      why: 'TIMESTAMP without zone',
      columns: { id: 'TIMESTAMPTZ' },
      sql: "select timestamp '2026-01-01' as id",
      want: 'COLUMN_TYPE',
    },
    {
      why: 'an undeclared HUGEINT sum',
      columns: {},
      sql: 'select sum(i) as id from range(3) t(i)',
      want: 'COLUMN_TYPE',
    },
    { why: 'a number as text', columns: { id: 'BIGINT' }, sql: "select '1' as id", want: 'COLUMN_TYPE' },
    {
      why: 'a fraction as whole number',
      columns: { id: 'BIGINT' },
      sql: 'select 1.5::double as id',
      want: 'COLUMN_TYPE',
    },
    {
      why: 'a column that is not declared',
      columns: { id: 'BIGINT' },
      sql: 'select 1::bigint as id, 2 as extra',
      want: 'COLUMN_UNKNOWN',
    },
    {
      why: 'a null where none may be',
      columns: { id: 'BIGINT' },
      sql: 'select null::bigint as id',
      want: 'COLUMN_NULL',
    },
    {
      why: 'a missing column where no null may be',
      columns: { id: 'BIGINT', n: 'BIGINT' },
      sql: 'select 1::bigint as n',
      want: 'COLUMN_NULL',
    },
  ];
  for (const { why, columns, sql, want } of refusals) {
    it(`refuses ${why} and leaves no trace`, async () => {
      const table = fresh({ columns, notNull: ['id'] });
      await session((s) => assert.rejects(table.append(s, { sql }), withCode(want)));
      assert.equal(await table.version(), -1);
    });
  }

  it('refuses a merge whose key is null or comes twice', async () => {
    const table = fresh();
    await session(async (s) => {
      await assert.rejects(table.merge(s, pairs(['a', 1], ['a', 2]), ['id']), withCode('KEY_NOT_UNIQUE'));
      await assert.rejects(
        table.merge(s, { sql: 'select null::varchar as id, 1 as n' }, ['id']),
        withCode('COLUMN_NULL'),
      );
    });
  });
});
