// The course of a metric over the range, on its tile.
import { useMemo } from 'react';
import { TrendFigure } from '../chart/trend-figure.tsx';
import { pointsOf } from '../metrics/answers.ts';
import type { Metric } from '../metrics/metric.ts';
import { type Scope, trendMeasures, trendQuery } from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import { bucketsOf, type Granularity } from '../range/range.ts';
import { FailedPart } from './parts.tsx';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
  readonly granularity: Granularity;
}

export function TileTrend({ metric, scope, granularity }: Props) {
  const answer = useAnswer(useMemo(() => trendQuery(metric, scope, granularity), [metric, scope, granularity]));
  if (answer.state === 'failed') return <FailedPart what="The trend" message={answer.message} retry={answer.retry} />;
  if (answer.state === 'loading') return <div className="chart chart-tile skeleton" />;
  const time = `${metric.history}.${metric.time}`;
  const points = pointsOf(
    answer.sets[0] ?? [],
    time,
    granularity,
    bucketsOf(scope.range, granularity),
    trendMeasures(metric),
  );
  return (
    <div>
      <p className="trend-title">{`${metric.trend.title} per ${granularity}`}</p>
      <TrendFigure metric={metric} points={points} granularity={granularity} size="tile" />
    </div>
  );
}
