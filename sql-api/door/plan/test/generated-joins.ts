// Generated questions over a view joined with views that it refers to, and the same in plain SQL over the raw rows.
import fc from 'fast-check';
import { type Both, both, type Question, sub } from './generated-questions.ts';

/** FROM, with `$fact`, `$regions` and `$shops`; and the names by which the rest of the statement knows the columns of each. */
interface Joined {
  readonly from: string;
  readonly names: Readonly<Record<'s' | 'r' | 'p', string | undefined>>;
  /** Added to WHERE. */
  readonly where?: string;
}
const apart = { s: 's', r: 'r', p: undefined };
const all = { s: 's', r: 'r', p: 'p' };
const shopKey = 's.region = p.region and p.platform = s.platform';
const one = (from: string, names: Joined['names'] = apart): Joined => ({ from, names });
const columns = 'region, platform, is_open, n, at';
const outerColumns = columns.replace(/\w+/g, '"$Outer".$&');

const joins: readonly Joined[] = [
  one('$fact s left join $regions r on s.region = r.region'),
  one('$fact s join $regions r on r.region = s.region'),
  one('$regions r right join $fact s on s.region = r.region'),
  one('$regions r inner join $fact s using (region)'),
  one('$fact s left join $regions r using (region)'),
  one('$regions r left join $fact s on s.region = r.region'),
  one('$fact s full join $regions r on s.region = r.region'),
  { ...one('$fact s, $regions r'), where: 's.region = r.region' },
  { ...one('$fact s cross join $regions r'), where: 'r.region = s.region' },
  one('$fact s left join $regions r on s.region = r.region or (s.region is null and r.region is null)'),
  one('$fact s join $regions r on s.region is not distinct from r.region'),
  one("$fact s left join $regions r on s.region = r.region and r.zone = 'warm'"),
  one('$fact s left join $regions r on s.region = r.region and s.n > 1'),
  one('$fact s join $regions r on s.region = r.region and r.size > s.n'),
  one(`$fact s left join $regions r on s.region = r.region left join $shops p on ${shopKey}`, all),
  one(`$fact s join $regions r on s.region = r.region join $shops p on ${shopKey}`, all),
  one('$regions r join $fact s using (region) left join $shops p using (region, platform)', {
    ...all,
    p: undefined,
  }),
  one(`$fact s join $shops p on ${shopKey} left join $regions r on p.region = r.region`, all),
  one(`$fact s left join ($shops p join $regions r on p.region = r.region) on ${shopKey}`, all),
  one('$fact s left join $regions t on t.region = s.region left join $regions r on r.region = t.twin'),
  one(`($regions r left join $fact s on s.region = r.region) left join $shops p on ${shopKey}`, all),
  one('(select * from $fact where n is not null) s left join (select * from $regions) r on s.region = r.region'),
  one(
    `(select ${outerColumns}, $values, "$Inner".zone, "$Inner".size, "$Inner".region as other from (select * from $fact "$Table") "$Outer"
      left outer join (select region, zone, size from $regions "$Table") "$Inner" on ("$Outer".region = "$Inner".region)) "rows"`,
    { s: '"rows"', r: '"rows"', p: undefined },
  ),
  one(
    `(select ${outerColumns}, $values, "$Inner".zone, "$Inner".size from (select * from $fact "$Table" where n > 0) "$Outer"
      inner join (select * from $regions "_" where "_".size = 3 and "_".zone is not null) "$Inner" on ("$Outer".region = "$Inner".region)
      where "$Outer".is_open) "q"`,
    { s: 'q', r: 'q', p: undefined },
  ),
  one(
    `(select x.*, y.zone, y.size from $fact x, $regions y where x.region = y.region and y.size > 2) q left join $shops p on q.region = p.region and q.platform = p.platform`,
    { s: 'q', r: 'q', p: 'p' },
  ),
  one(
    `(select q.*, p.grade, p.seats from (select x.*, y.zone, y.size from $fact x left join $regions y on x.region = y.region) q left join $shops p on q.region = p.region and q.platform = p.platform) z`,
    { s: 'z', r: 'z', p: 'z' },
  ),
  one(
    `$fact s left join $regions r on s.region = r.region left join (values ('cold', 1), ('cold', 2)) k(z, w) on k.z = r.zone`,
  ),
];

const keys = [
  ...['r.zone', 's.platform', 's.region', 'r.size', "date_trunc('quarter', s.at)", 's.is_open', 'p.grade'],
  ...["coalesce(r.zone, 'none')", 'r.zone || s.platform', 'extract(year from s.at)', "r.size::text || 'x'"],
];
const exactKeys = ['s.region', 'r.zone', 'r.region', 's.platform', 'p.grade', "date_trunc('year', s.at)"];

const adding: readonly Both[] = [
  { door: 'measure(s.orders)', plain: 'count(s.id)' },
  both('count(*)'),
  { door: 'sum(s.orders)', plain: 'count(s.id)::numeric' },
  { door: 'count(s.orders)', plain: 'count(s.id)' },
  { door: 'measure(s.total)', plain: 'sum(s.amount)::float8' },
  { door: 'sum(s.total) / nullif(count(s.orders), 0)', plain: 'sum(s.amount)::float8 / nullif(count(s.id), 0)' },
  { door: 'max(s.biggest)', plain: 'max(s.n)' },
  {
    door: "sum(s.total) filter (where r.zone = 'warm')",
    plain: "(sum(s.amount) filter (where r.zone = 'warm'))::float8",
  },
  {
    door: 'sum(case when r.size > 3 then s.total else 0 end)',
    plain: 'sum(case when r.size > 3 then s.amount else 0 end)::float8',
  },
  ...['min(r.zone)', 'count(distinct r.zone)', 'max(p.seats)', 'bool_or(r.size > 3)', 'min(s.region)'].map(both),
];
const everyRow = [
  'sum(r.size)',
  'count(r.zone)',
  'count(s.region)',
  'sum(s.n)',
  "string_agg(r.zone, ',' order by r.zone)",
  'count(p.grade)',
].map(both);
const whole: readonly Both[] = [
  {
    door: 'measure(s.open_pct)',
    plain: '(100 * count(*) filter (where s.is_open)::float8 / nullif(count(s.id), 0))',
  },
  { door: 'measure(s.people)', plain: 'count(distinct s.who)' },
  { door: 'count(distinct s.people)', plain: 'count(distinct s.who)' },
];
const filters = [
  ...["r.zone = 'warm'", 'r.zone is null', 's.n > 1', "s.region <> 'north'", 'r.size > s.n', "p.grade = 'a'"],
  ...[
    "r.zone like 'c%'",
    '(s.is_open or r.size = 3)',
    "r.region in ('north', 'née', null)",
    '1 = 1',
    'r.size is not null',
  ],
];

/** `s.x` → `"rows".x`; what the FROM does not have is left out. */
const named = (text: string, { names }: Joined) =>
  text.replace(/\b([srp])\.(\w+)/g, (_, of: 's' | 'r' | 'p', name: string) => `${names[of]}.${name}`);
const has =
  ({ names }: Joined) =>
  (text: string) =>
    ![...text.matchAll(/\b([srp])\.(\w+)/g)].some(
      ([, of, name]) =>
        names[of as 's'] === undefined || (of !== 's' && name === 'region' && names[of as 'r'] === names.s),
    );

export const joinedViews = (exact: boolean): fc.Arbitrary<Question> =>
  fc
    .record({
      join: fc.constantFrom(...joins),
      fact: fc.constantFrom('sales', 'orders_by_id'),
      by: sub(exact ? exactKeys : keys, 3),
      values: sub(exact ? [...adding.slice(0, 7), ...whole] : [...adding, ...everyRow], 3),
      where: sub(filters, 2),
      ending: fc.constantFrom('', '', 'limit', 'having', 'distinct', 'outer', 'rollup'),
      most: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ join, fact, by: keysOf, values: chosen, where, ending, most }) => {
      const fits = has(join);
      const by = keysOf.filter(fits);
      const values = chosen.filter(({ door, plain }) => fits(door) && fits(plain));
      const render = (side: 'door' | 'plain') => {
        const tables = { fact: side === 'door' ? fact : 'raw', regions: side === 'door' ? 'regions' : 'raw_regions' };
        const shops = side === 'door' ? 'shops' : 'raw_shops';
        const inner = side === 'door' ? ['orders', 'total', 'biggest', 'open_pct', 'people'] : ['id', 'amount', 'who'];
        const from = join.from
          .replaceAll('$fact', tables.fact)
          .replaceAll('$regions', tables.regions)
          .replaceAll('$shops', shops)
          .replaceAll('$values', inner.map((name) => `"$Outer".${name}`).join(', '));
        const shown = [...by, ...values.map((value) => value[side])];
        if (shown.length === 0) shown.push(side === 'door' ? 'measure(s.orders)' : 'count(s.id)');
        const list = shown.map((text, i) => `${named(text, join)} as c${i}`).join(', ');
        const conditions = [
          ...(join.where ? [join.where] : []),
          ...where.filter(fits).map((text) => named(text, join)),
        ];
        const ordinals = by.map((_, i) => i + 1).join(', ');
        const group =
          by.length === 0
            ? ''
            : ` group by ${ending === 'rollup' ? `rollup (${by.map((text) => named(text, join)).join(', ')})` : ordinals}`;
        const core = `select ${list} from ${from}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}${group}`;
        const order = shown.map((_, i) => `${i + 1} nulls first`).join(', ');
        const endings: Readonly<Record<string, string>> = {
          limit: `${core} order by ${order} limit ${most}`,
          having: `${core} having ${named(side === 'door' ? 'measure(s.orders)' : 'count(s.id)', join)} > 4`,
          distinct: `select distinct ${by.length > 0 ? by.map((text) => named(text, join)).join(', ') : named('s.platform', join)} from ${from}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`,
          outer: `select "_".*, "_".c0 from (${core}) "_" where not "_".c0 is null limit 1000001`,
        };
        return endings[ending] ?? core;
      };
      return { door: render('door'), plain: render('plain'), sorted: ending === 'limit' };
    });
