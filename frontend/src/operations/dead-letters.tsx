// Stages that failed after their last attempt: what went wrong, and to run them again or set them aside.
import { useState } from 'react';
import { countOf } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import { DiscardForm } from './discard-form.tsx';
import { fieldsOf } from './fields.ts';
import { useSourceTitle } from './operations-frame.tsx';
import type { Letter } from './quarantine.ts';
import { SaidLine } from './said-line.tsx';
import { type Said, useAct } from './use-act.ts';

export function DeadLetters(props: {
  readonly letters: readonly Letter[];
  readonly onChanged: (words: string) => void;
}) {
  const { letters, onChanged } = props;
  const { actions } = useTenant();
  return (
    <section className="card" aria-labelledby="letters-title">
      <h2 id="letters-title">{countOf(letters.length, 'dead letter', 'dead letters')}</h2>
      {letters.length === 0 ? (
        <EmptyPart words="No stage gave up." />
      ) : (
        <ul className="held">
          {letters.map((letter) => (
            <LetterPanel
              key={letter.id}
              letter={letter}
              mayOperate={actions?.includes('pipeline.operate') ?? true}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function LetterPanel(props: {
  readonly letter: Letter;
  readonly mayOperate: boolean;
  readonly onChanged: (words: string) => void;
}) {
  const { letter, mayOperate, onChanged } = props;
  const { timeZone } = useTenant();
  const titleOf = useSourceTitle();
  const { isBusy, said, act } = useAct();
  const [isDiscarding, setDiscarding] = useState(false);
  const path = `/dead-letters/${encodeURIComponent(letter.id)}`;
  const where = [letter.source && titleOf(letter.source), letter.stream === '*' ? 'all streams' : letter.stream];
  const settle = async (how: string, body: object, say: (answer: unknown) => Said) => {
    const { isDone, words } = await act(`${path}/${how}`, body, say);
    if (isDone) onChanged(words);
  };
  return (
    <li className="held-record" data-letter={letter.id}>
      <p className="held-title">
        <strong>{[letter.stage, ...where].filter(Boolean).join(' · ')}</strong>
        <span className="held-when">
          {countOf(letter.attempts, 'attempt', 'attempts')}, last {formatInstant(letter.at, timeZone)}
        </span>
      </p>
      <p className="held-reason">
        <code>{letter.code}</code> {letter.message}
      </p>
      {mayOperate && (
        <div className="held-acts">
          <button
            type="button"
            className="button small"
            disabled={isBusy}
            onClick={() => void settle('replay', {}, sayReplay)}
          >
            {isBusy ? 'Running…' : 'Replay'}
          </button>
          <button
            type="button"
            className="button small"
            aria-expanded={isDiscarding}
            onClick={() => setDiscarding((now) => !now)}
          >
            Discard
          </button>
        </div>
      )}
      {isDiscarding && (
        <DiscardForm
          what="letter"
          isBusy={isBusy}
          onDiscard={(why) => void settle('discard', { why }, () => ({ words: 'Set aside.', isDone: true }))}
        />
      )}
      <SaidLine said={said} />
    </li>
  );
}

function sayReplay(answer: unknown): Said {
  const { settled, release } = fieldsOf(answer, 'an object');
  return settled === true
    ? { words: `It went well; release ${String(release)} is served.`, isDone: true }
    : { words: 'It failed again; the letter stays.', isDone: false };
}
