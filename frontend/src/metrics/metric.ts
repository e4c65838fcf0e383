// What a core metric is made of, as data: which members of the semantic layer it asks for and how it is said in words. No number is computed from rows here.
import type { Unit } from '../format/number.ts';

/** Values of one answer by short member name; null where the semantic layer has none. */
export type Numbers = Readonly<Record<string, number | null>>;

export interface Companion {
  readonly measure: string;
  readonly title: string;
  readonly unit: Unit;
  /** Known only as of now, not for days gone by. */
  readonly isNowOnly?: boolean;
  /** Shown on the page of the metric, too much for its tile. */
  readonly isDetail?: boolean;
}

export interface Breakdown {
  readonly dimension: string;
  readonly title: string;
  /** Shown instead of the metric's own value, where that would mean nothing for this dimension. */
  readonly instead?: { readonly measure: string; readonly title: string; readonly unit: Unit };
  /** Known only as of now: no trend can be cut by it. */
  readonly isNowOnly?: boolean;
  /** How raw values are said. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Excluded {
  readonly measure: string;
  readonly words: string;
  /** The dimension that says why. */
  readonly by?: string;
  readonly isNowOnly?: boolean;
}

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly unit: Unit;
  /** Which direction is good news. */
  readonly better: 'up' | 'down';
  /** A state is asked as of an instant, a flow over a range. */
  readonly kind: 'state' | 'flow';
  readonly view: string;
  /** Where its past is kept: for a flow the same view. */
  readonly history: string;
  readonly time: string;
  readonly value: string;
  readonly numerator: string;
  readonly denominator: string;
  /** Numerator and denominator in words. */
  readonly sentence: (numbers: Numbers) => string;
  /** The heading of the numerator and the denominator in tables. */
  readonly parts: readonly [string, string];
  readonly trend: {
    readonly measure: string;
    readonly title: string;
    readonly unit: Unit;
    /** More columns of the trend's table. */
    readonly also?: readonly { readonly measure: string; readonly title: string; readonly unit: Unit }[];
  };
  readonly companions: readonly Companion[];
  /** A companion over another time dimension, such as everything created in the range. */
  readonly cohort?: { readonly time: string; readonly companions: readonly Companion[] };
  readonly excluded: readonly Excluded[];
  /** What is never counted, where no measure counts it. */
  readonly neverCounted?: string;
  readonly breakdowns: readonly Breakdown[];
  /** Source systems it stands on: where one is stale, so is the number. */
  readonly sources: readonly string[];
}
