// What the number is made of: its largest groups by a dimension that the reader chooses.
import { useId, useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { BarList } from '../chart/bar-list.tsx';
import { formatNumber } from '../format/number.ts';
import { type Group, groupsOf } from '../metrics/answers.ts';
import type { Breakdown, Metric } from '../metrics/metric.ts';
import { breakdownMeasures, breakdownQuery, breakdownsIn, narrowable, type Scope, viewOf } from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import { writeNarrowing } from '../range/narrowing-url.ts';
import { EmptyPart, FailedPart, WaitingPart } from './parts.tsx';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
  readonly show: number;
}

export function TileBreakdown({ metric, scope, show }: Props) {
  const [params, setParams] = useSearchParams();
  const id = useId();
  const choices = breakdownsIn(metric, scope);
  const name = `by.${metric.id}`;
  const chosen = choices.find(({ dimension }) => dimension === params.get(name)) ?? choices[0];
  if (!chosen) return null;
  const choose = (dimension: string) => {
    const next = new URLSearchParams(params);
    if (dimension === choices[0]?.dimension) next.delete(name);
    else next.set(name, dimension);
    setParams(next, { replace: true, preventScrollReset: true });
  };
  return (
    <section className="breakdown" aria-label={`${metric.title} by ${chosen.title}`}>
      <div className="breakdown-head">
        <label htmlFor={id}>{chosen.instead ? `${chosen.instead.title} by` : 'By'}</label>
        {choices.length > 1 ? (
          <select id={id} value={chosen.dimension} onChange={(event) => choose(event.target.value)}>
            {choices.map(({ dimension, title }) => (
              <option key={dimension} value={dimension}>
                {title.toLowerCase()}
              </option>
            ))}
          </select>
        ) : (
          <output id={id}>{chosen.title.toLowerCase()}</output>
        )}
      </div>
      <Groups metric={metric} scope={scope} show={show} breakdown={chosen} />
    </section>
  );
}

function Groups({ metric, scope, show, breakdown }: Props & { readonly breakdown: Breakdown }) {
  const { tenant } = useParams();
  const [params] = useSearchParams();
  const answer = useAnswer(useMemo(() => breakdownQuery(metric, breakdown, scope), [metric, breakdown, scope]));
  if (answer.state === 'failed')
    return <FailedPart what="The breakdown" message={answer.message} retry={answer.retry} />;
  if (answer.state === 'loading') return <WaitingPart lines={show} />;
  const groups = groupsOf(
    answer.sets[0] ?? [],
    viewOf(metric, scope),
    metric,
    breakdown,
    breakdownMeasures(metric, breakdown),
  );
  if (groups.length === 0) return <EmptyPart words="No groups in this range" />;

  const canNarrow = narrowable(metric).includes(breakdown);
  const linkOf = ({ key }: Group) =>
    canNarrow ? `/t/${tenant}/${metric.id}?${writeNarrowing(params, breakdown.dimension, [key])}` : undefined;
  const rest = groups.length - show;
  return (
    <>
      <BarList
        groups={groups.slice(0, show)}
        unit={breakdown.instead?.unit ?? metric.unit}
        label={`${metric.title} by ${breakdown.title.toLowerCase()}`}
        basis={(group) => basisOf(metric, breakdown, group)}
        linkOf={linkOf}
      />
      {rest > 0 && <p className="bars-rest">{`and ${rest} more`}</p>}
    </>
  );
}

/** What a group's number stands on. */
export function basisOf(metric: Metric, breakdown: Breakdown, { numbers }: Group): string {
  if (breakdown.instead) return '';
  const denominator = formatNumber(numbers[metric.denominator], 'count');
  if (metric.id === 'mttr') return denominator;
  const numerator = formatNumber(numbers[metric.numerator], 'count');
  return metric.id === 'backlog-burn' ? `${denominator} → ${numerator}` : `${numerator} of ${denominator}`;
}
