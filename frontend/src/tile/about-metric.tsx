// The definition on demand: what the semantic layer itself says about the number and its companions.
import { useCubeMeta } from '@cubejs-client/react';
import { useId, useState } from 'react';
import type { Metric } from '../metrics/metric.ts';
import { FailedPart, WaitingPart } from './parts.tsx';

export function AboutMetric({ metric }: { readonly metric: Metric }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        popoverTarget={id}
        aria-label={`What ${metric.title} means`}
        title="Definition"
      >
        <span aria-hidden="true">?</span>
      </button>
      <div
        id={id}
        popover="auto"
        className="popover definition"
        role="dialog"
        aria-label={`${metric.title}: definition`}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {isOpen && <Definition metric={metric} />}
      </div>
    </>
  );
}

/** Inside a CubeProvider; asks for the descriptions when it is shown. */
export function Definition({ metric }: { readonly metric: Metric }) {
  const { response, error, refetch } = useCubeMeta();
  if (error) return <FailedPart what="The definition" message={error.message} retry={() => void refetch()} />;
  if (!response) return <WaitingPart lines={4} />;
  const names = [
    metric.value,
    metric.numerator,
    metric.denominator,
    ...metric.companions.map(({ measure }) => measure),
  ];
  const cohort = metric.cohort?.companions.map(({ measure }) => measure) ?? [];
  const view = response.cubes.find(({ name }) => name === metric.view);
  const members = [...new Set([...names, ...cohort])].flatMap(
    (name) => view?.measures.find((measure) => measure.name === `${metric.view}.${name}`) ?? [],
  );
  if (members.length === 0) return <p className="part-empty">The semantic layer says nothing about this number.</p>;
  return (
    <dl className="definition-list">
      {members.map(({ name, shortTitle, description }) => (
        <div key={name}>
          <dt>{shortTitle}</dt>
          <dd>{description ?? 'No description.'}</dd>
          <dd>
            <code>{name}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
