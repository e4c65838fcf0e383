// An independent Delta implementation (delta-rs) reads what is written here, and what it writes is read here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openLab, tableName } from './testing/lab.ts';

const run = promisify(execFile);
const python = process.env.TESSERA_TEST_PYTHON ?? 'python3';
const has = await run(python, ['-c', 'import deltalake, pyarrow']).then(
  () => true,
  () => false,
);

const script = `
import sys, json, deltalake, pyarrow as pa
path = sys.argv[1]
t = deltalake.DeltaTable(path)
def rows(v):
    d = deltalake.DeltaTable(path, version=v)
    a = pa.table(d.to_pyarrow_table()) if hasattr(d, 'to_pyarrow_table') else pa.table(d)
    return sorted([[r['id'], r['n'], str(r['day']), r['at'].isoformat() if r['at'] else None, r['day_month']] for r in a.to_pylist()])
out = {'version': t.version(), 'now': rows(None), 'first': rows(0), 'partitions': [str(x) for x in t.metadata().partition_columns]}
print(json.dumps(out))
`;
const appendScript = `
import sys, datetime, deltalake, pyarrow as pa
z = pa.table({'id': ['rs'], 'n': pa.array([7], pa.int64()), 'day': pa.array([datetime.date(2026,3,1)]), 'at': pa.array([None], pa.timestamp('us', tz='UTC')), 'day_month': ['2026-03']})
deltalake.write_deltalake(sys.argv[1], z, mode='append')
`;

test('delta-rs and this room read each other', {
  skip: has ? false : 'python with deltalake and pyarrow is not installed',
}, async () => {
  const lab = await openLab();
  const options = {
    columns: { id: 'VARCHAR', n: 'BIGINT', day: 'DATE', at: 'TIMESTAMPTZ' },
    notNull: ['id'],
    partitionBy: 'day',
  };
  const table = lab.lake.table('gold', tableName('fact'), options);
  const path = join(lab.folder, 'lake/tenant-acme-corp/gold/fact');
  await lab.engine.session(async (s) => {
    const at = "timestamptz '2026-01-31 22:30:00.123456+00'";
    await table.append(s, { sql: `select 'a' as id, 1 as n, date '2026-01-31' as day, ${at} as at` });
    await table.merge(s, { sql: "select 'b' as id, 2 as n, date '2026-02-01' as day, null::timestamptz as at" }, [
      'id',
    ]);
    await table.merge(s, { sql: `select 'a' as id, 5 as n, date '2026-01-31' as day, ${at} as at` }, ['id'], {
      txn: { appId: 'x', version: 1 },
      properties: { cursor: '{"a": 1}' },
    });
    await table.checkpoint();
    await table.append(s, { sql: "select 'c' as id, 3 as n, date '2026-02-02' as day, null::timestamptz as at" });
  });
  const { stdout } = await run(python, ['-c', script, path]);
  assert.deepEqual(JSON.parse(stdout), {
    version: 3,
    now: [
      ['a', 5, '2026-01-31', '2026-01-31T22:30:00.123456+00:00', '2026-01'],
      ['b', 2, '2026-02-01', null, '2026-02'],
      ['c', 3, '2026-02-02', null, '2026-02'],
    ],
    first: [['a', 1, '2026-01-31', '2026-01-31T22:30:00.123456+00:00', '2026-01']],
    partitions: ['day_month'],
  });
  await run(python, ['-c', appendScript, path]);
  const ids = await lab.rows({ sql: `select id, n, day from (${(await table.scan()).sql})` });
  assert.deepEqual(ids.at(-1), { id: 'rs', n: 7, day: '2026-03-01' });
  // And goes on from there.
  await lab.engine.session((s) =>
    table.merge(s, { sql: "select 'rs' as id, 8 as n, date '2026-03-01' as day, null::timestamptz as at" }, ['id']),
  );
  assert.deepEqual(
    (await lab.rows(await table.scan(undefined, ['2026-03']))).map((r) => r.n),
    [8],
  );
  await lab.close();
});
