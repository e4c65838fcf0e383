// Generated questions, asked over the wire of views and in plain SQL of the gold tables: what the differential tests of the whole door share.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import pg from 'pg';
import { acme, type GoldCopy, type Values } from '../cube/served-tenants.ts';
import { fillProjects, joinedQuestions } from './joined-questions.ts';
import { openDoor, rowsOf } from './open-door.ts';
import { type Question, wideQuestions } from './wide-questions.ts';

/** A number from a seed (mulberry32), so that the rows are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
const two = (n: number) => String(n).padStart(2, '0');
const outcomes = ['success', 'success', 'failure', 'denied', 'locked', 'abandoned'];
const departments = ['IT', "O'Hara", 'Ops 100%', 'näive', null];
const countries = ['US', 'DE', 'IN', 'us', null];

async function fill(copy: GoldCopy, tenant: string): Promise<void> {
  const below = numbers(tenant === acme ? 1 : 2);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const attempts = Array.from({ length: 400 }, (_, i): Values => {
    const day = `202${5 + below(2)}-${two(1 + below(12))}-${two(1 + below(28))}`;
    return {
      attempt_id: `${tenant}-${i}`,
      started_on: day,
      started_at: `${day} ${two(below(24))}:${two(below(60))}:${two(below(60))}.${below(2) ? '000' : '123'}`,
      outcome: one(outcomes),
      department: one(departments),
      country: one(countries),
      is_known_user: below(2) === 0,
      user_key: `u${below(30)}`,
    };
  });
  await copy.insert('fact_auth_attempt', attempts);
  const people = Array.from({ length: 40 }, (_, i): Values => ({ user_key: `u${i}`, department: one(departments) }));
  await copy.insert('dim_user', people);
  await fillProjects(copy, below);
}

interface Both {
  readonly door: string;
  readonly gold: string;
}
const both = (text: string, gold = text): Both => ({ door: text, gold });
const where = (outcome: string) => `count(*) filter (where outcome in (${outcome}))`;
const failed = where("'failure', 'denied', 'locked'");
const decided = where("'success', 'failure', 'denied', 'locked'");
const adding: readonly Both[] = [
  both('measure(attempt_count)', 'count(*)'),
  both('count(*)'),
  both('sum(attempt_count)', 'count(*)'),
  both('measure(success)', where("'success'")),
  both('sum(failed_attempts)', failed),
  both('measure(decided_attempts)', decided),
  both('sum(success) + sum(denied)', where("'success', 'denied'")),
  both("sum(attempt_count) filter (where country = 'US')", "count(*) filter (where country = 'US')"),
  both(
    'sum(case when is_known_user then success else 0 end)',
    "sum(case when is_known_user and outcome = 'success' then 1 else 0 end)",
  ),
  both('min(country)'),
  both('max(started_at)'),
  both('count(distinct department)'),
];
const whole: readonly Both[] = [
  ...adding.slice(0, 6),
  both('measure(distinct_users)', 'count(distinct user_key)'),
  both('count(distinct distinct_users)', 'count(distinct user_key)'),
  both('measure(login_failure_rate_pct)', `100.0 * ${failed} / nullif(${decided}, 0)`),
];
const plainKeys = [
  ...['outcome', 'country', 'department', 'is_known_user', 'started_on'].map((name) => both(name)),
  both("date_trunc('month', started_on)::date", "date_trunc('month', started_on)::date"),
  both("date_trunc('quarter', started_at)", "date_trunc('quarter', started_at)::timestamp"),
  both("date_trunc('week', started_at)", "date_trunc('week', started_at)::timestamp"),
  both("date_trunc('year', started_on)::date", "date_trunc('year', started_on)::date"),
  both('cast(started_at as date)'),
  both('extract(year from started_on)::int'),
];
const madeKeys = [
  both('upper(country)'),
  both("coalesce(department, 'none')"),
  both("case when outcome = 'success' then 'in' else 'out' end"),
  both('extract(month from started_at)::int'),
];
const filters = [
  "outcome = 'success'",
  "outcome <> 'success'",
  "country in ('US', 'DE')",
  "country not in ('US')",
  'country is null',
  'department is not null',
  'is_known_user',
  'not is_known_user',
  'is_known_user is not true',
  "department ilike '%o%'",
  "department = 'O''Hara'",
  "department = 'Ops 100%'",
  "department = 'näive'",
  "started_on >= date '2025-06-01'",
  "started_on between date '2025-03-01' and date '2026-03-31'",
  "started_at < timestamp '2026-01-15 12:30:00'",
  "started_at > timestamp '2025-11-15 12:30:00.5'",
  "date_trunc('month', started_on) = timestamp '2025-05-01'",
  'extract(year from started_at) = 2026',
  "started_on >= date '2026-01-01' - interval '3 months'",
];
const leftFilters = [
  "upper(country) = 'US'",
  "department like 'O%'",
  'length(country) = 2',
  'extract(month from started_on) = 3',
];

function questions(
  keys: readonly Both[],
  measures: readonly Both[],
  leaves: readonly string[],
): fc.Arbitrary<Question> {
  const leaf = fc.constantFrom(...leaves);
  const condition = fc.oneof(
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([a, b]) => `(${a} or ${b})`) },
    { weight: 1, arbitrary: leaf.map((a) => `not (${a})`) },
  );
  return fc
    .record({
      by: fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 2 }),
      values: fc.uniqueArray(fc.constantFrom(...measures), { minLength: 1, maxLength: 3 }),
      where: fc.array(condition, { maxLength: 3 }),
      ending: fc.constantFrom('', '', 'limit', 'having', 'window', 'union', 'cte', 'distinct', 'join'),
      most: fc.integer({ min: 0, max: 6 }),
      descending: fc.boolean(),
    })
    .map(({ by, values, where: list, ending, most, descending }) => {
      const render = (side: 'door' | 'gold') => {
        const table = side === 'door' ? 'auth_attempts' : 'fact_auth_attempt';
        const shown = [...by, ...values].map((one, i) => `${one[side]} as c${i}`).join(', ');
        const group = by.length > 0 ? ` group by ${by.map((_, i) => i + 1).join(', ')}` : '';
        const core = `select ${shown} from ${table}${list.length > 0 ? ` where ${list.join(' and ')}` : ''}${group}`;
        const all = [...by, ...values].map((_, i) => `c${i}`);
        const order = all.map((name) => `${name} ${descending ? 'desc nulls last' : 'asc nulls first'}`).join(', ');
        const endings: Readonly<Record<string, string>> = {
          '': core,
          limit: `select * from (${core}) q order by ${order} limit ${most}`,
          having: `${core} having ${side === 'door' ? 'measure(attempt_count)' : 'count(*)'} > 9`,
          window: `select q.*, row_number() over (order by ${all.map((name) => `${name} nulls first`).join(', ')}) as n from (${core}) q`,
          union: `${core} union all ${core}`,
          cte: `with q as (${core}), r as (select count(*) as many from q) select q.*, r.many from q, r`,
          distinct: `select distinct c0 from (${core}) q`,
          join: `select q.*, k.w from (${core}) q left join (values ('US', 1), ('success', 2)) k(r, w) on k.r = cast(q.c0 as varchar)`,
        };
        return endings[ending] ?? core;
      };
      return { door: render('door'), gold: render('gold'), sorted: ending === 'limit' };
    });
}

/** Cells as both engines mean them: numbers to the last digit, times without a fraction of nothing. */
function cell(value: unknown): string | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const said = value instanceof Date ? value.toISOString() : String(value);
  // Never through a number of JavaScript: 17 digits are not 16.
  if (/^-?\d+(\.\d+)?$/.test(said))
    return said
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
      .replace(/^-0$/, '0');
  return said
    .replace('T', ' ')
    .replace(/Z$/, '')
    .replace(/( 00:00:00)?(\.0+)?$/, '');
}
const canonical = (rows: readonly (readonly unknown[])[], sorted: boolean) => {
  const texts = rows.map((row) => JSON.stringify(row.map(cell)));
  return sorted ? texts : texts.toSorted();
};

/** How a text is sent: in one message, prepared with its values, or as a cursor that is read in pieces. */
type Way = 'simple' | 'extended' | 'cursor';
async function sent(client: pg.Client, way: Way, text: string, values: readonly unknown[]): Promise<unknown[][]> {
  if (way !== 'cursor') return rowsOf(client, text, values.length > 0 || way === 'extended' ? values : undefined);
  await client.query('begin');
  try {
    await client.query({ text: `declare c no scroll cursor for ${text}`, values: values as unknown[] });
    const rows = await rowsOf(client, 'fetch 3 from c');
    return [...rows, ...(await rowsOf(client, 'fetch all from c'))];
  } finally {
    await client.query('rollback');
  }
}

function check(given: readonly unknown[][], expected: readonly unknown[][], { sorted, some }: Question, said: string) {
  const [mine, theirs] = [canonical(given, sorted), canonical(expected, sorted)];
  if (some === undefined) return assert.deepEqual(mine, theirs, said);
  assert.equal(mine.length, Math.min(some, theirs.length), said);
  for (const row of mine) {
    const at = theirs.indexOf(row);
    assert.ok(at >= 0, `${said}\n${row}`);
    theirs.splice(at, 1);
  }
}

/** Asks so many of each kind; gives how many were refused. Fails at the first wrong answer, and at an error that is no refusal. */
export async function askBoth(adds: number, wholes: number, wides: number, joins: number): Promise<number> {
  // Dates come as texts: a time without a zone is no moment.
  for (const oid of [1082, 1114]) pg.types.setTypeParser(oid, (text) => text);
  const open = await openDoor({ fill });
  // Longer than all questions take: a session ends with its token.
  const client = await open.connect(acme, { lifetime: '1h' });
  const copy = open.served.copies.get(acme);
  assert.ok(copy);
  let refused = 0;
  const ways = fc.constantFrom<Way[]>('simple', 'extended', 'cursor');
  const compare = (all: fc.Arbitrary<Question>, numRuns: number, seed: number) =>
    fc.assert(
      fc.asyncProperty(all, ways, async (question, way) => {
        const { door, gold, values = [] } = question;
        const given = await sent(client, way, door, values).catch((error: Error & { code?: string }) => {
          if (error.code !== '0A000') throw new Error(`${door}\n${error.code} ${error.message}`);
          refused += 1;
          return undefined;
        });
        if (!given) return;
        const rows = (await copy.driver.query(gold, [])) as Record<string, unknown>[];
        const expected = rows.map((row) => Object.values(row));
        check(given, expected, question, `${way} ${door} ${values}\n${gold}`);
      }),
      { numRuns, seed },
    );
  try {
    await compare(questions([...plainKeys, ...madeKeys], adding, [...filters, ...leftFilters]), adds, 11);
    await compare(questions(plainKeys, whole, filters), wholes, 12);
    await compare(wideQuestions, wides, 13);
    await compare(joinedQuestions, joins, 14);
    return refused;
  } finally {
    await client.end();
    await open.close();
  }
}
