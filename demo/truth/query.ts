// Answers a Cube query over plain rows, the slow and obvious way.
import { dayText } from '../zone.ts';

export interface TruthQuery {
  readonly measures: readonly string[];
  readonly dimensions?: readonly string[];
  readonly timeDimensions?: readonly {
    readonly dimension: string;
    readonly dateRange?: readonly [string, string];
    readonly granularity?: 'day' | 'week' | 'month';
  }[];
  readonly filters?: readonly {
    readonly member: string;
    readonly operator: 'equals' | 'set' | 'notSet';
    readonly values?: readonly string[];
  }[];
  readonly order: readonly (readonly [string, 'asc' | 'desc'])[];
  readonly timezone: 'UTC';
}

type Value = string | number | boolean | null;
export type AnswerRow = Readonly<Record<string, Value>>;

/** A view: its rows, whose properties are the dimensions (days as numbers), and its measures over any of them. */
export interface View<Row> {
  readonly rows: readonly Row[];
  readonly measures: Readonly<Record<string, (rows: readonly Row[]) => number | null>>;
}

const strip = (member: string) => member.slice(member.indexOf('.') + 1);

const cut = {
  day: (day: number) => day,
  week: (day: number) => day - ((((day + 3) % 7) + 7) % 7),
  month: (day: number) => day - new Date(day * 86_400_000).getUTCDate() + 1,
} as const;

export function answer<Row>(view: View<Row>, query: TruthQuery): AnswerRow[] {
  const read = (row: Row, name: string) => (row as Readonly<Record<string, Value | undefined>>)[name] ?? null;
  const times = (query.timeDimensions ?? []).map(({ dimension, dateRange, granularity }) => ({
    dimension,
    name: strip(dimension),
    granularity,
    within: dateRange?.map((text) => Date.parse(text) / 86_400_000),
  }));
  const filters = (query.filters ?? []).map(({ member, operator, values = [] }) => ({
    name: strip(member),
    operator,
    values,
  }));
  const dimensions = (query.dimensions ?? []).map((member) => ({ member, name: strip(member) }));
  const kept = (row: Row) =>
    times.every(({ name, within }) => {
      if (within === undefined) return true;
      const day = read(row, name);
      return typeof day === 'number' && day >= (within[0] ?? day) && day <= (within[1] ?? day);
    }) &&
    filters.every(({ name, operator, values }) => {
      const value = read(row, name);
      if (operator === 'equals') return value !== null && values.includes(String(value));
      return (value === null) === (operator === 'notSet');
    });
  const groups = new Map<string, { readonly head: Record<string, Value>; readonly rows: Row[] }>();
  for (const row of view.rows) {
    if (!kept(row)) continue;
    const periods = times.map(({ name, granularity }) => {
      const day = granularity && read(row, name);
      return granularity && typeof day === 'number' ? cut[granularity](day) : null;
    });
    const values = dimensions.map(({ name }) => read(row, name));
    const key = `${periods.join('|')}|${values.map((value) => `${typeof value}${value}`).join('|')}`;
    const known = groups.get(key);
    if (known) {
      known.rows.push(row);
      continue;
    }
    const head: Record<string, Value> = {};
    for (const [i, { member }] of dimensions.entries()) head[member] = values[i] ?? null;
    for (const [i, { dimension, granularity }] of times.entries()) {
      if (granularity === undefined) continue;
      const period = periods[i];
      const text = typeof period === 'number' ? `${dayText(period)}T00:00:00.000` : null;
      head[`${dimension}.${granularity}`] = text;
      head[dimension] = text;
    }
    groups.set(key, { head, rows: [row] });
  }
  const grouped = (query.dimensions?.length ?? 0) > 0 || times.some(({ granularity }) => granularity !== undefined);
  if (!grouped && groups.size === 0) groups.set('', { head: {}, rows: [] });
  const answers = [...groups.values()].map(({ head, rows }): AnswerRow => {
    const measured = query.measures.map((member) => {
      const measure = view.measures[strip(member)];
      if (!measure) throw new RangeError(`Truth has no measure ${member}.`);
      return [member, measure(rows)] as const;
    });
    return { ...head, ...Object.fromEntries(measured) };
  });
  return answers.sort((a, b) => {
    for (const [member, direction] of query.order) {
      const order = compare(a[member] ?? null, b[member] ?? null, direction === 'desc');
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Nothing sorts last, whatever the direction. */
function compare(a: Value, b: Value, descending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b === descending ? 1 : -1;
}
