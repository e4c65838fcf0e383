// What the pages of the operations area share: head, waiting, a refusal in a sentence, a failure with a way to try again.
import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
import { useTenant } from '../tenant/tenant-context.ts';
import { FailedPart, WaitingPart } from '../tile/parts.tsx';
import type { Asking } from './use-platform.ts';

interface FrameProps {
  readonly title: string;
  readonly question: string;
  readonly again: () => void;
  readonly children: ReactNode;
}

export function OperationsFrame({ title, question, again, children }: FrameProps) {
  const { displayName } = useTenant();
  useEffect(() => {
    document.title = `${title} · ${displayName} · Tessera`;
  }, [title, displayName]);
  return (
    <div className="operations">
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          <p className="page-question">{question}</p>
        </div>
        <button type="button" className="button small" onClick={again}>
          Refresh
        </button>
      </div>
      {children}
    </div>
  );
}

interface AnswerProps<T> {
  readonly what: string;
  readonly asking: Asking<T>;
  readonly children: (value: T) => ReactNode;
}

/** Shows an answer, or what stands in its place. */
export function Answered<T>({ what, asking: { answer, again }, children }: AnswerProps<T>) {
  if (answer.state === 'ready') return children(answer.value);
  if (answer.state === 'refused') return <RefusedPart what={what} />;
  if (answer.state === 'failed')
    return (
      <section className="card" aria-label={what}>
        <FailedPart what={what} message={answer.message} retry={again} />
      </section>
    );
  return (
    <section className="card" aria-label={what} aria-busy="true">
      <p className="for-readers" role="status">
        Loading…
      </p>
      <WaitingPart lines={8} />
    </section>
  );
}

function RefusedPart({ what }: { readonly what: string }) {
  const { tenant, displayName } = useTenant();
  return (
    <section className="card refused" aria-label={what}>
      <p role="status">
        <strong>{what} is not yours to see.</strong> None of your roles at {displayName} gives the right to it. Ask
        whoever manages your groups.
      </p>
      <Link className="button small" to={`/t/${tenant}`}>
        To the overview
      </Link>
    </section>
  );
}

/** A number that matters, with what it counts. */
export function Figure(props: {
  readonly name: string;
  readonly value: ReactNode;
  readonly exact?: number;
  readonly tone?: 'good' | 'bad' | 'warn' | undefined;
}) {
  const { name, value, exact, tone } = props;
  return (
    <div className={tone ? `figure is-${tone}` : 'figure'}>
      <dt>{name}</dt>
      <dd>
        <data value={exact} data-figure={name}>
          {value}
        </data>
      </dd>
    </div>
  );
}

/** A source's name as people say it. */
export function useSourceTitle(): (source: string | null) => string {
  const { sources } = useTenant();
  return (source) =>
    source === null ? 'Several sources' : (sources.find((known) => known.source === source)?.title ?? source);
}
