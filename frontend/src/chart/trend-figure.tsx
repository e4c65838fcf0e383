// A trend for eyes and for readers: the drawing carries a sentence, and the same numbers stand beside it as a table that only readers meet.
import { lazy, Suspense, useMemo } from 'react';
import { formatNumber } from '../format/number.ts';
import { formatLongDay } from '../format/time.ts';
import { describeTrend, type Point } from '../metrics/answers.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Granularity } from '../range/range.ts';
import { type Size, sayBucket, type Trend } from './trend-option.ts';

const canvas = import('./chart-canvas.tsx').then((module) => ({ default: module.ChartCanvas }));
const ChartCanvas = lazy(() => canvas);

interface Props {
  readonly metric: Metric;
  readonly points: readonly Point[];
  readonly before?: readonly Point[] | undefined;
  readonly granularity: Granularity;
  readonly size: Size;
}

export function TrendFigure({ metric, points, before, granularity, size }: Props) {
  const { measure, title, unit } = metric.trend;
  const trend = useMemo((): Trend => {
    const values = points.map(({ numbers }) => numbers[measure] ?? null);
    const earlier = before?.slice(0, values.length).map(({ numbers }) => numbers[measure] ?? null);
    const base = { title, unit, granularity, buckets: points.map(({ bucket }) => bucket), values };
    return earlier?.some((value) => value !== null) ? { ...base, before: earlier } : base;
  }, [points, before, measure, title, unit, granularity]);
  const words = describeTrend(title, points, measure, (value) => formatNumber(value, unit), formatLongDay);
  const isEmpty = trend.values.every((value) => value === null);

  return (
    <figure className="trend">
      {isEmpty ? (
        <p className={`chart chart-${size} chart-empty`}>No data in this range</p>
      ) : (
        <div role="img" aria-label={`Line chart. ${words}`}>
          <Suspense fallback={<div className={`chart chart-${size} skeleton`} />}>
            <ChartCanvas trend={trend} size={size} />
          </Suspense>
        </div>
      )}
      <div className="for-readers">
        <table>
          <caption>{`${title} per ${granularity}`}</caption>
          <thead>
            <tr>
              <th scope="col">{granularity}</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ bucket, numbers }) => (
              <tr key={bucket.key}>
                <th scope="row">{`${sayBucket(bucket, granularity)}${bucket.isPartial ? ', in part' : ''}`}</th>
                <td>{formatNumber(numbers[measure], unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
