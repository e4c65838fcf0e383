// The course of a metric at full width, with the period before, and the same numbers as a table.
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { TrendFigure } from '../chart/trend-figure.tsx';
import { sayBucket } from '../chart/trend-option.ts';
import { pointsOf } from '../metrics/answers.ts';
import type { Metric } from '../metrics/metric.ts';
import { trendMeasures, trendQuery } from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import {
  bucketsOf,
  daysOf,
  defaultGranularity,
  type Granularity,
  granularities,
  previousOf,
  type Range,
} from '../range/range.ts';
import type { Question } from '../range/use-range.ts';
import { FailedPart } from '../tile/parts.tsx';
import { SortableTable } from './sortable-table.tsx';

const pointsIn = (metric: Metric, range: Range, granularity: Granularity, rows: Parameters<typeof pointsOf>[0]) =>
  pointsOf(rows, `${metric.history}.${metric.time}`, granularity, bucketsOf(range, granularity), trendMeasures(metric));

export function TrendSection({ metric, question }: { readonly metric: Metric; readonly question: Question }) {
  const { scope, granularity } = question;
  const before = useMemo(() => ({ ...scope, range: previousOf(scope.range) }), [scope]);
  const now = useAnswer(useMemo(() => trendQuery(metric, scope, granularity), [metric, scope, granularity]));
  const earlier = useAnswer(useMemo(() => trendQuery(metric, before, granularity), [metric, before, granularity]));
  const points = now.state === 'ready' ? pointsIn(metric, scope.range, granularity, now.sets[0] ?? []) : [];
  return (
    <>
      <section className="card is-two-thirds" aria-labelledby="trend-title">
        <div className="card-head">
          <h2 id="trend-title">{`${metric.trend.title} per ${granularity}`}</h2>
          <span className="legend" aria-hidden="true">
            <i className="legend-now" /> this range <i className="legend-before" /> the period before
          </span>
          <GranularityChoice question={question} />
        </div>
        {now.state === 'failed' && <FailedPart what="The trend" message={now.message} retry={now.retry} />}
        {now.state === 'loading' && <div className="chart chart-page skeleton" />}
        {now.state === 'ready' && (
          <TrendFigure
            metric={metric}
            points={points}
            before={
              earlier.state === 'ready' ? pointsIn(metric, before.range, granularity, earlier.sets[0] ?? []) : undefined
            }
            granularity={granularity}
            size="page"
          />
        )}
      </section>
      {now.state === 'ready' && (
        <div className="card is-half">
          <TrendTable metric={metric} granularity={granularity} points={points} />
        </div>
      )}
    </>
  );
}

interface TableProps {
  readonly metric: Metric;
  readonly granularity: Granularity;
  readonly points: ReturnType<typeof pointsOf>;
}

function TrendTable({ metric, granularity, points }: TableProps) {
  const [numerator, denominator] = metric.parts;
  const { also = [] } = metric.trend;
  const hasNumerator = metric.numerator !== metric.value;
  const columns = [
    { title: granularity === 'day' ? 'Day' : granularity === 'week' ? 'Week' : 'Month' },
    { title: metric.title, unit: metric.unit },
    ...(hasNumerator ? [{ title: numerator, unit: 'count' as const }] : []),
    { title: denominator, unit: 'count' as const },
    ...also,
  ];
  const rows = points.toReversed().map(({ bucket, numbers }) => ({
    key: bucket.key,
    first: `${sayBucket(bucket, granularity)}${bucket.isPartial ? ' (in part)' : ''}`,
    cells: [
      bucket.key.slice(0, 10),
      numbers[metric.value] ?? null,
      ...(hasNumerator ? [numbers[metric.numerator] ?? null] : []),
      numbers[metric.denominator] ?? null,
      ...also.map(({ measure }) => numbers[measure] ?? null),
    ],
  }));
  return (
    <SortableTable
      caption={`Numbers per ${granularity}`}
      fileName={`${metric.id}-per-${granularity}.csv`}
      columns={columns}
      rows={rows}
    />
  );
}

function GranularityChoice({ question }: { readonly question: Question }) {
  const [params] = useSearchParams();
  const { scope, granularity } = question;
  const possible = granularities.filter(
    (choice) => choice === 'day' || daysOf(scope.range) >= (choice === 'week' ? 14 : 60),
  );
  const to = (choice: Granularity) => {
    const next = new URLSearchParams(params);
    if (choice === defaultGranularity(scope.range)) next.delete('per');
    else next.set('per', choice);
    return { search: next.toString() };
  };
  return (
    <fieldset className="segments" aria-label="One point per">
      {possible.map((choice) => (
        <Link
          key={choice}
          to={to(choice)}
          replace
          preventScrollReset
          className="segment"
          aria-current={choice === granularity ? 'true' : undefined}
        >
          {choice}
        </Link>
      ))}
    </fieldset>
  );
}
