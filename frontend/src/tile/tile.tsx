// One metric on the dashboard: number, trend, breakdown, companions; each part waits and fails on its own.
import { useId } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { Metric } from '../metrics/metric.ts';
import type { Question } from '../range/use-range.ts';
import { stalenessOf } from '../tenant/freshness.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { AboutMetric } from './about-metric.tsx';
import { Companions } from './companions.tsx';
import { HeadlineView } from './headline.tsx';
import { FailedPart, WaitingPart } from './parts.tsx';
import { TileBreakdown } from './tile-breakdown.tsx';
import { TileTrend } from './tile-trend.tsx';
import { companionsOf, useHeadline } from './use-metric-answers.ts';

export function Tile({ metric, question }: { readonly metric: Metric; readonly question: Question }) {
  const id = useId();
  const { tenant } = useParams();
  const [params] = useSearchParams();
  const info = useTenant();
  const { scope, granularity } = question;
  const answer = useHeadline(metric, scope);
  const late = stalenessOf(info, metric.sources);
  return (
    <article className="tile" aria-labelledby={id} aria-busy={answer.state === 'loading'} data-metric={metric.id}>
      <header className="tile-head">
        <h2 id={id}>
          <Link className="tile-link" to={{ pathname: `/t/${tenant}/${metric.id}`, search: params.toString() }}>
            {metric.title}
          </Link>
        </h2>
        {late && (
          <span className="badge is-warn" title={late}>
            May be behind<span className="for-readers">: {late}</span>
          </span>
        )}
        <AboutMetric metric={metric} />
      </header>
      <div className="tile-body">
        <div className="tile-main">
          {answer.state === 'ready' && <HeadlineView metric={metric} scope={scope} headline={answer.headline} />}
          {answer.state === 'loading' && (
            <div className="headline" aria-hidden="true">
              <span className="skeleton skeleton-number" />
              <WaitingPart lines={2} />
            </div>
          )}
          {answer.state === 'failed' && (
            <FailedPart what={metric.title} message={answer.message} retry={answer.retry} />
          )}
          {answer.state !== 'failed' && <TileTrend metric={metric} scope={scope} granularity={granularity} />}
        </div>
        {answer.state !== 'failed' && <TileBreakdown metric={metric} scope={scope} show={5} />}
      </div>
      {answer.state === 'ready' && <Companions companions={companionsOf(metric, scope, answer.headline, 'tile')} />}
    </article>
  );
}
