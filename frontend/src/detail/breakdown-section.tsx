// A metric cut by one dimension, with everything behind each group, as a table.
import { useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { groupsOf } from '../metrics/answers.ts';
import type { Breakdown, Metric } from '../metrics/metric.ts';
import {
  breakdownMeasures,
  breakdownQuery,
  breakdownsIn,
  groupLimit,
  narrowable,
  type Scope,
  viewOf,
} from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import { writeNarrowing } from '../range/narrowing-url.ts';
import { EmptyPart, FailedPart, WaitingPart } from '../tile/parts.tsx';
import { type Column, SortableTable } from './sortable-table.tsx';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
}

export function BreakdownSection({ metric, scope }: Props) {
  const choices = breakdownsIn(metric, scope);
  const [chosen, choose] = useState<string>();
  const breakdown = choices.find(({ dimension }) => dimension === chosen) ?? choices[0];
  if (!breakdown) return null;
  return (
    <section className="card is-half" aria-label="Breakdown">
      {choices.length > 1 && (
        <fieldset className="segments is-wrapping" aria-label="Break down by">
          {choices.map(({ dimension, title }) => (
            <button
              key={dimension}
              type="button"
              className="segment"
              aria-pressed={dimension === breakdown.dimension}
              onClick={() => choose(dimension)}
            >
              {title}
            </button>
          ))}
        </fieldset>
      )}
      <Groups metric={metric} scope={scope} breakdown={breakdown} />
    </section>
  );
}

function Groups({ metric, scope, breakdown }: Props & { readonly breakdown: Breakdown }) {
  const { tenant } = useParams();
  const [params] = useSearchParams();
  const answer = useAnswer(useMemo(() => breakdownQuery(metric, breakdown, scope), [metric, breakdown, scope]));
  if (answer.state === 'failed')
    return <FailedPart what="The breakdown" message={answer.message} retry={answer.retry} />;
  if (answer.state === 'loading') return <WaitingPart lines={6} />;
  const rows = answer.sets[0] ?? [];
  const groups = groupsOf(rows, viewOf(metric, scope), metric, breakdown, breakdownMeasures(metric, breakdown));
  if (groups.length === 0) return <EmptyPart words="No groups in this range" />;

  const canNarrow = narrowable(metric).includes(breakdown);
  const shown = columnsOf(metric, breakdown);
  return (
    <>
      <SortableTable
        key={breakdown.dimension}
        caption={`${breakdown.instead?.title ?? metric.title} by ${breakdown.title.toLowerCase()}`}
        fileName={`${metric.id}-by-${breakdown.dimension}.csv`}
        columns={[{ title: breakdown.title }, ...shown.map(({ column }) => column)]}
        rows={groups.map(({ key, label, numbers }) => ({
          key: key ?? '',
          cells: [label, ...shown.map(({ measure }) => numbers[measure] ?? null)],
          first: canNarrow ? (
            <Link to={`/t/${tenant}/${metric.id}?${writeNarrowing(params, breakdown.dimension, [key])}`}>{label}</Link>
          ) : (
            label
          ),
        }))}
      />
      {rows.length >= groupLimit && <p className="notice">Only the {groupLimit} largest groups are shown.</p>}
    </>
  );
}

function columnsOf(
  metric: Metric,
  breakdown: Breakdown,
): readonly { readonly measure: string; readonly column: Column }[] {
  const { instead } = breakdown;
  if (instead) return [{ measure: instead.measure, column: { title: instead.title, unit: instead.unit } }];
  const [numerator, denominator] = metric.parts;
  const value = { measure: metric.value, column: { title: metric.title, unit: metric.unit } };
  const over = { measure: metric.denominator, column: { title: denominator, unit: 'count' as const } };
  if (metric.numerator === metric.value) return [value, over];
  return [value, { measure: metric.numerator, column: { title: numerator, unit: 'count' as const } }, over];
}
