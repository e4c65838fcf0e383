// The text that stands in for a record: checked while it is written, sent only when it is JSON.
import { useId, useState } from 'react';
import { problemOfJson } from './quarantine.ts';

export function FixForm(props: { readonly isBusy: boolean; readonly onFix: (record: string) => void }) {
  const { isBusy, onFix } = props;
  const [text, setText] = useState('');
  const id = useId();
  const problem = text.trim() === '' ? undefined : problemOfJson(text);
  return (
    <form
      className="held-open"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) onFix(text);
      }}
    >
      <label className="field is-block" htmlFor={id}>
        The whole record as JSON, as the source should have given it
        <textarea
          id={id}
          rows={8}
          required
          spellCheck={false}
          value={text}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <p id={`${id}-problem`} className="field-problem" role="status">
        {problem}
      </p>
      <button type="submit" className="button small primary" disabled={isBusy || problem !== undefined}>
        Stage instead of the record
      </button>
    </form>
  );
}
