// Answers of many rows over the SQL door: the same rows as plain SQL of the gold table gives, in parts, with cursors, limits, cancel and refusals.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { goldTables } from '@tessera/transforms/gold-meta';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { acme, type GoldCopy } from '../cube/served-tenants.ts';
import { cancelledInTheMiddle, codeOf, openDoor, rowsOf } from './open-door.ts';
import { client, open, useDoor } from './use-door.ts';

const many = 104_000;

/** One row, made many: each instant is a group of its own. */
const fill =
  (rows: number) =>
  async (copy: GoldCopy, tenant: string): Promise<void> => {
    await copy.insert('fact_auth_attempt', [
      { attempt_id: `${tenant}-0`, started_on: '2026-01-01', started_at: '2026-01-01 00:00:00', outcome: 'success' },
    ]);
    const made: Readonly<Record<string, string>> = {
      attempt_id: `'${tenant}-' || i`,
      started_at: "timestamp '2026-01-01' + to_milliseconds(i * 60001)",
      outcome: "['success', 'failure', 'denied', 'abandoned'][1 + (i * 7) % 4]",
      department: `[NULL, 'O''Hara', 'näive', '${tenant}'][1 + (i * 5) % 4]`,
      is_known_user: 'i % 3 = 0',
    };
    const columns = Object.keys(goldTables.fact_auth_attempt.columns);
    const cells = columns.map((name) => made[name] ?? name).join(', ');
    await copy.driver.query(
      `INSERT INTO fact_auth_attempt (${columns.join(', ')}) SELECT ${cells} FROM fact_auth_attempt, range(1, ${rows}) r(i)`,
      [],
    );
  };

useDoor({ fill: fill(many) });

const grouped =
  'select started_at, outcome, department, is_known_user, measure(attempt_count) as n from auth_attempts group by 1, 2, 3, 4';
const plain =
  "SELECT strftime(started_at, '%Y-%m-%d %H:%M:%S.%g') AS started_at, outcome, department, is_known_user FROM fact_auth_attempt ORDER BY started_at";

async function expected(): Promise<string[]> {
  const rows = (await open.served.copies.get(acme)?.driver.query<Record<string, unknown>>(plain, [])) ?? [];
  return rows.map(({ started_at, outcome, department, is_known_user }) =>
    JSON.stringify([String(started_at).replace(/\.?0+$/, ''), outcome, department, is_known_user ? 't' : 'f', '1']),
  );
}
/** As PostgreSQL writes them, whatever the client would make of them. */
const asText = { types: { getTypeParser: () => String } } as unknown as pg.QueryConfig;
const told = (rows: readonly unknown[][]) =>
  rows.map(([at, ...rest]) =>
    JSON.stringify([
      String(at)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, ''),
      ...rest,
    ]),
  );

const digest = (lines: readonly string[]) => createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');

test('more than 100,000 rows are those of plain SQL, in the simple and in the extended protocol', async () => {
  const wanted = digest(await expected());
  for (const values of [undefined, ['abandoned', 'success', 'failure', 'denied']]) {
    const text = values ? grouped.replace(' group', ' where outcome in ($1, $2, $3, $4) group') : grouped;
    const { rows } = await client.query({ ...asText, text, values, rowMode: 'array' } as pg.QueryArrayConfig);
    assert.equal(rows.length, many);
    assert.equal(digest(told(rows)), wanted);
  }
});

test('their order is the order that was asked for, and LIMIT is what the client gets, also beyond the door’s own first question', async () => {
  for (const limit of [10_000, 10_001, 30_000]) {
    const rows = await rowsOf(client, `${grouped} order by started_at desc nulls last limit ${limit}`);
    assert.equal(rows.length, Math.min(limit, many));
    const times = rows.map(([at]) => Number(at));
    assert.ok(times.every((at, i) => i === 0 || at < (times[i - 1] ?? 0)));
  }
  // Rows as often as they are there, and conditions that stay with PostgreSQL.
  assert.equal((await rowsOf(client, 'select outcome from auth_attempts')).length, many);
  assert.equal((await rowsOf(client, 'select outcome from auth_attempts limit 50123')).length, 50_123);
  const residual = await rowsOf(
    client,
    `select started_at, upper(outcome), measure(attempt_count) from auth_attempts where outcome like 'd%' group by started_at, outcome`,
  );
  assert.equal(residual.length, many / 4);
  assert.ok(residual.every(([, outcome]) => outcome === 'DENIED'));
});

test('a portal is read some rows at a time, over the ends of parts, and given back before its end', async () => {
  await client.query('begin');
  const cursor = client.query(new Cursor(grouped, []));
  let seen = 0;
  for (const size of [1, 8_191, 1, 5_000, 20_000, 77]) {
    const rows = await cursor.read(size);
    assert.equal(rows.length, size);
    seen += rows.length;
  }
  while (seen < many) {
    const rows = await cursor.read(9_999);
    assert.ok(rows.length > 0);
    seen += rows.length;
  }
  assert.equal(seen, many);
  assert.equal((await cursor.read(10)).length, 0);
  await cursor.close();
  await client.query('commit');
  const early = client.query(new Cursor(grouped));
  assert.equal((await early.read(100)).length, 100);
  await early.close();
  assert.deepEqual(await rowsOf(client, 'select 1::int'), [[1]]);
});

test('one that is cancelled in its middle ends with 57014, and the session goes on', async () => {
  assert.equal(await cancelledInTheMiddle(open, client, grouped), '57014');
  assert.deepEqual(await rowsOf(client, 'select 1::int'), [[1]]);
});

test('more than the limit are refused, never cut; what needs PostgreSQL over all rows is refused beyond its own', async () => {
  const small = await openDoor({ fill: fill(12_000), limits: { largeRows: 11_000 } });
  try {
    const narrow = await small.connect();
    assert.equal(await codeOf(narrow.query(grouped)), '54000');
    assert.equal(await codeOf(narrow.query({ text: grouped, values: [] })), '54000');
    assert.equal((await rowsOf(narrow, `${grouped} limit 11000`)).length, 11_000);
    assert.deepEqual(await rowsOf(narrow, 'select 1::int'), [[1]]);
    await narrow.end();
  } finally {
    await small.close();
  }
  assert.equal(await codeOf(client.query(`select *, row_number() over () from (${grouped}) x`)), '54000');
});

test('a large answer is a line of the trail with its rows, beside that of the first question in one piece', async () => {
  const before = open.served.audit.length;
  await client.query(grouped);
  const lines = open.served.audit.slice(before).filter(({ action }) => action === 'query');
  assert.ok(lines.every(({ decision }) => decision === 'allowed'));
  assert.equal(lines.at(-1)?.rows, many);
});
