// Apache Spark with Delta Lake opens every table of a demo tenant and agrees, and we open what Spark writes or refuse it with a plain fault.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { duckChecksum, sparkChecksum, type Types } from './content.ts';
import { openDemoLake } from './demo-lake.ts';
import { noSpark, type Spark, startSpark } from './spark.ts';

describe('Spark with Delta', { skip: noSpark }, () => {
  let home: string;
  let spark: Spark;
  let demo: Awaited<ReturnType<typeof openDemoLake>>;
  before(
    async () => {
      home = mkdtempSync(path.join(tmpdir(), 'tessera-interop-'));
      // Both at once, and both are there to be closed where one fails.
      const [engine, lake] = await Promise.allSettled([startSpark(), openDemoLake(home)]);
      if (engine.status === 'fulfilled') spark = engine.value;
      if (lake.status === 'fulfilled') demo = lake.value;
      for (const one of [engine, lake]) if (one.status === 'rejected') throw one.reason;
    },
    { timeout: 550_000 },
  );
  after(async () => {
    await spark?.close();
    await demo?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const typesOf = async (sql: string): Promise<Types> =>
    Object.fromEntries(
      (await demo.engine.query(`describe ${sql}`)).map((row) => [String(row.column_name), String(row.column_type)]),
    );
  /** What both say of one version of a table. */
  async function compare(of: (typeof demo.tables)[number], version?: number) {
    const { sql } = await of.table.scan(version);
    const canonical = Object.entries(await typesOf(sql)).map(([name, type]) => [
      name,
      type.replace('TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'),
    ]);
    const types = Object.fromEntries(canonical) as Types;
    const [ours] = await demo.engine.query(duckChecksum(sql, types));
    const [theirs] = await spark.sql(sparkChecksum(of.folder, types, version));
    assert.deepEqual({ ...theirs }, { ...ours }, `${of.name} at ${version ?? 'its newest version'}`);
    return Number(ours?.n);
  }

  test('agrees on every row of every table, newest version', { timeout: 550_000 }, async (t) => {
    const { joined, files, commits } = demo.worn;
    assert.ok(joined > 0 && files > 0 && commits > 0, 'files were joined and vacuumed');
    let rows = 0;
    for (const table of demo.tables) rows += await compare(table);
    assert.ok(demo.tables.length >= 40 && rows > 10_000);
    t.diagnostic(
      `${spark.version}: ${demo.tables.length} tables, ${rows} rows; ${joined} files joined, ${files} files and ${commits} commits vacuumed before`,
    );
  });

  test('agrees on the tables of the release before', { timeout: 300_000 }, async (t) => {
    const newest = await demo.lake.releases.latest();
    const before = await demo.lake.releases.get((newest?.number ?? 0) - 1);
    assert.ok(newest && before);
    let compared = 0;
    for (const table of demo.tables) {
      const version = before.tables[table.name.replace('gold/', '')];
      if (!table.name.startsWith('gold/') || version === undefined) continue;
      if (version === newest.tables[table.name.replace('gold/', '')]) continue;
      await compare(table, version);
      compared += 1;
    }
    assert.ok(compared >= 3, `${compared} tables differ between the releases`);
    t.diagnostic(`${compared} older versions`);
  });

  test('sees a column that came later, null in older rows', async () => {
    for (const { name, folder } of demo.tables.filter((one) => demo.worn.grown.includes(one.name))) {
      const [found] = await spark.sql(
        `select count(*) - count(interop_note) as old, count(interop_note) as new from delta.\`${folder}\``,
      );
      assert.ok(Number(found?.old) > 0, name);
      assert.equal(found?.new, 3, name);
    }
  });
});
