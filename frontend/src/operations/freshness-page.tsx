// How old each source's data is and why: what the source takes and what we take, apart, against the target, now and over weeks.
import { formatDuration } from '../format/duration.ts';
import { formatNumber } from '../format/number.ts';
import { formatInstant, formatMoment } from '../format/time.ts';
import type { Status } from '../tenant/freshness.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import {
  type Attained,
  type FreshnessReport,
  parseFreshness,
  type SourceReport,
  type Together,
} from './freshness-report.ts';
import { LagPicture } from './lag-picture.tsx';
import { Answered, OperationsFrame, useSourceTitle } from './operations-frame.tsx';
import { usePlatform } from './use-platform.ts';

export const statusWords: Readonly<Record<Status, string>> = {
  fresh: 'Fresh',
  quiet: 'Quiet',
  stale: 'Stale',
  failed: 'Failed',
};

export function FreshnessPage() {
  const asking = usePlatform('/freshness', parseFreshness);
  return (
    <OperationsFrame title="Freshness" question="How old is the data, and who takes the time?" again={asking.again}>
      <Answered what="Freshness" asking={asking}>
        {(report) => <Report report={report} />}
      </Answered>
    </OperationsFrame>
  );
}

function Report({ report }: { readonly report: FreshnessReport }) {
  const { timeZone } = useTenant();
  if (report.sources.length === 0)
    return (
      <section className="card" aria-label="Sources">
        <EmptyPart words="No source is connected." />
      </section>
    );
  return (
    <>
      <LagPicture sources={report.sources} />
      <p className="page-question operations-note">
        As of {formatInstant(report.at, timeZone)}. All sources together were within their targets{' '}
        {sayTogether(report.last7Days)} over 7 days, {sayTogether(report.last30Days)} over 30. Quiet is not stale: a
        quiet source was asked and had nothing new for a day.
      </p>
      <ul className="sources">
        {report.sources.map((source) => (
          <SourceCard key={source.source} source={source} />
        ))}
      </ul>
    </>
  );
}

const sayTogether = ({ percent }: Together) =>
  percent === null ? 'for no time that was measured' : `${formatNumber(percent, 'percent')} of the time`;

function SourceCard({ source }: { readonly source: SourceReport }) {
  const { timeZone } = useTenant();
  const titleOf = useSourceTitle();
  const { state, reason, targetMinutes, feasible, checkedAt, newestOccurredAt } = source;
  const facts: readonly (readonly [name: string, value: string, raw: number | null])[] = [
    ['Source lag', formatDuration(source.sourceLagMs), source.sourceLagMs],
    ['Pipeline, received', formatDuration(source.bronzeLagMs), source.bronzeLagMs],
    ['Pipeline, served', formatDuration(source.servedLagMs), source.servedLagMs],
    ['Last check, ago', formatDuration(source.checkAgeMs), source.checkAgeMs],
  ];
  return (
    <li className="card source-card" data-source={source.source}>
      <div className="card-head">
        <h2>{titleOf(source.source)}</h2>
        <span className={`status is-${state}`}>{statusWords[state]}</span>
      </div>
      <dl className="facts">
        {facts.map(([name, value, raw]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <data value={raw ?? ''} data-figure={name}>
                {value}
              </data>
            </dd>
          </div>
        ))}
        <div>
          <dt>Target</dt>
          <dd>{formatDuration(targetMinutes * 60_000)}</dd>
        </div>
      </dl>
      <Attainment title="7 days" of={source.last7Days} />
      <Attainment title="30 days" of={source.last30Days} />
      <div>
        {reason && <p className="source-problem">Its last turn failed: {reason}.</p>}
        {!feasible && (
          <p className="source-problem">The schedule alone breaks this target: run more often, or allow more.</p>
        )}
        <p className="source-foot">
          Newest event {newestOccurredAt === null ? 'unknown' : formatMoment(newestOccurredAt, timeZone)}, checked{' '}
          {checkedAt === null ? 'never' : formatMoment(checkedAt, timeZone)}
        </p>
      </div>
    </li>
  );
}

/** Below this share of time within its target, a source is said to miss it. */
const goodPercent = 99;

function Attainment({ title, of }: { readonly title: string; readonly of: Attained }) {
  const { percent } = of;
  const tone = percent === null ? 'none' : percent >= goodPercent ? 'good' : 'bad';
  return (
    <div className="attained">
      <p>
        <span>Within target, {title}</span>
        <data value={percent ?? ''} data-figure={title}>
          {formatNumber(percent, 'percent')}
        </data>
      </p>
      <svg className={`attained-bar is-${tone}`} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={percent ?? 0} height="1" />
      </svg>
      <p className="attained-basis">{sayBasis(of)}</p>
    </div>
  );
}

function sayBasis({ percent, measuredMinutes, p95, max }: Attained): string {
  if (percent === null) return 'Not measured yet';
  const parts = [`over ${formatDuration(measuredMinutes * 60_000)}`];
  if (p95 !== null) parts.push(`95 % of it at most ${formatDuration(p95 * 60_000)} old`);
  if (max !== null) parts.push(`oldest ${formatDuration(max * 60_000)}`);
  return parts.join(', ');
}
