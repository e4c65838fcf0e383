// Everything about one metric: number and companions, trend, breakdown, what is not counted, the definition.
import { useEffect } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { Metric } from '../metrics/metric.ts';
import { metricById } from '../metrics/metrics.ts';
import { narrowable } from '../metrics/queries.ts';
import { NotFoundPart } from '../pages/not-found-part.tsx';
import { RangePicker } from '../range/range-picker.tsx';
import { type Question, useQuestion } from '../range/use-range.ts';
import { stalenessOf } from '../tenant/freshness.ts';
import { FreshnessPanel } from '../tenant/freshness-panel.tsx';
import { useTenant } from '../tenant/tenant-context.ts';
import { Definition } from '../tile/about-metric.tsx';
import { Companions } from '../tile/companions.tsx';
import { HeadlineView } from '../tile/headline.tsx';
import { FailedPart, WaitingPart } from '../tile/parts.tsx';
import { companionsOf, useHeadline } from '../tile/use-metric-answers.ts';
import { BreakdownSection } from './breakdown-section.tsx';
import { ExcludedSection } from './excluded-section.tsx';
import { NarrowingBar } from './narrowing-bar.tsx';
import { TrendSection } from './trend-section.tsx';

export function DetailPage() {
  const metric = metricById(useParams().metric);
  return metric ? <MetricPage metric={metric} key={metric.id} /> : <NotFoundPart />;
}

function MetricPage({ metric }: { readonly metric: Metric }) {
  const info = useTenant();
  const { tenant } = useParams();
  const [params] = useSearchParams();
  const question = useQuestion(narrowable(metric).map(({ dimension }) => dimension));
  const late = stalenessOf(info, metric.sources);
  useEffect(() => {
    document.title = `${metric.title} · ${info.displayName} · Tessera`;
  }, [metric.title, info.displayName]);
  const back = new URLSearchParams([...params].filter(([name]) => !name.startsWith('is.') && name !== 'per'));
  return (
    <>
      <nav className="crumbs" aria-label="Where you are">
        <Link to={{ pathname: `/t/${tenant}`, search: back.toString() }}>Overview</Link>{' '}
        <span aria-hidden="true">/</span> <span aria-current="page">{metric.title}</span>
      </nav>
      <div className="page-head">
        <div>
          <h1>{metric.title}</h1>
          <p className="page-question">{metric.question}</p>
        </div>
        <RangePicker />
      </div>
      {question.problem && (
        <p className="notice" role="status">
          {question.problem} Showing the last 30 days.
        </p>
      )}
      {late && (
        <p className="notice" role="status">
          This number may be behind: {late}.
        </p>
      )}
      <NarrowingBar metric={metric} scope={question.scope} />
      <div className="detail">
        <HeadlineSection metric={metric} question={question} />
        <TrendSection metric={metric} question={question} />
        <BreakdownSection metric={metric} scope={question.scope} />
        <ExcludedSection metric={metric} scope={question.scope} />
        <section className="card is-definition" aria-labelledby="definition-title">
          <h2 id="definition-title">What it means</h2>
          <Definition metric={metric} />
        </section>
      </div>
      <FreshnessPanel />
    </>
  );
}

function HeadlineSection({ metric, question }: { readonly metric: Metric; readonly question: Question }) {
  const { scope } = question;
  const answer = useHeadline(metric, scope);
  return (
    <section
      className="card is-third"
      aria-label={`${metric.title}, the number`}
      aria-busy={answer.state === 'loading'}
      data-metric={metric.id}
    >
      {answer.state === 'loading' && <WaitingPart lines={6} />}
      {answer.state === 'failed' && <FailedPart what={metric.title} message={answer.message} retry={answer.retry} />}
      {answer.state === 'ready' && (
        <>
          <HeadlineView metric={metric} scope={scope} headline={answer.headline} />
          <Companions companions={companionsOf(metric, scope, answer.headline, 'page')} />
        </>
      )}
    </section>
  );
}
