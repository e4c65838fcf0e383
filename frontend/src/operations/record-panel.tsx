// One record in quarantine: its reason and shape, its values for a purpose, and replay, fix or discard.
import { useId, useState } from 'react';
import { formatNumber } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { DiscardForm } from './discard-form.tsx';
import { fieldsOf, maybeText } from './fields.ts';
import { FixForm } from './fix-form.tsx';
import { type HeldRecord, sayOutcome } from './quarantine.ts';
import { SaidLine } from './said-line.tsx';
import { type Acting, useAct } from './use-act.ts';

interface Props {
  readonly record: HeldRecord;
  readonly title: string;
  readonly mayOperate: boolean;
  /** Told what was done; the record may leave the list. */
  readonly onChanged: (words: string) => void;
}
type Open = 'shape' | 'fix' | 'discard';

export function RecordPanel({ record, title, mayOperate, onChanged }: Props) {
  const { timeZone } = useTenant();
  const acting = useAct();
  const [open, setOpen] = useState<Open>();
  const [text, setText] = useState<string>();
  const { isBusy, said, act } = acting;
  const path = `/quarantine/${encodeURIComponent(record.id)}`;
  const mend = async (how: string, body: object) => {
    const outcome = await act(`${path}/${how}`, body, sayOutcome);
    if (!outcome.isDone) return;
    setOpen(undefined);
    onChanged(`${title}: ${outcome.words}`);
  };
  const show = async () => {
    const { isDone } = await act(path, undefined, (answer) => void setText(shapeIn(answer)));
    if (isDone) setOpen('shape');
  };
  return (
    <li className="held-record" data-record={record.id}>
      <p className="held-title">
        <strong>{title}</strong>
        <span className="held-when">
          {formatInstant(record.at, timeZone)}, {formatNumber(record.bytes, 'count')} bytes
        </span>
      </p>
      <p className="held-reason">{record.reason}</p>
      <div className="held-acts">
        <button
          type="button"
          className="button small"
          aria-expanded={open === 'shape'}
          disabled={isBusy}
          onClick={() => (open === 'shape' ? setOpen(undefined) : void show())}
        >
          Look
        </button>
        {mayOperate && (
          <>
            <button type="button" className="button small" disabled={isBusy} onClick={() => void mend('replay', {})}>
              Replay
            </button>
            <button
              type="button"
              className="button small"
              aria-expanded={open === 'fix'}
              onClick={() => setOpen(open === 'fix' ? undefined : 'fix')}
            >
              Fix
            </button>
            {record.state === 'waiting' && (
              <button
                type="button"
                className="button small"
                aria-expanded={open === 'discard'}
                onClick={() => setOpen(open === 'discard' ? undefined : 'discard')}
              >
                Discard
              </button>
            )}
          </>
        )}
      </div>
      {open === 'shape' && text !== undefined && <Shape text={text} setText={setText} path={path} acting={acting} />}
      {open === 'fix' && <FixForm isBusy={isBusy} onFix={(fixed) => void mend('fix', { record: fixed })} />}
      {open === 'discard' && (
        <DiscardForm what="record" isBusy={isBusy} onDiscard={(why) => void mend('discard', { why })} />
      )}
      <SaidLine said={said} />
    </li>
  );
}

const shapeIn = (answer: unknown): string => JSON.stringify(fieldsOf(answer, 'a record').shape, null, 2);

/** Values only for a purpose, which goes into the trail. */
function Shape(props: {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly path: string;
  readonly acting: Acting;
}) {
  const { text, setText, path, acting } = props;
  const id = useId();
  const { actions } = useTenant();
  const mayReveal = !actions || (actions.includes('pii.reveal') && actions.includes('quarantine.operate'));
  return (
    <div className="held-open">
      {/* A text area scrolls by keyboard as well. */}
      <textarea readOnly rows={Math.min(14, text.split('\n').length)} value={text} aria-label="The record" />
      {mayReveal && (
        <form
          className="filters"
          onSubmit={(event) => {
            event.preventDefault();
            const purpose = String(new FormData(event.currentTarget).get('purpose') ?? '').trim();
            void acting.act(
              `${path}?purpose=${encodeURIComponent(purpose)}`,
              undefined,
              (answer) => void setText(maybeText(fieldsOf(answer, 'a record'), 'record') ?? ''),
            );
          }}
        >
          <label className="field" htmlFor={id}>
            Purpose
            <input id={id} name="purpose" required maxLength={200} />
          </label>
          <button type="submit" className="button small" disabled={acting.isBusy}>
            Show the values
          </button>
          <span className="field-about">Goes into the audit trail with your name.</span>
        </form>
      )}
    </div>
  );
}
