// A file that is not as it was written is refused, whatever a Parquet reader would make of it.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { type Lab, openLab, pairs, tableName, withCode } from './testing/lab.ts';

let lab: Lab;
before(async () => {
  lab = await openLab();
});
after(() => lab.close());

const flip = async (path: string, at: number) => {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
};

it('every byte of a data file counts, also in a process that has read the file before (attack 164)', async () => {
  const table = lab.lake.table('silver', tableName('flipped'), { columns: { id: 'VARCHAR', n: 'BIGINT' } });
  await lab.engine.session((session) => table.append(session, pairs(['a', 1], ['b', 2])));
  const root = join(lab.folder, 'lake/tenant-acme-corp/silver/flipped');
  const [file = ''] = (await readdir(root)).filter((name) => name.endsWith('.parquet'));
  const path = join(root, file);
  const { length } = await readFile(path);
  await table.scan();
  for (const at of [0, 5, length >> 1, length - 1]) {
    await flip(path, at);
    await assert.rejects(table.scan(), withCode('TABLE_FILE_DAMAGED'));
    await assert.rejects(table.scanAddedSince(-1), withCode('TABLE_FILE_DAMAGED'));
    await flip(path, at);
    assert.equal((await lab.rows(await table.scan())).length, 2);
  }
});

it('a checkpoint of other content is refused, one that another writer made without our mark is read', async () => {
  const table = lab.lake.table('silver', tableName('marked'), { columns: { id: 'VARCHAR', n: 'BIGINT' } });
  await lab.engine.session((session) => table.append(session, pairs(['a', 1])));
  await table.checkpoint();
  const path = join(
    lab.folder,
    'lake/tenant-acme-corp/silver/marked/_delta_log',
    `${'0'.repeat(20)}.checkpoint.parquet`,
  );
  const again = async (mark: string) => {
    await lab.engine.query(`copy (from read_parquet('${path}')) to '${path}.new' (format parquet${mark})`);
    await writeFile(path, await readFile(`${path}.new`));
  };
  const fresh = () => lab.anotherLake().table('silver', tableName('marked'), { columns: {} }).scan();
  await fresh();
  await again('');
  await fresh();
  await again(", kv_metadata {'tessera.content': '1 3'}");
  await assert.rejects(fresh(), withCode('TABLE_LOG_BROKEN'));
});
