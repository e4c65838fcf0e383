// Generated questions, twice each: over semantic views, and in plain SQL over their raw rows.
import fc from 'fast-check';
import { measureSql } from './fixed-table.ts';

/** A piece of SQL twice: over a view, and over its raw rows. */
export interface Both {
  readonly door: string;
  readonly plain: string;
}
export const both = (text: string): Both => ({ door: text, plain: text });

export const keys: readonly Both[] = [
  'region',
  'platform',
  'is_open',
  "date_trunc('month', at)",
  "date_trunc('year', at)",
  "date_trunc('week', day_on)",
  'day_on',
  'local_on',
  'cast(at as date)',
  'extract(year from at)',
  "date_trunc('quarter', cast(at as date))",
  "to_char(at, 'YYYY-MM')",
  "date_part('month', day_on)",
  'upper(region)',
  "coalesce(platform, 'none')",
  "case when region = 'north' then 'n' else 'other' end",
  'n',
  "date_trunc('week', local_on)",
  'cast(local_on as text)',
  'extract(year from local_on)',
  "date_trunc('year', date_trunc('week', at))",
  "date_trunc('year', date_trunc('week', date_trunc('month', at)))",
  "extract(doy from date_trunc('week', at))",
  "to_char(date_trunc('week', at), 'YYYY-MM')",
  "extract(isoyear from date_trunc('month', day_on))",
  'n::text',
  "'all'::text",
].map(both);
export const exactKeys = keys.slice(0, 10);

export const of = (measure: string): string => measureSql[measure] ?? '';
export const measures: readonly Both[] = [
  { door: 'measure(orders)', plain: of('orders') },
  { door: 'COUNT(*)', plain: of('orders') },
  { door: 'count(1)', plain: of('orders') },
  { door: 'count(orders)', plain: of('orders') },
  { door: 'Sum(orders)', plain: 'count(*)::numeric' },
  { door: 'measure(total)', plain: of('total') },
  { door: 'sum(total)', plain: of('total') },
  { door: 'max(biggest)', plain: of('biggest') },
  { door: 'measure(biggest)', plain: of('biggest') },
  { door: 'sum(total) / nullif(count(*), 0)', plain: `${of('total')} / nullif(count(*), 0)` },
  {
    door: "sum(total) filter (where platform = 'mac')",
    plain: "(sum(amount) filter (where platform = 'mac'))::float8",
  },
  {
    door: 'sum(case when is_open then total else 0 end)',
    plain: 'sum(case when is_open then amount else 0 end)::float8',
  },
  ...['min(region)', 'max(at)', 'count(distinct platform)', 'count(region)', 'sum(n)', 'bool_or(is_open)'].map(both),
];
export const whole: readonly Both[] = [
  { door: 'measure(open_pct)', plain: of('open_pct') },
  { door: 'measure(people)', plain: of('people') },
  { door: 'count(distinct people)', plain: of('people') },
  { door: 'round(measure(open_pct)::numeric, 2)', plain: `round(${of('open_pct')}::numeric, 2)` },
];

export const pushable = [
  "region = 'north'",
  "region <> 'north'",
  "'South' = region",
  "region in ('north', 'east', null)",
  "region not in ('north', 'née')",
  "region not in ('north', null)",
  "region = 'o''x%'",
  'region is null',
  'platform is not null',
  'is_open',
  'not is_open',
  'is_open is not true',
  'is_open = false',
  'is_open is false',
  'n > 1',
  '2 >= n',
  'n between 1 and 3',
  'n not between 1 and 3',
  'n in (1, 10)',
  'n <> 10',
  "region ilike '%o%'",
  "region ilike 'NO%'",
  "region not ilike '%h'",
  "region like 'north'",
  "region like '%'",
  "at >= '2025-01-01'",
  "at < timestamp '2025-06-01 12:30:00'",
  "at between '2025-02-01' and date '2025-11-30'",
  "at not between '2025-02-01' and '2025-11-30'",
  "date_trunc('month', at) = '2025-03-01'",
  "date_trunc('month', at) > '2025-03-10'",
  "date_trunc('quarter', at) in ('2025-01-01', '2025-04-01', '2025-04-02')",
  "cast(at as date) <= '2025-07-04'",
  'extract(year from at) = 2025',
  'extract(year from at) <> 2025',
  "date_part('year', at) < 2025.5",
  "day_on >= date '2025-09-01' - interval '3 months'",
  "at < to_date('2025-08', 'YYYY-MM')",
  '1 = 1',
  '1 = 0',
  `region in ('north', '${'x'.repeat(1_001)}')`,
  "day_on = '2025-01-04'",
  "local_on >= '2025-01-04'",
  "local_on between '2025-01-04' and '2025-12-01 13:00'",
  "date_trunc('month', local_on) = '2025-03-01'",
  "local_on < date '2025-09-01' + 20",
];
export const others = [
  "upper(region) = 'NORTH'",
  "region like 'n%'",
  'length(platform) = 3',
  'extract(month from at) = 3',
  "region || 'x' = 'northx'",
  'n * 2 > 4',
  "region > 'f'",
  'n = any(array[1, 2])',
];

const condition = (leaves: readonly string[]): fc.Arbitrary<string> => {
  const leaf = fc.constantFrom(...leaves);
  return fc.oneof(
    { weight: 6, arbitrary: leaf },
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([a, b]) => `(${a} or ${b})`) },
    { weight: 1, arbitrary: leaf.map((a) => `not (${a})`) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf, leaf).map(([a, b, c]) => `not (${a} and (${b} or not ${c}))`) },
  );
};
export const where = (leaves: readonly string[]) =>
  fc
    .array(condition(leaves), { maxLength: 3 })
    .map((list) => (list.length === 0 ? '' : ` where ${list.join(' and ')}`));

export const view = fc.constantFrom('sales', 'orders_by_id', 'uncounted');
/** The wrappers that BI tools put around a table. */
const wraps: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `public."${name}" as t`,
  (name) => `(select * from ${name}) t`,
  (name) =>
    `(select region, platform, is_open, n, at, day_on, local_on, ${name === 'raw' ? 'amount, who' : 'orders, total, open_pct, people, biggest'} from "${name}") "q"`,
  (name) => `(select * from (select * from ${name} where platform is not null) a) b`,
];

export const sub = <T>(list: readonly T[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...list), { maxLength });

export interface Question {
  readonly door: string;
  readonly plain: string;
  /** The order of its rows matters. */
  readonly sorted: boolean;
  /** Any so many rows of those that plain SQL gives. */
  readonly some?: number;
}

export const grouped = (
  leaves: readonly string[],
  by: readonly Both[],
  values: readonly Both[],
): fc.Arbitrary<Question> =>
  fc
    .record({
      view,
      wrap: fc.constantFrom(...wraps),
      by: sub(by, 2),
      values: sub(values, 3),
      where: where(leaves),
      ending: fc.constantFrom(
        '',
        '',
        ' limit',
        ' having',
        ' distinct',
        ' window',
        ' union',
        ' cte',
        ' outer',
        ' rollup',
        ' exists',
        ' join',
      ),
      most: fc.integer({ min: 0, max: 7 }),
      skip: fc.integer({ min: 0, max: 2 }),
      descending: fc.boolean(),
    })
    .map((made) => {
      const render = (side: 'door' | 'plain'): string => {
        const table = side === 'door' ? made.view : 'raw';
        const shown = [...made.by, ...made.values].map((one) => one[side]);
        if (shown.length === 0) shown.push(side === 'door' ? 'measure(orders)' : of('orders'));
        const list = shown.map((text, i) => `${text} as c${i}`).join(', ');
        const group = made.by.length === 0 ? '' : ` group by ${made.by.map((_, i) => i + 1).join(', ')}`;
        const source = made.wrap(table);
        const core = `select ${list} from ${source}${made.where}${group}`;
        const all = shown
          .map((_, i) => `${i + 1}${made.descending ? ' desc' : ''}${i % 2 ? ' nulls last' : ''}`)
          .join(', ');
        const endings: Readonly<Record<string, string>> = {
          '': core,
          ' limit': `${core} order by ${all} limit ${made.most} offset ${made.skip}`,
          ' having': `${core} having ${side === 'door' ? 'measure(orders)' : 'count(*)'} > 4`,
          ' distinct': `select distinct c0 from (${core}) x`,
          ' window': `select x.*, row_number() over (order by ${shown.map((_, i) => `c${i}`).join(', ')}), count(*) over () from (${core}) x`,
          ' union': `${core} union all ${core.replace('select ', 'select ')}`,
          ' cte': `with x as (${core}), y as (select * from x) select y.*, (select count(*) from x) as many from y`,
          ' outer': `select count(*), count(c0) from (${core}) x where c0 is not null`,
          ' rollup':
            made.by.length === 0
              ? core
              : `select ${list} from ${source}${made.where} group by rollup (${made.by.map((one) => one[side]).join(', ')})`,
          ' exists': `select 1 as one where exists (select 1 from ${table}${made.where}) and 3 > (select count(*) from ${table} where region = 'none')`,
          ' join': `select x.*, k.w from (${core}) x left join (values ('north', 1), ('east', 2)) k(r, w) on k.r = x.c0::text`,
        };
        return endings[made.ending]!;
      };
      return { door: render('door'), plain: render('plain'), sorted: made.ending === ' limit' };
    });

const dims = ['region', 'platform', 'is_open', 'n', 'at', 'day_on', 'local_on'];
export const scanned = (leaves: readonly string[]): fc.Arbitrary<Question> =>
  fc
    .record({
      view,
      wrap: fc.constantFrom(...wraps),
      shown: sub([...dims, 'upper(region)', 'n + 1', "date_trunc('month', at)", "case when n > 1 then 'many' end"], 3),
      where: where(leaves),
      distinct: fc.boolean(),
      most: fc.option(fc.integer({ min: 0, max: 9 })),
      descending: fc.boolean(),
    })
    .map((made) => {
      const shown = made.shown.length === 0 ? ['region'] : made.shown;
      const order =
        made.most === null
          ? ''
          : ` order by ${shown.map((_, i) => `${i + 1}${made.descending ? ' desc nulls last' : ''}`).join(', ')} limit ${made.most}`;
      const render = (table: string) =>
        `select ${made.distinct ? 'distinct ' : ''}${shown.join(', ')} from ${made.wrap(table)}${made.where}${order}`;
      return { door: render(made.view), plain: render('raw'), sorted: made.most !== null };
    });
