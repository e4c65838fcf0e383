// What could not be taken: records in quarantine by reason, and stages that gave up, each with what a person may do about it.
import { useState } from 'react';
import { countOf } from '../format/number.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Answered, OperationsFrame, useSourceTitle } from './operations-frame.tsx';
import { ParkedStates } from './parked-states.tsx';
import {
  type HeldRecord,
  parseLetters,
  parseParked,
  parseRecords,
  type RecordState,
  recordStates,
} from './quarantine.ts';
import { ReasonBars } from './reason-bars.tsx';
import { addUp } from './reconciliation.ts';
import { RecordPanel } from './record-panel.tsx';
import { usePlatform } from './use-platform.ts';

export function QuarantinePage() {
  const records = usePlatform('/quarantine', parseRecords);
  const parked = usePlatform('/parked', parseParked);
  const letters = usePlatform('/dead-letters', parseLetters);
  const [done, setDone] = useState('');
  const again = () => {
    records.again();
    parked.again();
    letters.again();
  };
  const onChanged = (words: string) => {
    setDone(words);
    again();
  };
  return (
    <OperationsFrame title="Quarantine" question="What could not be taken, and what to do about it?" again={again}>
      {/* Said here, because what is done leaves its list. */}
      <p role="status" className={done === '' ? 'for-readers' : 'notice is-done'} data-done>
        {done}
      </p>
      <Answered what="The quarantine" asking={records}>
        {(all) => <Records all={all} onChanged={onChanged} />}
      </Answered>
      <Answered what="Parked device states" asking={parked}>
        {(waiting) => <ParkedStates parked={waiting} />}
      </Answered>
      <Answered what="Dead letters" asking={letters}>
        {(all) => <DeadLetters letters={all} onChanged={onChanged} />}
      </Answered>
    </OperationsFrame>
  );
}

const most = 100;

function Records({
  all,
  onChanged,
}: {
  readonly all: readonly HeldRecord[];
  readonly onChanged: (words: string) => void;
}) {
  const { actions } = useTenant();
  const titleOf = useSourceTitle();
  const [state, setState] = useState<RecordState>('waiting');
  const [stream, setStream] = useState('');
  const nameOf = (record: HeldRecord) => `${titleOf(record.source)} ${record.stream}`;
  const streams = [...new Set(all.map(nameOf))].sort();
  const inState = all.filter((record) => record.state === state);
  const shown = inState.filter((record) => stream === '' || nameOf(record) === stream);
  const countIn = (one: RecordState) => all.filter((record) => record.state === one).length;
  return (
    <>
      <div className="filters">
        <fieldset className="segments is-wrapping" aria-label="State">
          {recordStates.map((one) => (
            <button
              key={one}
              type="button"
              className="segment"
              aria-pressed={one === state}
              onClick={() => setState(one)}
            >
              {one.charAt(0).toUpperCase() + one.slice(1)} <span className="segment-count">{countIn(one)}</span>
            </button>
          ))}
        </fieldset>
        {streams.length > 1 && (
          <label className="field">
            Stream
            <select value={stream} onChange={(event) => setStream(event.target.value)}>
              <option value="">All</option>
              {streams.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div className="detail">
        {shown.length > 0 && (
          <section className="card is-third is-excluded" aria-labelledby="why-title">
            <h2 id="why-title">Why</h2>
            <ReasonBars reasons={addUp(shown.map(({ reason }) => ({ [reason]: 1 })))} />
          </section>
        )}
        <section
          className={shown.length > 0 ? 'card is-two-thirds' : 'card is-definition'}
          aria-labelledby="records-title"
          data-state={state}
        >
          <h2 id="records-title">{countOf(shown.length, 'record', 'records')}</h2>
          {shown.length === 0 ? (
            <EmptyPart words={state === 'waiting' ? 'Nothing waits: every record could be taken.' : 'None.'} />
          ) : (
            <ul className="held">
              {shown.slice(0, most).map((record) => (
                <RecordPanel
                  key={record.id}
                  record={record}
                  title={nameOf(record)}
                  mayOperate={actions?.includes('quarantine.operate') ?? true}
                  onChanged={onChanged}
                />
              ))}
            </ul>
          )}
          {shown.length > most && (
            <p className="part-empty">Only the first {most} are shown; mend these, or choose one stream.</p>
          )}
        </section>
      </div>
    </>
  );
}
