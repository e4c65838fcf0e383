// A metric → Cube's measure. Every ratio is computed in doubles and is nothing, not zero, where its denominator is 0.
import type { AnyWhere, Metric } from './define.ts';

export interface CubeMeasure {
  readonly name: string;
  readonly type: 'count' | 'sum' | 'count_distinct' | 'number';
  readonly sql?: string;
  readonly filters?: readonly { readonly sql: string }[];
  readonly title: string;
  readonly description: string;
  readonly format: string;
  readonly public: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
}

export type Unit = 'count' | 'percent' | 'hours' | 'ms' | 'ratio';
const formats: Readonly<Record<Unit, string>> = {
  count: 'number_0',
  // Values are 0 to 100 already: Cube's own percent format would multiply them once more.
  percent: 'number_1',
  hours: 'number_1',
  ms: 'number_0',
  ratio: 'number_2',
};

/** Counts and sums add up over groups, so only they may be kept in a roll-up. */
export const isAdditive = (metric: Metric): boolean => 'count' in metric || 'sum' in metric;

export function unitOf(metric: Metric): Unit {
  if ('percent' in metric || 'declinePercent' in metric) return 'percent';
  if ('meanHours' in metric) return 'hours';
  if ('ratio' in metric) return 'ratio';
  return ('unit' in metric ? metric.unit : undefined) ?? 'count';
}

/** Numerator and denominator as names of the same subject, where the metric has them. */
export function partsOf(metric: Metric): readonly [string, string] | undefined {
  if ('percent' in metric) return metric.percent;
  if ('ratio' in metric) return metric.ratio;
  return 'meanHours' in metric ? metric.meanHours : undefined;
}

export function renderMetric(name: string, metric: Metric): CubeMeasure {
  const parts = partsOf(metric);
  const where = 'where' in metric ? metric.where : undefined;
  return {
    name,
    ...computation(metric),
    ...(where ? { filters: conditions(where).map((sql) => ({ sql })) } : {}),
    title: metric.title,
    description: metric.about,
    format: formats[unitOf(metric)],
    public: !metric.hidden,
    meta: { unit: unitOf(metric), ...(parts ? { numerator: parts[0], denominator: parts[1] } : {}) },
  };
}

const column = (name: string) => `{CUBE}.${name}`;
const double = (name: string) => `CAST({${name}} AS DOUBLE)`;

function computation(metric: Metric): Pick<CubeMeasure, 'type' | 'sql'> {
  if ('count' in metric) return { type: 'count' };
  if ('sum' in metric && typeof metric.sum === 'string') return { type: 'sum', sql: column(metric.sum) };
  if ('distinct' in metric) return { type: 'count_distinct', sql: column(metric.distinct) };
  return { type: 'number', sql: expression(metric) };
}

function expression(metric: Metric): string {
  if ('percent' in metric) return `100 * ${quotient(metric.percent)}`;
  if ('ratio' in metric) return quotient(metric.ratio);
  if ('meanHours' in metric) return `${quotient(metric.meanHours)} / 3600000`;
  if ('plus' in metric)
    return [metric.plus.map((n) => `{${n}}`).join(' + '), ...metric.minus.map((n) => `{${n}}`)].join(' - ');
  if ('declinePercent' in metric) {
    const [before, after] = metric.declinePercent;
    return `100 * CAST({${before}} - {${after}} AS DOUBLE) / NULLIF({${before}}, 0)`;
  }
  return 'sql' in metric ? metric.sql(column) : '';
}

/** First, multiplied where needed before it is divided, so that only one rounding happens. */
const quotient = ([first, second]: readonly [string, string]) => `${double(first)} / NULLIF({${second}}, 0)`;

const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** SQL of the conditions on columns, to be joined by AND. */
export function conditions(where: AnyWhere, of: (name: string) => string = column): string[] {
  return Object.entries(where).map(([name, condition]) => {
    if (typeof condition === 'boolean') return condition ? of(name) : `NOT ${of(name)}`;
    if (typeof condition === 'string') return `${of(name)} = ${literal(condition)}`;
    if (condition === undefined) return 'TRUE';
    if ('above' in condition) return `${of(name)} > ${condition.above}`;
    if ('present' in condition) return `${of(name)} IS ${condition.present ? 'NOT ' : ''}NULL`;
    return `${of(name)} IN (${condition.map(literal).join(', ')})`;
  });
}
