// Narrows the page to some values of a dimension; the address keeps what is chosen.
import { useId, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { groupsOf, sayValue } from '../metrics/answers.ts';
import type { Breakdown, Metric } from '../metrics/metric.ts';
import { breakdownMeasures, breakdownQuery, narrowable, type Scope, viewOf } from '../metrics/queries.ts';
import { useAnswer } from '../metrics/use-answer.ts';
import { writeNarrowing } from '../range/narrowing-url.ts';
import { FailedPart, WaitingPart } from '../tile/parts.tsx';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
}

export function NarrowingBar({ metric, scope }: Props) {
  return (
    <fieldset className="narrowing-bar" aria-label="Filters">
      {narrowable(metric).map((breakdown) => (
        <NarrowingMenu key={breakdown.dimension} metric={metric} scope={scope} breakdown={breakdown} />
      ))}
      {scope.narrowings.length > 0 && <ClearAll dimensions={scope.narrowings.map(({ dimension }) => dimension)} />}
    </fieldset>
  );
}

function ClearAll({ dimensions }: { readonly dimensions: readonly string[] }) {
  const [params, setParams] = useSearchParams();
  const clear = () =>
    setParams(
      dimensions.reduce((next, dimension) => writeNarrowing(next, dimension, []), params),
      { preventScrollReset: true },
    );
  return (
    <button type="button" className="button small" onClick={clear}>
      Clear filters
    </button>
  );
}

function NarrowingMenu({ metric, scope, breakdown }: Props & { readonly breakdown: Breakdown }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const chosen = scope.narrowings.find(({ dimension }) => dimension === breakdown.dimension)?.values ?? [];
  const words =
    chosen.length === 0
      ? 'all'
      : chosen.length === 1
        ? sayValue(chosen[0] ?? null, breakdown.labels)
        : `${chosen.length} chosen`;
  return (
    <>
      <button
        type="button"
        className={chosen.length > 0 ? 'button small is-chosen' : 'button small'}
        popoverTarget={id}
      >
        {breakdown.title}: {words} <span aria-hidden="true">▾</span>
      </button>
      <div id={id} popover="auto" className="popover menu" onToggle={(event) => setOpen(event.newState === 'open')}>
        {isOpen && <Choices metric={metric} scope={scope} breakdown={breakdown} chosen={chosen} />}
      </div>
    </>
  );
}

interface ChoicesProps extends Props {
  readonly breakdown: Breakdown;
  readonly chosen: readonly (string | null)[];
}

function Choices({ metric, scope, breakdown, chosen }: ChoicesProps) {
  const [params, setParams] = useSearchParams();
  const query = useMemo(() => {
    const others = scope.narrowings.filter(({ dimension }) => dimension !== breakdown.dimension);
    return breakdownQuery(metric, breakdown, { ...scope, narrowings: others });
  }, [metric, breakdown, scope]);
  const answer = useAnswer(query);
  if (answer.state === 'failed') return <FailedPart what="The choices" message={answer.message} retry={answer.retry} />;
  if (answer.state === 'loading') return <WaitingPart lines={4} />;
  const groups = groupsOf(
    answer.sets[0] ?? [],
    viewOf(metric, scope),
    metric,
    breakdown,
    breakdownMeasures(metric, breakdown),
  );
  // What is chosen stays to be unchosen, also where the range holds nothing of it.
  const gone = chosen
    .filter((value) => !groups.some(({ key }) => key === value))
    .map((key) => ({ key, label: sayValue(key, breakdown.labels) }));
  const toggle = (key: string | null) => {
    const next = chosen.includes(key) ? chosen.filter((value) => value !== key) : [...chosen, key];
    setParams(writeNarrowing(params, breakdown.dimension, next), { replace: true, preventScrollReset: true });
  };
  return (
    <fieldset className="choices">
      <legend className="for-readers">{breakdown.title}</legend>
      {[...groups, ...gone].map(({ key, label }) => (
        <label key={key ?? ''}>
          <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
