// Subjects → what other interfaces tell of the views: columns with their SQL types, what adds up, and what identifies a row.
import type { ColumnMeta } from '@tessera/transforms/gold-meta';
import type { Metric, Subject } from './define.ts';
import { columnOf, publicMetrics, titleOf } from './render.ts';
import { isAdditive, unitOf } from './render-metric.ts';

export type SqlType = 'text' | 'int8' | 'float8' | 'bool' | 'timestamp' | 'date';

export interface DescribedColumn {
  readonly name: string;
  readonly kind: 'measure' | 'dimension';
  readonly type: SqlType;
  readonly title: string;
  readonly about: string;
  /** What combines partial results exactly; undefined where nothing does. */
  readonly additive?: 'sum';
  readonly aggregate?: 'count' | 'count_distinct' | 'sum' | 'number';
}

export interface DescribedView {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly columns: readonly DescribedColumn[];
  /** Dimensions that tell rows apart; empty where no public ones do. */
  readonly primaryKey: readonly string[];
  /** The public metric that counts rows without a condition: what COUNT(*) means. */
  readonly rowCount: string | undefined;
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly view: string;
    readonly references: readonly string[];
  }[];
}

const types: Readonly<Record<ColumnMeta['type'], SqlType>> = {
  VARCHAR: 'text',
  BOOLEAN: 'bool',
  INTEGER: 'int8',
  BIGINT: 'int8',
  DOUBLE: 'float8',
  DATE: 'date',
  TIMESTAMPTZ: 'timestamp',
};

export function describeViews(subjects: readonly Subject[]): DescribedView[] {
  return subjects.map((subject) => ({
    name: subject.view,
    title: subject.title,
    about: subject.about,
    columns: [
      ...subject.dimensions.map((name): DescribedColumn => {
        const { type, about } = columnOf(subject, name);
        return { name, kind: 'dimension', type: types[type], title: titleOf(name), about };
      }),
      ...publicMetrics(subject).map((name) => describeMetric(subject, name)),
    ],
    primaryKey: subject.identity ?? [],
    rowCount: publicMetrics(subject).find((name) => countsAllRows(subject.metrics[name])),
    foreignKeys: subjects.flatMap(({ view, identity }) => {
      const [column, ...others] = identity ?? [];
      const isReferred = column !== undefined && others.length === 0 && view !== subject.view;
      return isReferred && subject.dimensions.includes(column)
        ? [{ columns: [column], view, references: [column] }]
        : [];
    }),
  }));
}

function countsAllRows(metric: Metric | undefined): boolean {
  return metric !== undefined && 'count' in metric && metric.where === undefined;
}

function describeMetric(subject: Subject, name: string): DescribedColumn {
  const metric = subject.metrics[name] as Metric;
  const { title, about } = metric;
  const isExact = addsUp(subject, name);
  return {
    name,
    kind: 'measure',
    type: measureType(subject, metric),
    title,
    about,
    aggregate: aggregateOf(metric),
    ...(isExact ? { additive: 'sum' } : {}),
  };
}

function aggregateOf(metric: Metric): 'count' | 'count_distinct' | 'sum' | 'number' {
  if ('count' in metric) return 'count';
  if ('sum' in metric) return 'sum';
  return 'distinct' in metric ? 'count_distinct' : 'number';
}

/** Counts, sums, and what is added and subtracted of these. */
function addsUp(subject: Subject, name: string): boolean {
  const metric = subject.metrics[name];
  if (!metric) return false;
  return 'plus' in metric
    ? [...metric.plus, ...metric.minus].every((part) => addsUp(subject, part))
    : isAdditive(metric);
}

function measureType(subject: Subject, metric: Metric): SqlType {
  if ('sum' in metric && typeof metric.sum === 'string') return types[columnOf(subject, metric.sum).type];
  return unitOf(metric) === 'count' || unitOf(metric) === 'ms' ? 'int8' : 'float8';
}
