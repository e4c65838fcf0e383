// Who and what is in neither side of the number, by reason.
import { useMemo } from 'react';
import { formatNumber } from '../format/number.ts';
import { sayValue, toNumber } from '../metrics/answers.ts';
import type { Excluded, Metric } from '../metrics/metric.ts';
import { excludedQuery, isPast, type Scope, viewOf } from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import { FailedPart, WaitingPart } from '../tile/parts.tsx';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
}

export function ExcludedSection({ metric, scope }: Props) {
  const parts = metric.excluded.filter(({ by, isNowOnly }) => by && !(isPast(metric, scope) && isNowOnly));
  if (parts.length === 0) return null;
  return (
    <section className="card is-third is-excluded" aria-labelledby="excluded-title">
      <h2 id="excluded-title">Not counted</h2>
      {parts.map((part) => (
        <Reasons key={part.measure} metric={metric} scope={scope} part={part} />
      ))}
    </section>
  );
}

function Reasons({ metric, scope, part }: Props & { readonly part: Excluded }) {
  const by = part.by ?? '';
  const answer = useAnswer(
    useMemo(() => excludedQuery(metric, part.measure, by, scope), [metric, part.measure, by, scope]),
  );
  if (answer.state === 'failed') return <FailedPart what="The reasons" message={answer.message} retry={answer.retry} />;
  if (answer.state === 'loading') return <WaitingPart lines={3} />;
  const view = viewOf(metric, scope);
  const reasons = (answer.sets[0] ?? [])
    .map((row) => ({ reason: row[`${view}.${by}`], count: toNumber(row[`${view}.${part.measure}`]) }))
    .filter(({ count }) => count !== null && count > 0);
  if (reasons.length === 0) return <p>Nothing was left out.</p>;
  return (
    <dl className="reasons">
      {reasons.map(({ reason, count }) => (
        <div key={String(reason)} className="reasons-row">
          <dt>{sayValue(reason == null ? null : String(reason))}</dt>
          <dd className="reasons-count">{formatNumber(count, 'count')}</dd>
        </div>
      ))}
    </dl>
  );
}
