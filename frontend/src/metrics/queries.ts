// What each part of the page asks of Cube. Every query has explicit days and a limit, and stays in UTC, because `_on` days are already the tenant's.
import type { Filter, Query, TimeDimension } from '@cubejs-client/core';
import { addDays } from '../range/day.ts';
import { type Granularity, previousOf, type Range } from '../range/range.ts';
import type { Breakdown, Metric } from './metric.ts';

/** A value of a dimension that the page is narrowed to; null is "not set". */
export interface Narrowing {
  readonly dimension: string;
  readonly values: readonly (string | null)[];
}
export interface Scope {
  readonly range: Range;
  /** The range ends where the data ends, so a state can be asked as of now. */
  readonly isLatest: boolean;
  readonly narrowings: readonly Narrowing[];
}

export const groupLimit = 50;
const trendLimit = 400;
/** A total is one row; the room above it shows that no second one came. */
const totalLimit = 10;

const inView = (view: string) => (name: string) => `${view}.${name}`;

/** The view that answers for the scope: a state in the past comes from its history. */
export function viewOf(metric: Metric, scope: Scope): string {
  return metric.kind === 'state' && scope.isLatest ? metric.view : metric.history;
}

/** True where the scope looks at days gone by, of which less is known. */
export function isPast(metric: Metric, scope: Scope): boolean {
  return metric.kind === 'state' && !scope.isLatest;
}

function filtersIn(view: string, narrowings: readonly Narrowing[]): Filter[] {
  return narrowings.flatMap(({ dimension, values }): Filter[] => {
    const member = `${view}.${dimension}`;
    const given = values.filter((value) => value !== null);
    const equals: Filter = { member, operator: 'equals', values: given };
    const notSet: Filter = { member, operator: 'notSet' };
    if (given.length === values.length) return [equals];
    return given.length === 0 ? [notSet] : [{ or: [equals, notSet] }];
  });
}

const over = (dimension: string, range: Range): TimeDimension => ({ dimension, dateRange: [range.from, range.to] });
const onDay = (dimension: string, day: string): TimeDimension => ({ dimension, dateRange: [day, day] });

/** For a flow nothing but its range; for a state nothing, or the last day of the range. */
function timeOf(metric: Metric, scope: Scope): TimeDimension[] {
  const time = `${metric.history}.${metric.time}`;
  if (metric.kind === 'flow') return [over(time, scope.range)];
  return scope.isLatest ? [] : [onDay(time, scope.range.to)];
}

/** Short names of everything that the scope can show as a total, each once. */
export function totalMeasures(metric: Metric, scope: Scope): readonly string[] {
  const past = isPast(metric, scope);
  const extra = [...metric.companions, ...metric.excluded].filter(({ isNowOnly }) => !(past && isNowOnly));
  return [...new Set([metric.value, metric.numerator, metric.denominator, ...extra.map(({ measure }) => measure)])];
}

/** The headline and its companions; for a flow together with the period before. */
export function totalsQuery(metric: Metric, scope: Scope): Query {
  const view = viewOf(metric, scope);
  const base = {
    measures: totalMeasures(metric, scope).map(inView(view)),
    filters: filtersIn(view, scope.narrowings),
    timezone: 'UTC',
    limit: totalLimit,
  };
  if (metric.kind === 'state') return { ...base, timeDimensions: timeOf(metric, scope) };
  const before = previousOf(scope.range);
  const compareDateRange: [string, string][] = [
    [scope.range.from, scope.range.to],
    [before.from, before.to],
  ];
  return { ...base, timeDimensions: [{ dimension: `${view}.${metric.time}`, compareDateRange }] };
}

/** What a state was on the day before the range. */
export function baselineQuery(metric: Metric, scope: Scope): Query {
  const view = metric.history;
  return {
    measures: [`${view}.${metric.value}`],
    timeDimensions: [onDay(`${view}.${metric.time}`, addDays(scope.range.from, -1))],
    filters: filtersIn(view, scope.narrowings),
    timezone: 'UTC',
    limit: totalLimit,
  };
}

/** Companions over another time dimension; undefined where the metric has none. */
export function cohortQuery(metric: Metric, scope: Scope): Query | undefined {
  if (!metric.cohort) return undefined;
  const view = metric.view;
  return {
    measures: metric.cohort.companions.map(({ measure }) => `${view}.${measure}`),
    timeDimensions: [over(`${view}.${metric.cohort.time}`, scope.range)],
    filters: filtersIn(view, scope.narrowings),
    timezone: 'UTC',
    limit: totalLimit,
  };
}

/** Short names of the measures that a trend carries: what is drawn, and what its table shows beside it. */
export function trendMeasures(metric: Metric): readonly string[] {
  const { measure, also = [] } = metric.trend;
  return [
    ...new Set([measure, metric.value, metric.numerator, metric.denominator, ...also.map((more) => more.measure)]),
  ];
}

export function trendQuery(metric: Metric, scope: Scope, granularity: Granularity): Query {
  const view = metric.history;
  const dimension = `${view}.${metric.time}`;
  return {
    measures: trendMeasures(metric).map(inView(view)),
    timeDimensions: [{ ...over(dimension, scope.range), granularity }],
    filters: filtersIn(view, scope.narrowings),
    order: [[dimension, 'asc']],
    timezone: 'UTC',
    limit: trendLimit,
  };
}

export function breakdownMeasures(metric: Metric, breakdown: Breakdown): readonly string[] {
  return breakdown.instead
    ? [breakdown.instead.measure]
    : [...new Set([metric.value, metric.numerator, metric.denominator])];
}

/** Largest groups first: by the population behind the number, so that a group of one does not lead. */
export function breakdownQuery(metric: Metric, breakdown: Breakdown, scope: Scope): Query {
  const view = viewOf(metric, scope);
  const name = inView(view);
  return {
    measures: breakdownMeasures(metric, breakdown).map(name),
    dimensions: [name(breakdown.dimension)],
    timeDimensions: timeOf(metric, scope),
    filters: filtersIn(view, scope.narrowings),
    order: [
      [name(breakdown.instead?.measure ?? metric.denominator), 'desc'],
      [name(breakdown.dimension), 'asc'],
    ],
    timezone: 'UTC',
    limit: groupLimit,
  };
}

/** How many were left out, by reason. */
export function excludedQuery(metric: Metric, measure: string, by: string, scope: Scope): Query {
  const name = inView(viewOf(metric, scope));
  return {
    measures: [name(measure)],
    dimensions: [name(by)],
    timeDimensions: timeOf(metric, scope),
    filters: filtersIn(viewOf(metric, scope), scope.narrowings),
    order: [[name(measure), 'desc']],
    timezone: 'UTC',
    limit: groupLimit,
  };
}

/** Breakdowns that the scope can answer. */
export function breakdownsIn(metric: Metric, scope: Scope): readonly Breakdown[] {
  return metric.breakdowns.filter(({ isNowOnly }) => !(isPast(metric, scope) && isNowOnly));
}

/** Dimensions that cut the number and its trend alike, so that the page can be narrowed by them. */
export function narrowable(metric: Metric): readonly Breakdown[] {
  return metric.breakdowns.filter(({ isNowOnly, instead }) => !isNowOnly && !instead);
}
