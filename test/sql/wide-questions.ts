// Generated questions of the forms that once went wrong: any aggregate, limits without an order, made keys, parameters, joins of views.
import fc from 'fast-check';

export interface Question {
  readonly door: string;
  readonly gold: string;
  readonly sorted: boolean;
  /** Any so many rows of those that gold gives. */
  readonly some?: number | undefined;
  /** Of `$1 …` in the door's text. */
  readonly values?: readonly (string | null)[];
}

const days = 'extract(day from started_at)::int';
const aggregates = [
  ...[
    'count(*)',
    'count(country)',
    'count(1)',
    'count(distinct outcome)',
    'count(null::int)',
    "count(nullif(country, 'US'))",
  ],
  ...[
    'sum(1)',
    `sum(${days})`,
    `sum(distinct ${days})`,
    'max(1)',
    'min(department)',
    'bool_or(is_known_user)',
    'bool_and(true)',
  ],
  ...[`bit_xor(${days})`, `bit_or(${days})`, `regr_count(${days}, ${days})`],
  ...["string_agg(country, ',' order by country)", "string_agg('x', ',' order by outcome)"],
];
const orderedSets = [
  `percentile_cont(0.5) within group (order by ${days})`,
  `percentile_disc(0.25) within group (order by ${days} desc)`,
];
const clauses = ['', '', " filter (where country = 'US')", ' filter (where is_known_user)', ' filter (where 1 = 0)'];
const keys = [
  ...['outcome', 'country', "date_trunc('week', started_at)::timestamp", "date_trunc('month', started_at)::timestamp"],
  ...['extract(year from started_at)::int', "extract(doy from date_trunc('week', started_at))::int", "'all'::varchar"],
  "date_trunc('year', date_trunc('week', date_trunc('month', started_at)))::timestamp",
];
const long = 'x'.repeat(1_001);
const filters = [
  ...['1 = 1', '1 = 0', "outcome = 'success'", "country = 'nowhere'", `country in ('US', '${long}')`],
  ...[`department not in ('IT', '${long}')`, "country ilike 'u%'", "started_on >= date '2025-09-01'"],
];
type Bound = readonly [text: string, values: readonly (string | null)[]];
/** With a parameter, and with what it is. */
const bound: readonly Bound[] = [
  ['country = $', ['US']],
  ['country in ($, $)', ['DE', 'us']],
  ['department <> $', ["O'Hara"]],
  ['department not in ($, $)', ['IT', null]],
  ['started_on >= $', ['2025-07-01']],
  ['started_at between $ and $', ['2025-05-01 12:00:00', '2026-02-28 23:59:59.5']],
  ['is_known_user = $', ['true']],
  ['extract(year from started_at) = $', ['2026']],
  ['upper(country) = $', ['US']],
];

const quoted = (value: string | null | undefined) => (value == null ? 'null' : `'${value.replaceAll("'", "''")}'`);

/** WHERE with `$1 …` for the door, and with literals for gold. */
function where(plain: readonly string[], withValues: readonly Bound[]) {
  const values: (string | null)[] = [];
  const door = [...plain];
  const gold = [...plain];
  for (const [text, given] of withValues) {
    const first = values.length;
    values.push(...given);
    const pieces = text.split('$');
    const filled = (value: (at: number) => string) =>
      pieces.map((piece, i) => (i === 0 ? piece : value(i - 1) + piece)).join('');
    door.push(filled((at) => `$${first + at + 1}`));
    gold.push(filled((at) => quoted(given[at])));
  }
  const clause = (list: readonly string[]) => (list.length === 0 ? '' : ` where ${list.join(' and ')}`);
  return { door: clause(door), gold: clause(gold), values };
}

const pick = <T>(list: readonly T[], maxLength: number, minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...list), { minLength, maxLength });

/** Groups and DISTINCT over made keys, with any aggregate, all rows or some of them. */
const wide: fc.Arbitrary<Question> = fc
  .record({
    by: pick(keys, 2),
    calls: fc.array(
      fc.oneof(
        fc.tuple(fc.constantFrom(...aggregates), fc.constantFrom(...clauses)).map((parts) => parts.join('')),
        fc.constantFrom(...orderedSets),
      ),
      { maxLength: 2 },
    ),
    plain: pick(filters, 2),
    bound: pick(bound, 1),
    distinct: fc.boolean(),
    some: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  })
  .map(({ by, calls, plain, bound: given, distinct, some }) => {
    const shown = [...by, ...calls];
    const list = (shown.length === 0 ? ['count(*)'] : shown).map((text, i) => `${text} as c${i}`).join(', ');
    const grouped = by.length > 0 && calls.length > 0 ? ` group by ${by.map((_, i) => i + 1).join(', ')}` : '';
    const conditions = where(plain, given);
    const head = `select ${by.length > 0 && (distinct || calls.length === 0) ? 'distinct ' : ''}${list}`;
    return {
      door: `${head} from auth_attempts${conditions.door}${grouped}${some === undefined ? '' : ` limit ${some}`}`,
      gold: `${head} from fact_auth_attempt${conditions.gold}${grouped}`,
      sorted: false,
      some,
      values: conditions.values,
    };
  });

/** Each view by itself, then joined. */
const joined: fc.Arbitrary<Question> = fc
  .record({ plain: pick(filters.slice(2), 2), outer: fc.boolean() })
  .map(({ plain, outer }) => {
    const conditions = where(plain, []);
    const left = (table: string, count: string) =>
      `(select department as d, ${count} as n from ${table}${conditions.door} group by 1) a`;
    const right = (table: string, count: string) =>
      `(select department as d, ${count} as n from ${table} group by 1) u`;
    const sides = `select a.d, a.n, u.n as m`;
    const apart = (l: string, r: string) => `${sides} from ${l} ${outer ? 'left ' : ''}join ${r} on a.d = u.d`;
    return {
      door: outer
        ? apart(left('auth_attempts', 'measure(attempt_count)'), right('users', 'measure(user_count)'))
        : `select a.department, measure(a.attempt_count), measure(u.user_count) from auth_attempts a join users u on a.department = u.department${conditions.door.replace(/\b(outcome|country|department|started_on)\b/g, 'a.$1')} group by 1`,
      gold: apart(left('fact_auth_attempt', 'count(*)'), right('dim_user', 'count(*)')),
      sorted: false,
    };
  });

/** An ordinal behind a star. */
const starred: fc.Arbitrary<Question> = fc
  .record({ plain: pick(filters, 2), most: fc.integer({ min: 0, max: 20 }), descending: fc.boolean() })
  .map(({ plain, most, descending }) => {
    const conditions = where(plain, []);
    const columns = 'outcome, country, department';
    const order = `order by ${[4, 1, 2, 3].map((at) => `${at} ${descending ? 'desc nulls last' : 'asc nulls first'}`).join(', ')} limit ${most}`;
    const render = (table: string) =>
      `select q.*, upper(country) as c from (select ${columns} from ${table}${conditions.door}) q ${order}`;
    return { door: render('auth_attempts'), gold: render('fact_auth_attempt'), sorted: true };
  });

export const wideQuestions: fc.Arbitrary<Question> = fc.oneof(
  { weight: 6, arbitrary: wide },
  { weight: 1, arbitrary: joined },
  { weight: 2, arbitrary: starred },
);
