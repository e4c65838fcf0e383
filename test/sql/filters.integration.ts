// Conditions that only PostgreSQL decides, over counts of different people: by every way that a client may send them, and never of two releases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@tessera/base';
import { ofOneRelease } from '../../sql-api/door/session/statement.ts';
import { codeOf, rowsOf } from './open-door.ts';
import { client, open, useDoor } from './use-door.ts';

useDoor();

const measures = 'outcome, measure(distinct_users)::int, measure(login_failure_rate_pct)';
const ask = (where: string) => `select ${measures} from auth_attempts where ${where} group by 1 order by 1`;

test('one text, parameters, EXECUTE and a cursor give the same as a filter that REST has, too', async () => {
  const expected = await rowsOf(client, ask("country = 'US'"));
  assert.ok(expected.length > 1);
  assert.deepEqual(await rowsOf(client, ask("lower(country) = 'us'")), expected);
  for (const [where, value] of [
    ['upper(country) = upper($1)', 'us'],
    ['country like $1', 'U%'],
    ['left(country, $1) = $2::text', 1],
    ['country = any($1)', ['US', 'nowhere']],
    ['country is not distinct from $1', 'US'],
  ] as const) {
    const values = where.includes('$2') ? [value, 'U'] : [value];
    const { rows } = await client.query({ text: ask(where), values: [...values], rowMode: 'array' });
    assert.deepEqual(rows, expected, where);
    // The same statement again, by its name.
    for (let i = 0; i < 2; i += 1) {
      const named = { name: `by ${where}`.slice(0, 60), text: ask(where), values: [...values] };
      assert.deepEqual((await client.query({ ...named, rowMode: 'array' })).rows, expected, where);
    }
  }
  await client.query(`prepare chosen (text, int) as ${ask('country like $1 and length(country) = $2')}`);
  for (let i = 0; i < 2; i += 1) assert.deepEqual(await rowsOf(client, "execute chosen('U%', 2)"), expected);
  assert.deepEqual(await rowsOf(client, "execute chosen('x%', 2)"), []);
  await client.query('begin');
  await client.query(`declare c cursor for ${ask("country like 'U%'")}`);
  assert.deepEqual(await rowsOf(client, 'fetch all from c'), expected);
  await client.query('rollback');
  const plan = (await rowsOf(client, `explain ${ask("country like 'U%'")}`)).map(String);
  assert.match(plan.join('\n'), /"operator":"equals","values":\["US"\]/);
});

test('where the condition itself fails, its statement does, and the session goes on', async () => {
  const failing = 'measure(distinct_users) from auth_attempts where country::int = 1';
  assert.equal(await codeOf(client.query(`select ${failing}`)), '22P02');
  assert.equal(await codeOf(client.query(`select ${failing} and outcome <> $1`, ['x'])), '22P02');
  assert.deepEqual(await rowsOf(client, 'select 1'), [[1]]);
  await client.query('begin');
  assert.equal(await codeOf(client.query(`select ${failing}`)), '22P02');
  assert.equal(await codeOf(client.query('select 1')), '25P02');
  await client.query('rollback');
});

test('values and answers are of one release, or nothing is shown: 40001', async () => {
  const { semanticLayer } = open.served;
  let releases = 0;
  const needs = { layer: { ...semanticLayer, version: () => String(releases) } };
  const caller = { access: {} };
  const run = (choices: readonly object[], work: () => Promise<number>, reads: readonly object[] = [{}]) =>
    ofOneRelease(needs as never, caller as never, { choices, reads } as never, work);
  const publish = async () => {
    releases += 1;
    return releases;
  };
  await assert.rejects(run([{}], publish), (error) => error instanceof Fault && error.sqlstate === '40001');
  assert.equal(await run([{}], async () => 7), 7);
  // Views that are joined, or beside each other.
  await assert.rejects(run([], publish, [{}, {}]), { code: 'SQL_RELEASE_CHANGED' });
  // Without a choice the one question is of one release anyway.
  assert.equal(await run([], publish), 3);
});
