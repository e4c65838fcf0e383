// Records that could not be taken and stages that gave up, as the page shows them.
import { type Fields, fieldsOf, listIn, maybeText, numberIn, textIn } from './fields.ts';

export const recordStates = ['waiting', 'replayed', 'fixed', 'discarded'] as const;
export type RecordState = (typeof recordStates)[number];

export interface HeldRecord {
  readonly id: string;
  readonly source: string;
  readonly stream: string;
  readonly reason: string;
  readonly at: string;
  readonly run: string;
  readonly state: RecordState;
  readonly bytes: number;
}
export interface Letter {
  readonly id: string;
  readonly stage: string;
  readonly source: string | null;
  readonly stream: string | null;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly firstAt: string;
  readonly at: string;
}

export const parseRecords = (value: unknown): readonly HeldRecord[] =>
  listIn(fieldsOf(value, 'an object'), 'records', parseRecord);

export const parseRecord = (record: Fields): HeldRecord => ({
  id: textIn(record, 'id'),
  source: textIn(record, 'source'),
  stream: textIn(record, 'stream'),
  reason: textIn(record, 'reason'),
  at: textIn(record, 'at'),
  run: textIn(record, 'run'),
  // A state without a known name still waits for somebody.
  state: recordStates.find((known) => known === record.state) ?? 'waiting',
  bytes: numberIn(record, 'bytes'),
});

export interface ParkedState {
  readonly id: string;
  readonly device: string | null;
  readonly since: string;
}
export interface Parked {
  /** All there are; `states` may be fewer. */
  readonly count: number;
  readonly states: readonly ParkedState[];
}

export function parseParked(value: unknown): Parked {
  const answer = fieldsOf(value, 'an object');
  const states = listIn(answer, 'states', (state) => ({
    id: textIn(state, 'id'),
    device: maybeText(state, 'device'),
    since: textIn(state, 'since'),
  }));
  return { count: numberIn(answer, 'parked'), states };
}

export const parseLetters = (value: unknown): readonly Letter[] =>
  listIn(fieldsOf(value, 'an object'), 'letters', (letter) => ({
    id: textIn(letter, 'id'),
    stage: textIn(letter, 'stage'),
    source: maybeText(letter, 'source'),
    stream: maybeText(letter, 'stream'),
    code: textIn(letter, 'code'),
    message: textIn(letter, 'message'),
    attempts: numberIn(letter, 'attempts'),
    firstAt: textIn(letter, 'firstAt'),
    at: textIn(letter, 'at'),
  }));

/** What an act came to, in a sentence: a record that is still bad was not changed. */
export function sayOutcome(value: unknown): { readonly words: string; readonly isDone: boolean } {
  const outcome = fieldsOf(value, 'an object');
  const rows = typeof outcome.rows === 'number' ? outcome.rows : 0;
  if (outcome.state === 'still bad')
    return { words: `It still cannot be taken: ${maybeText(outcome, 'reason') ?? 'no reason given'}.`, isDone: false };
  if (outcome.state === 'discarded')
    return { words: 'Set aside; its reason stays in the books. It can still be replayed.', isDone: true };
  const gained = rows === 0 ? 'bronze had it already' : `${rows} ${rows === 1 ? 'row' : 'rows'} staged`;
  return { words: `Taken: ${gained}. The next run releases it.`, isDone: true };
}

/** Why a text is not a JSON object; undefined where it is one. */
export function problemOfJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return 'A record is a JSON object: it begins with { and ends with }.';
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : 'it cannot be read'}.`;
  }
}
