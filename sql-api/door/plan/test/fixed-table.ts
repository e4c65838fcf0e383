// A semantic layer over a fixed table in memory, exact by construction: what the planner's questions are answered with in tests.
import type { ColumnType, SemanticColumn, SemanticView } from '../../contract.ts';
import type { ReadQuery } from '../contract.ts';
import type { QueryFilter } from '../filter-parts.ts';
import { floor, type Granularity } from '../granularity.ts';

export interface Row {
  readonly id: number;
  readonly region: string | null;
  readonly platform: string | null;
  readonly is_open: boolean | null;
  readonly n: number | null;
  /** Milliseconds of UTC. */
  readonly at: number | null;
  readonly day_on: number;
  readonly local_on: number;
  readonly who: string;
  readonly cents: number;
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
export const table: readonly Row[] = Array.from({ length: 180 }, (_, i) => {
  const at = Date.UTC(2024, 10, 1) + i * 4 * 86_400_000 + (i % 7) * 3_723_017;
  return {
    id: i,
    region: pick(['north', 'South', null, 'east', 'née', "o'x%"], i * 7 + (i >> 3)),
    platform: pick(['mac', 'win', 'ios', null], i * 5 + (i >> 2)),
    is_open: pick([true, false, null, true, false], i * 3),
    n: pick([1, 2, 3, null, 10, -4], i * 11 + (i >> 4)),
    at: i % 17 === 0 ? null : at,
    day_on: Math.floor(at / 86_400_000) * 86_400_000,
    local_on: Math.floor(at / 86_400_000 + (i % 2)) * 86_400_000,
    who: pick(['ann', 'bob', 'cem', 'dia', 'eve'], i * i + i),
    cents: ((i * 7919) % 10_007) - 2000,
  };
});

export const column = (
  name: string,
  kind: SemanticColumn['kind'],
  type: ColumnType,
  more: Partial<SemanticColumn> = {},
): SemanticColumn => ({ name, kind, type, title: name, about: name, ...more });

const columns: readonly SemanticColumn[] = [
  column('orders', 'measure', 'int8', { additive: 'sum', aggregate: 'count' }),
  column('total', 'measure', 'float8', { additive: 'sum', aggregate: 'sum' }),
  column('open_pct', 'measure', 'float8', { aggregate: 'number' }),
  column('people', 'measure', 'int8', { aggregate: 'count_distinct' }),
  column('biggest', 'measure', 'float8', { additive: 'max', aggregate: 'max' }),
  column('region', 'dimension', 'text'),
  column('platform', 'dimension', 'text'),
  column('is_open', 'dimension', 'bool'),
  column('n', 'dimension', 'float8'),
  column('at', 'dimension', 'timestamp'),
  column('day_on', 'dimension', 'timestamp', { wholeDays: true }),
  column('local_on', 'dimension', 'date'),
];
export const view = (name: string, more: Partial<SemanticView>): SemanticView => ({
  name,
  title: name,
  about: name,
  columns,
  primaryKey: [],
  foreignKeys: [],
  rowCount: 'orders',
  ...more,
});

/** The same rows three times: without a key, with one, and without anything that counts rows. */
export const views: readonly SemanticView[] = [
  view('sales', {}),
  view('orders_by_id', { columns: [...columns, column('id', 'dimension', 'float8')], primaryKey: ['id'] }),
  view('uncounted', { rowCount: undefined }),
];

/** Plain SQL of each measure over the raw rows. */
export const measureSql: Readonly<Record<string, string>> = {
  orders: 'count(*)',
  total: 'sum(amount)::float8',
  open_pct: '(100 * count(*) filter (where is_open)::float8 / nullif(count(*), 0))',
  people: 'count(distinct who)',
  biggest: 'max(n)',
};

const iso = (at: number) => new Date(at).toISOString().slice(0, -1);
const literal = (value: unknown) => (value === null ? 'null' : `'${String(value).replaceAll("'", "''")}'`);

/** The same rows as a table of PostgreSQL. */
export const rawTableSql = `create table public.raw (id float8, region text, platform text, is_open bool, n float8, at timestamp, day_on timestamp, local_on date, who text, amount numeric);
insert into public.raw values ${table
  .map(
    (row) =>
      `(${[row.id, row.region, row.platform, row.is_open, row.n, row.at === null ? null : iso(row.at), iso(row.day_on), iso(row.local_on), row.who, row.cents / 100].map(literal).join(', ')})`,
  )
  .join(', ')};`;

export type Value = string | number | boolean | null;
type Name = Exclude<keyof Row, 'who' | 'cents'>;
/** Rows behind a view and what is measured of them. */
export interface Source<R = Readonly<Record<string, Value>>> {
  readonly rows: readonly R[];
  readonly measures: Readonly<Record<string, (rows: readonly R[]) => Value>>;
}

function dimension(row: Readonly<Record<string, Value>>, name: string, granularity: Granularity = 'raw'): Value {
  const value = row[name as Name] ?? null;
  if (name !== 'at' && name !== 'day_on' && name !== 'local_on') return value;
  return value === null ? null : iso(floor(value as number, granularity));
}

const measures: Readonly<Record<string, (rows: readonly Row[]) => Value>> = {
  orders: (rows) => rows.length,
  total: (rows) => (rows.length === 0 ? null : rows.reduce((sum, row) => sum + row.cents, 0) / 100),
  open_pct: (rows) => (rows.length === 0 ? null : (100 * rows.filter((row) => row.is_open).length) / rows.length),
  people: (rows) => new Set(rows.map((row) => row.who)).size,
  biggest: (rows) => {
    const known = rows.flatMap((row) => (row.n === null ? [] : [row.n]));
    return known.length === 0 ? null : Math.max(...known);
  },
};

const short = (member: string) => member.split('.')[1] ?? '';
const comparable = (value: Value) => (typeof value === 'boolean' ? String(value) : value);
const fold = (value: Value) => String(value).toLowerCase();

const operators: Readonly<Record<string, (value: Value, values: readonly string[]) => boolean>> = {
  set: (value) => value !== null,
  notSet: (value) => value === null,
  equals: (value, values) => value !== null && values.some((one) => same(value, one)),
  // As Cube has it: NULL passes.
  notEquals: (value, values) => value === null || !values.some((one) => same(value, one)),
  contains: (value, [text]) => value !== null && fold(value).includes(fold(text ?? '')),
  startsWith: (value, [text]) => value !== null && fold(value).startsWith(fold(text ?? '')),
  endsWith: (value, [text]) => value !== null && fold(value).endsWith(fold(text ?? '')),
  notContains: (value, [text]) => value === null || !fold(value).includes(fold(text ?? '')),
  notStartsWith: (value, [text]) => value === null || !fold(value).startsWith(fold(text ?? '')),
  notEndsWith: (value, [text]) => value === null || !fold(value).endsWith(fold(text ?? '')),
  gt: (value, [text]) => value !== null && Number(value) > Number(text),
  gte: (value, [text]) => value !== null && Number(value) >= Number(text),
  lt: (value, [text]) => value !== null && Number(value) < Number(text),
  lte: (value, [text]) => value !== null && Number(value) <= Number(text),
  beforeDate: (value, [text]) => value !== null && String(value) < String(text),
  beforeOrOnDate: (value, [text]) => value !== null && String(value) <= String(text),
  afterDate: (value, [text]) => value !== null && String(value) > String(text),
  afterOrOnDate: (value, [text]) => value !== null && String(value) >= String(text),
};
function same(value: Value, text: string): boolean {
  return typeof value === 'number' ? value === Number(text) : String(comparable(value)) === text;
}

function passes(filter: QueryFilter, get: (name: string) => Value): boolean {
  if ('and' in filter) return filter.and.every((one) => passes(one, get));
  if ('or' in filter) return filter.or.some((one) => passes(one, get));
  const { member, operator, values = [] } = filter as { member: string; operator: string; values?: (string | null)[] };
  const test = operators[operator];
  if (!test) throw new Error(`no operator ${operator}`);
  return test(get(short(member)), values.map(String));
}

export interface FixedAnswer {
  readonly columns: readonly string[];
  readonly values: readonly (readonly Value[])[];
  readonly rows: number;
}

/** @param others Views of other rows than the table's. */
export function ask({ query, ungrouped }: ReadQuery, others: Readonly<Record<string, Source>> = {}): FixedAnswer {
  const [member = ''] = [...(query.dimensions ?? []), ...(query.measures ?? [])];
  const source = others[member.split('.')[0] ?? ''] ?? { rows: table, measures };
  return answer(source as unknown as Source, query, ungrouped);
}

function answer({ rows: all, measures }: Source, query: ReadQuery['query'], ungrouped: boolean): FixedAnswer {
  type Row = (typeof all)[number];
  const isMeasureFilter = (filter: QueryFilter) => 'member' in filter && Object.hasOwn(measures, short(filter.member));
  const dimensions = [
    ...(query.dimensions ?? []).map((member) => ({ member, name: short(member), granularity: 'raw' as Granularity })),
    ...(query.timeDimensions ?? []).map(({ dimension: member, granularity }) => ({
      member: `${member}.${granularity}`,
      name: short(member),
      granularity: (granularity ?? 'raw') as Granularity,
    })),
  ];
  const filters = query.filters ?? [];
  const rows = all.filter((row) =>
    filters.filter((one) => !isMeasureFilter(one)).every((one) => passes(one, (name) => dimension(row, name))),
  );
  const groups = new Map<string, Row[]>();
  rows.forEach((row, i) => {
    const key = ungrouped
      ? String(i)
      : JSON.stringify(dimensions.map(({ name, granularity }) => dimension(row, name, granularity)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  });
  if (dimensions.length === 0 && groups.size === 0 && !ungrouped) groups.set('', []);
  const asked = (query.measures ?? []).map((member) => ({ member, compute: measures[short(member)]! }));
  let given = [...groups.values()]
    .filter((group) => filters.filter(isMeasureFilter).every((one) => passes(one, (name) => measures[name]!(group))))
    .map((group) => [
      ...dimensions.map(({ name, granularity }) => dimension(group[0]!, name, granularity)),
      ...asked.map(({ compute }) => compute(group)),
    ]);
  const names = [...dimensions.map(({ member }) => member), ...asked.map(({ member }) => member)];
  const order = Array.isArray(query.order) ? query.order : [];
  for (const [member, direction] of order.toReversed()) {
    const at = names.findIndex((name) => name === member || name.startsWith(`${member}.`));
    if (at < 0) throw new Error(`sorted by ${member}, which is not asked for`);
    given = given.toSorted((a, b) => compare(a[at] ?? null, b[at] ?? null, direction === 'desc' ? -1 : 1));
  }
  given = given.slice(0, query.limit ?? undefined);
  return { columns: names, values: names.map((_, i) => given.map((row) => row[i] ?? null)), rows: given.length };
}

/** As DuckDB sorts: NULL last both ways, texts by their bytes. */
function compare(a: Value, b: Value, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
