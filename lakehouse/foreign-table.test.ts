// Tables as other writers leave them: partition values in the log alone, columns that older files lack, rules for writers, protocols we do not know.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Lab, openLab, tableName, withCode } from './testing/lab.ts';

interface Shape {
  readonly fields: Readonly<Record<string, string>>;
  readonly partitionColumns?: readonly string[];
  readonly configuration?: Readonly<Record<string, string>>;
  readonly protocol?: object;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Select of a file → its partition's values. */
  readonly files?: readonly (readonly [sql: string, values: Readonly<Record<string, string | null>>])[];
}

describe('a Delta table of another writer', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  let tables = 0;
  async function write({ fields, files = [], ...shape }: Shape) {
    const name = tableName(`foreign${tables++}`);
    const folder = path.join(lab.folder, 'lake/tenant-acme-corp/gold', name);
    await mkdir(path.join(folder, '_delta_log'), { recursive: true });
    const schema = Object.entries(fields).map(([column, type]) => ({
      ...{ name: column, type, nullable: true, metadata: shape.metadata ?? {} },
    }));
    const lines: object[] = [
      { protocol: shape.protocol ?? { minReaderVersion: 1, minWriterVersion: 2 } },
      {
        metaData: {
          ...{ id: 'x', format: { provider: 'parquet', options: {} } },
          schemaString: JSON.stringify({ type: 'struct', fields: schema }),
          ...{ partitionColumns: shape.partitionColumns ?? [], configuration: shape.configuration ?? {} },
        },
      },
    ];
    for (const [i, [sql, partitionValues]] of files.entries()) {
      const file = `part-0000${i}.snappy.parquet`;
      await lab.engine.query(`copy (${sql}) to '${path.join(folder, file)}' (format parquet)`);
      lines.push({ add: { path: file, partitionValues, size: 1, modificationTime: 1, dataChange: true } });
    }
    const log = lines.map((line) => JSON.stringify(line)).join('\n');
    await writeFile(path.join(folder, '_delta_log', '00000000000000000000.json'), `${log}\n`);
    return lab.lake.table('gold', name, { columns: {} });
  }

  it('gives the partition values that stand in the log alone, and nulls for columns that came later', async () => {
    const table = await write({
      fields: { id: 'string', place: 'string', day: 'date', note: 'string' },
      partitionColumns: ['place', 'day'],
      files: [
        ["select 'a' as id", { place: "Zürich's", day: '2026-01-31' }],
        ["select 'b' as id, 'later' as note", { place: "Zürich's", day: '2026-01-31' }],
        ["select 'c' as id", { place: 'a b/c:d%2F', day: null }],
        ["select 'd' as id", { place: null, day: '2026-02-01' }],
      ],
    });
    const rows = async () =>
      (await lab.rows(await table.scan(), 'id')).map((row) => [row.id, row.place, row.day, row.note]);
    assert.deepEqual(await rows(), [
      ['a', "Zürich's", '2026-01-31', null],
      ['b', "Zürich's", '2026-01-31', 'later'],
      ['c', 'a b/c:d%2F', null, null],
      ['d', null, '2026-02-01', null],
    ]);
  });

  it('refuses a partition whose value has no one text', async () => {
    const files = [["select 'a' as id", { at: '2026-01-01 00:00:00' }]] as const;
    const table = await write({ fields: { id: 'string', at: 'timestamp' }, partitionColumns: ['at'], files });
    await assert.rejects(table.scan(), withCode('TABLE_FEATURE'));
  });

  const one = { sql: "select 'a' as id, 2::bigint as n" };
  const files = [["select 'a' as id, 1::bigint as n", {}]] as const;
  const fields = { id: 'string', n: 'long' };

  it('adds to an append-only table, and changes nothing of it', async () => {
    const table = await write({ fields, files, configuration: { 'delta.appendOnly': 'true' } });
    await lab.engine.session(async (session) => {
      await assert.rejects(table.merge(session, one, ['id']), withCode('TABLE_FEATURE'));
      await assert.rejects(table.overwrite(session, one), withCode('TABLE_FEATURE'));
      await table.append(session, one);
    });
    assert.equal((await lab.rows(await table.scan())).length, 2);
  });

  it('writes nothing under an invariant that it cannot judge', async () => {
    const table = await write({ fields, files, metadata: { 'delta.invariants': '{"expression": "n > 0"}' } });
    await lab.engine.session((session) => assert.rejects(table.append(session, one), withCode('TABLE_FEATURE')));
    assert.equal((await lab.rows(await table.scan())).length, 1);
  });

  const protocols = {
    'deletion vectors': {
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ['deletionVectors'],
      writerFeatures: ['deletionVectors'],
    },
    'column mapping': { minReaderVersion: 2, minWriterVersion: 5 },
    'a change data feed': { minReaderVersion: 1, minWriterVersion: 4 },
    'row tracking': { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] },
  };
  for (const [name, protocol] of Object.entries(protocols)) {
    it(`refuses ${name}`, async () => {
      const table = await write({ fields, files, protocol });
      await assert.rejects(table.scan(), withCode('TABLE_PROTOCOL'));
    });
  }
});
