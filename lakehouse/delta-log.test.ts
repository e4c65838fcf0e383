// A table's log that somebody damaged or forged: refused with a clear code, never read as older or other data.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fault } from '@tessera/base';
import type { DeltaTable } from './contract.ts';
import { type Lab, openLab, tableName } from './testing/lab.ts';

const pad = (version: number) => String(version).padStart(20, '0');

describe('Delta log', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());
  const options = { columns: { id: 'VARCHAR', n: 'BIGINT' } };
  let tables = 0;

  /** A table of some commits, the folder of its log, and a reader that has not seen it yet. */
  async function written(commits: number): Promise<{ log: string; reader: DeltaTable; writer: DeltaTable }> {
    const name = tableName(`t${tables++}`);
    const writer = lab.lake.table('silver', name, options);
    await lab.engine.session(async (session) => {
      for (let n = 0; n < commits; n++) await writer.append(session, { sql: `select 'k${n}' as id, ${n} as n` });
    });
    const log = join(lab.folder, 'lake/tenant-acme-corp/silver', name, '_delta_log');
    return { log, writer, reader: lab.anotherLake().table('silver', name, options) };
  }
  const count = async (table: DeltaTable, version?: number) => (await lab.rows(await table.scan(version))).length;

  it('is read from its newest checkpoint, also for versions before and after it', async () => {
    const { log, reader } = await written(43);
    assert.deepEqual((await readdir(log)).filter((name) => name.includes('checkpoint')).sort(), [
      `${pad(20)}.checkpoint.parquet`,
      `${pad(40)}.checkpoint.parquet`,
      '_last_checkpoint',
    ]);
    // What the checkpoint covers is not needed any more.
    for (let version = 21; version <= 40; version++) await rm(join(log, `${pad(version)}.json`));
    assert.equal(await count(reader), 43);
    assert.equal(await count(reader, 41), 42);
    assert.equal(await count(reader, 40), 41);
    assert.equal(await count(reader, 20), 21);
    assert.equal(await count(reader, 3), 4);
    await assert.rejects(reader.scan(30), (error) => error instanceof Fault && error.code === 'TABLE_VERSION_MISSING');
  });

  it('keeps cursors and the marks of commits that were made before through a checkpoint', async () => {
    const { writer, reader } = await written(2);
    await lab.engine.session(async (session) => {
      const how = { txn: { appId: 'a', version: 7 }, properties: { cursor: 'x' } };
      await writer.append(session, { sql: "select 'z' as id, 1 as n" }, how);
      await writer.checkpoint();
      assert.equal((await reader.append(session, { sql: "select 'z' as id, 1 as n" }, how)).skipped, true);
    });
    assert.deepEqual((await reader.state()).properties, { cursor: 'x' });
  });

  const edit = async (path: string, change: (text: string) => string) =>
    writeFile(path, change(await readFile(path, 'utf8')));
  const damages: readonly {
    readonly why: string;
    readonly do: (log: string) => Promise<void>;
    readonly want: string;
  }[] = [
    {
      why: 'a commit is missing in the middle',
      do: (log) => rm(join(log, `${pad(1)}.json`)),
      want: 'TABLE_LOG_BROKEN',
    },
    { why: 'the first commit is missing', do: (log) => rm(join(log, `${pad(0)}.json`)), want: 'TABLE_LOG_BROKEN' },
    {
      why: 'a commit is cut off within a line',
      do: (log) => edit(join(log, `${pad(2)}.json`), (t) => t.slice(0, -30)),
      want: 'TABLE_LOG_BROKEN',
    },
    {
      why: 'a commit is cut off between two lines',
      do: (log) => edit(join(log, `${pad(2)}.json`), (t) => `${t.split('\n')[0]}\n`),
      want: 'TABLE_LOG_BROKEN',
    },
    { why: 'a commit is empty', do: (log) => writeFile(join(log, `${pad(2)}.json`), ''), want: 'TABLE_LOG_BROKEN' },
    {
      why: 'the pointer to the checkpoint is garbage',
      do: (log) => writeFile(join(log, '_last_checkpoint'), '{"version":'),
      want: 'TABLE_LOG_BROKEN',
    },
    {
      why: 'the checkpoint pointed to is missing',
      do: (log) => writeFile(join(log, '_last_checkpoint'), '{"version":2,"size":3}'),
      want: 'TABLE_LOG_BROKEN',
    },
    {
      why: 'the checkpoint is no Parquet file',
      do: async (log) => {
        await writeFile(join(log, '_last_checkpoint'), '{"version":2,"size":3}');
        await writeFile(join(log, `${pad(2)}.checkpoint.parquet`), 'garbage');
      },
      want: 'TABLE_LOG_BROKEN',
    },
    {
      why: 'the protocol is newer than ours',
      // As another writer leaves it: our own commits have a checksum.
      do: (log) =>
        edit(join(log, `${pad(0)}.json`), (t) =>
          t
            .replace('"minReaderVersion":1', '"minReaderVersion":3')
            .replace(/,"checksum":"\w+"/, '')
            .replace('tessera/2', 'another'),
        ),
      want: 'TABLE_PROTOCOL',
    },
    {
      why: 'one digit of a bound is another one',
      do: (log) => edit(join(log, `${pad(1)}.json`), (t) => t.replace(/(numRecords\\":)\d+/, '$177')),
      want: 'TABLE_LOG_BROKEN',
    },
    {
      why: 'the checksum itself was taken away',
      do: (log) => edit(join(log, `${pad(1)}.json`), (t) => t.replace(/,"checksum":"\w+"/, '')),
      want: 'TABLE_LOG_BROKEN',
    },
  ];
  for (const { why, do: damage, want } of damages) {
    it(`is refused where ${why} (attack 164)`, async () => {
      const { log, reader } = await written(3);
      await damage(log);
      await assert.rejects(reader.scan(), (error) => error instanceof Fault && error.code === want);
    });
  }

  const paths = [
    '../../../tenant-globex-inc/silver/t/part.parquet',
    '/etc/passwd',
    's3://other/part.parquet',
    'file:///etc/passwd',
    '%2e%2e/%2e%2e/part.parquet',
    '..%2fpart.parquet',
    'a/../../part.parquet',
    './part.parquet',
    'a//part.parquet',
    'C:\\part.parquet',
    "part.parquet', '/etc/passwd",
    '%zz',
    '',
  ];
  for (const path of paths) {
    it(`is refused where it names the file ${JSON.stringify(path)} (attack 165)`, async () => {
      const { log, reader } = await written(1);
      const add = { path, partitionValues: {}, size: 1, modificationTime: 1, dataChange: true };
      await writeFile(join(log, `${pad(1)}.json`), `${JSON.stringify({ add })}\n`);
      await assert.rejects(reader.scan(), (error) => {
        assert(error instanceof Fault && error.code === 'TABLE_PATH_REFUSED');
        assert(path === '' || !error.message.includes(path));
        return true;
      });
    });
  }

  it('goes by version numbers and not by clocks (attack 170)', async () => {
    const { writer } = await written(1);
    const name = writer.name;
    const { openTenantLake } = await import('./tenant-lake.ts');
    const past = openTenantLake(lab.store, lab.engine, lab.tenant, () => new Date('1999-01-01T00:00:00Z'));
    await lab.engine.session((session) =>
      past.table('silver', name, options).merge(session, { sql: "select 'k0' as id, 99 as n" }, ['id']),
    );
    assert.deepEqual(await lab.rows(await writer.scan()), [{ id: 'k0', n: 99 }]);
  });
});
