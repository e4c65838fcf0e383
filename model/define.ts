// How a subject is written down: metrics and dimensions as data, typed against the gold tables, so that a misspelt column is a compile error.
import type { ColumnMeta, GoldTable, goldTables } from '@tessera/transforms/gold-meta';
import type { Classification } from './classification.ts';

type Columns<T extends GoldTable> = (typeof goldTables)[T]['columns'];
/** Names of the table's columns, all or those of a type. */
export type ColumnOf<T extends GoldTable, Type extends ColumnMeta['type'] = ColumnMeta['type']> = {
  [Name in keyof Columns<T> & string]: Columns<T>[Name] extends { readonly type: Type } ? Name : never;
}[keyof Columns<T> & string];

type Condition = boolean | string | readonly string[] | { readonly above: number } | { readonly present: boolean };
type ConditionFor<Type> = Type extends 'BOOLEAN'
  ? boolean
  : Type extends 'VARCHAR'
    ? string | readonly string[] | { readonly present: boolean }
    : { readonly above: number } | { readonly present: boolean };
/** Every named column meets its condition: a value, one of a list, above a number, or present. */
export type Where<T extends GoldTable> = {
  readonly [Name in ColumnOf<T>]?: Columns<T>[Name] extends { readonly type: infer Type } ? ConditionFor<Type> : never;
};
export type AnyWhere = Readonly<Record<string, Condition | undefined>>;

export interface Described {
  readonly title: string;
  /** One sentence: what is counted and what is left out; of a ratio, numerator and denominator in words. */
  readonly about: string;
  /** A step towards other metrics, not shown. */
  readonly hidden?: true;
  /** Where it is not that of the subject's other metrics. */
  readonly classification?: Classification;
}

/** How a metric is computed. Only the first two add up over groups; the rest is computed anew for every question. */
export type Computation<Column extends string, Numeric extends string, Condition, Name extends string> =
  | { readonly count: true; readonly where?: Condition }
  | { readonly sum: Numeric; readonly where?: Condition; readonly unit?: 'ms' }
  | { readonly distinct: Column; readonly where?: Condition }
  /** 100 × first / second; nothing where the second is 0. */
  | { readonly percent: readonly [Name, Name] }
  | { readonly ratio: readonly [Name, Name] }
  /** First (milliseconds) / second, in hours. */
  | { readonly meanHours: readonly [Name, Name] }
  | { readonly plus: readonly Name[]; readonly minus: readonly Name[] }
  /** 100 × (first - second) / first. */
  | { readonly declinePercent: readonly [Name, Name] }
  /** The way out: an aggregate in DuckDB's SQL over columns of the table. */
  | { readonly sql: (column: (name: Column) => string) => string; readonly unit?: 'hours' | 'count' };

export type MetricOf<T extends GoldTable, Name extends string> = Described &
  Computation<ColumnOf<T>, ColumnOf<T, 'INTEGER' | 'BIGINT' | 'DOUBLE'>, Where<T>, Name>;
export type Metric = Described & Computation<string, string, AnyWhere, string>;
export type Metrics = Readonly<Record<string, Metric>>;

/** Declares the metrics of a table. The key is the public name: snake_case, never renamed. */
export function metricsOn<T extends GoldTable, const Name extends string>(
  _table: T,
  metrics: Readonly<Record<Name, MetricOf<T, NoInfer<Name>>>>,
): Readonly<Record<Name, Metric>> {
  // The typed record is one of plain strings once its columns have been checked.
  return metrics as unknown as Readonly<Record<Name, Metric>>;
}

/** A table from which descriptive columns are taken by a shared id: nothing where there is no such row. */
export interface Lookup {
  readonly table: GoldTable;
  readonly on: string;
  readonly columns: readonly string[];
}

/** A roll-up kept beside the tenant's data: all additive metrics by these dimensions, and by day where one is named. */
export interface Rollup {
  readonly day?: string;
  readonly by: readonly string[];
}

export interface Subject {
  /** Public name, plural; the cube behind it has the table's name. */
  readonly view: string;
  readonly table: GoldTable;
  readonly title: string;
  readonly about: string;
  readonly keep?: AnyWhere;
  readonly lookup?: Lookup;
  readonly metrics: Metrics;
  /** Class of its metrics (numbers over rows; the classes of columns are in classification.ts). */
  readonly metricClass: Classification;
  readonly dimensions: readonly string[];
  /** Public dimensions that together tell rows apart, where there are such. */
  readonly identity?: readonly string[];
  readonly rollups: Readonly<Record<string, Rollup>>;
}

interface SubjectOf<T extends GoldTable, L extends GoldTable, Dimension extends string> {
  readonly view: string;
  readonly table: T;
  readonly title: string;
  readonly about: string;
  /** Rows that do not meet it are in no metric and no dimension. */
  readonly keep?: Where<T>;
  readonly lookup?: {
    readonly table: L;
    readonly on: ColumnOf<T> & ColumnOf<L>;
    readonly columns: readonly ColumnOf<L>[];
  };
  readonly metrics: Metrics;
  /** Class of its metrics (numbers over rows; the classes of columns are in classification.ts). */
  readonly metricClass: Classification;
  readonly dimensions: readonly (Dimension & (ColumnOf<T> | ColumnOf<L>))[];
  readonly identity?: readonly NoInfer<Dimension>[];
  readonly rollups: Readonly<
    Record<string, { readonly day?: ColumnOf<T, 'DATE'>; readonly by: readonly NoInfer<Dimension>[] }>
  >;
}

/** Declares a subject: one cube over a gold table, and the view that shows it. */
export function subjectOn<T extends GoldTable, const Dimension extends string, L extends GoldTable = T>(
  subject: SubjectOf<T, L, Dimension>,
): Subject {
  return subject as unknown as Subject;
}
