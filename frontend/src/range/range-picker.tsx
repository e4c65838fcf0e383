// Chooses the time range: four lengths up to where the data ends, or days of one's own. The address holds the choice, so every choice is a link.
import { type FormEvent, useId, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { formatRange } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { lastDay, presets, problemOf, writeRange } from './range.ts';
import { useQuestion } from './use-range.ts';

export function RangePicker() {
  const [params] = useSearchParams();
  const { choice, scope } = useQuestion();
  const to = (days: number) => ({ search: writeRange(params, { kind: 'last', days }).toString() });
  return (
    <fieldset className="range-picker" aria-label="Time range">
      <div className="segments">
        {presets.map((days) => {
          const isChosen = choice.kind === 'last' && choice.days === days;
          return (
            <Link
              key={days}
              to={to(days)}
              className="segment"
              aria-current={isChosen ? 'true' : undefined}
              preventScrollReset
            >
              {days} <abbr title="days">d</abbr>
            </Link>
          );
        })}
        <CustomRange />
      </div>
      <p className="range-words">{formatRange(scope.range)}</p>
    </fieldset>
  );
}

function CustomRange() {
  const { asOf } = useTenant();
  const { choice, scope } = useQuestion();
  const [params, setParams] = useSearchParams();
  const [problem, setProblem] = useState<string>();
  const popover = useRef<HTMLDivElement>(null);
  const id = useId();

  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [from, to] = [String(form.get('from')), String(form.get('to'))];
    const found = problemOf(from, to, asOf);
    setProblem(found);
    if (found !== undefined) return;
    popover.current?.hidePopover();
    setParams(writeRange(params, { kind: 'custom', from, to }), { preventScrollReset: true });
  };
  return (
    <>
      <button type="button" className="segment" popoverTarget={id} aria-pressed={choice.kind === 'custom'}>
        Custom
      </button>
      <div id={id} ref={popover} popover="auto" className="popover">
        <form onSubmit={apply} className="range-form" key={`${scope.range.from}${scope.range.to}`} noValidate>
          <label>
            First day
            <input type="date" name="from" defaultValue={scope.range.from} max={lastDay(asOf)} required />
          </label>
          <label>
            Last day
            <input type="date" name="to" defaultValue={scope.range.to} max={lastDay(asOf)} required />
          </label>
          {problem !== undefined && <p role="alert">{problem}</p>}
          <button type="submit" className="button primary">
            Apply
          </button>
        </form>
      </div>
    </>
  );
}
