// Damages stored files one bit, or one cut, at a time, and reads: an error or the right answer, never another one.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import { createEngine, createFolderStore, openTenantLake, parseTableName } from '@tessera/lakehouse';

const tenant = must(parseTenant('acme-corp'));
const columns = { id: 'VARCHAR', n: 'BIGINT', at: 'TIMESTAMPTZ', day: 'DATE' };
const rowsOf = (from: number, to: number) => ({
  sql: `select 'id-' || i as id, i * i as n, timestamptz '2026-01-31 22:30:00+00' + to_seconds(i) as at, date '2026-01-01' + (i % 40)::integer as day from range(${from}, ${to}) t(i)`,
});

/** A table with appends, a merge, a compaction, an overwrite and a checkpoint in its past. */
async function damagedTable(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-damage-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  t.after(() => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const store = createFolderStore(path.join(folder, 'lake'));
  /** As a process that has just started sees it. */
  const open = () =>
    openTenantLake(store, engine, tenant).table('gold', must(parseTableName('fact')), {
      columns,
      notNull: ['id'],
      partitionBy: 'day',
    });
  await engine.session(async (session) => {
    const table = open();
    await table.append(session, rowsOf(0, 300));
    await table.append(session, rowsOf(300, 420), { properties: { cursor: '{"at":17}' } });
    await table.merge(session, rowsOf(400, 450), ['id'], { txn: { appId: 'x', version: 3 } });
    await table.checkpoint();
    for (let i = 0; i < 4; i++) await table.append(session, rowsOf(500 + i * 10, 510 + i * 10));
    await table.compact(session, { minFiles: 3 });
    await table.overwrite(session, rowsOf(31, 35), { partitions: ['2026-02'] });
  });
  const root = path.join(folder, 'lake/tenant-acme-corp/gold/fact');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(parquet|json)$|_last_checkpoint$/.test(name))
    .map((name) => path.join(root, name));
  /** Everything that a reader can be told: rows, a pruned scan, one partition, the cursor, an older version. */
  const answer = async (): Promise<string> => {
    const table = open();
    const select = 'select count(*) as rows, bit_xor(hash(id, n, "at", "day"))::varchar as content';
    const over = async (of: { readonly sql: string }) => engine.query(`${select} from (${of.sql})`);
    const within = await table.scan(undefined, undefined, { column: 'n', min: 10_000, max: 40_000 });
    return JSON.stringify([
      await over(await table.scan()),
      await engine.query(`${select} from (${within.sql}) where n between 10000 and 40000`),
      await over(await table.scan(undefined, ['2026-01'])),
      await over(await table.scan(1)),
      (await table.state()).properties,
    ]);
  };
  return { files, answer };
}

export async function damageTable(t: TestContext, trials: number, seed: number): Promise<void> {
  const { files, answer } = await damagedTable(t);
  const right = await answer();
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const kindOf = (file: string) =>
    /_last/.test(file)
      ? 'pointer'
      : /checkpoint/.test(file)
        ? 'checkpoint'
        : /json$/.test(file)
          ? 'log entry'
          : 'parquet';
  const figures: Record<string, { right: number; refused: number }> = {};
  for (let trial = 0; trial < trials; trial++) {
    const file = files[trial % files.length] ?? '';
    const before = readFileSync(file);
    const isTorn = trial % 5 === 4;
    const bit = random(before.length * 8);
    if (isTorn) truncateSync(file, bit >> 3);
    else {
      const flipped = Buffer.from(before);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, flipped);
    }
    const what = `${kindOf(file)} ${isTorn ? 'torn' : 'flipped'}`;
    const figure = figures[what] ?? { right: 0, refused: 0 };
    figures[what] = figure;
    try {
      const told = await answer();
      assert.equal(told, right, `a wrong answer: ${what} at bit ${bit} of ${path.basename(file)}`);
      figure.right += 1;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      assert.notEqual(error.code, 'INTERNAL', `${what} at bit ${bit} has no fault of its own: ${String(error.cause)}`);
      figure.refused += 1;
    }
    writeFileSync(file, before);
    // DuckDB keeps what it read of a file while the file's time is the same second: nobody mends a file so fast but a test.
    const mended = Math.ceil(Date.now() / 1000) + trial;
    utimesSync(file, mended, mended);
  }
  assert.equal(await answer(), right, 'mended, it is as before');
  t.diagnostic(`${trials} trials over ${files.length} files: 0 wrong answers; ${JSON.stringify(figures)}`);
}
