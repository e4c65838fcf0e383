// The headline of a metric for a scope: its numbers now, the number before, and companions over another time dimension.
import { useMemo } from 'react';
import { numbersOf } from '../metrics/answers.ts';
import type { Metric, Numbers } from '../metrics/metric.ts';
import { baselineQuery, cohortQuery, isPast, type Scope, totalMeasures, totalsQuery } from '../metrics/queries.ts';
import { type Answer, useAnswer } from '../metrics/use-answer.ts';

export interface Headline {
  readonly numbers: Numbers;
  /** The metric's own value before; undefined while it is not known. */
  readonly before: number | null | undefined;
  readonly cohort: Numbers | undefined;
}
export type HeadlineAnswer =
  | Exclude<Answer, { state: 'ready' }>
  | { readonly state: 'ready'; readonly headline: Headline };

export function useHeadline(metric: Metric, scope: Scope): HeadlineAnswer {
  const totals = useAnswer(useMemo(() => totalsQuery(metric, scope), [metric, scope]));
  const isState = metric.kind === 'state';
  const baseline = useAnswer(
    useMemo(() => (isState ? baselineQuery(metric, scope) : undefined), [isState, metric, scope]),
  );
  const cohort = useAnswer(useMemo(() => cohortQuery(metric, scope), [metric, scope]));
  if (totals.state !== 'ready') return totals;

  const names = totalMeasures(metric, scope);
  const earlier = isState ? (baseline.state === 'ready' ? baseline.sets[0]?.[0] : undefined) : totals.sets[1]?.[0];
  const cohortNames = metric.cohort?.companions.map(({ measure }) => measure) ?? [];
  return {
    state: 'ready',
    headline: {
      numbers: numbersOf(totals.sets[0]?.[0], names),
      before: earlier === undefined ? undefined : numbersOf(earlier, [metric.value])[metric.value],
      cohort: cohort.state === 'ready' ? numbersOf(cohort.sets[0]?.[0], cohortNames) : undefined,
    },
  };
}

/** Companions that the scope can show, on the tile or on the metric's own page. */
export function companionsOf(metric: Metric, scope: Scope, headline: Headline, place: 'tile' | 'page') {
  const shown = (isDetail: boolean | undefined) => place === 'page' || !isDetail;
  const own = metric.companions
    .filter(({ isNowOnly, isDetail }) => shown(isDetail) && !(isPast(metric, scope) && isNowOnly))
    .map((companion) => ({ ...companion, value: headline.numbers[companion.measure] }));
  const cohort = (metric.cohort?.companions ?? []).map((companion) => ({
    ...companion,
    value: headline.cohort?.[companion.measure],
  }));
  return [...own, ...cohort];
}
