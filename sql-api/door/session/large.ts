// In charge of answers that may be too large to be held: which of them are taken in parts, and the parts.
import { asFault, Fault } from '@tessera/base';
import type { AnswerPart } from '../contract.ts';
import type { LargeQuery, ParamValue, Planned, ReadQuery, ViewRead } from '../plan/contract.ts';
import { binaryArray } from './array-writer.ts';
import { columnsOf } from './arrays.ts';
import { createSpool, type Part } from './spool.ts';
import { askReads, type Caller, countOf, type ReadColumns, type StatementNeeds, untilAborted } from './statement.ts';

/** An answer on its way. */
export interface Parts {
  /** Rows of the result that the client wants; undefined: all. */
  readonly wanted: number | undefined;
  next(signal: AbortSignal): Promise<Part | undefined>;
  /** Nothing more is wanted: the engine stops, and what lies here goes. */
  close(): void;
}

export interface LargeNeeds {
  /** Most rows of an answer that is taken in parts. */
  readonly most: number;
  /** Where rows wait for slow clients. */
  readonly folder: string;
  /** Questions that were found to be large. */
  readonly known: KnownLarge;
}

export interface KnownLarge {
  has(key: string): boolean;
  add(key: string): void;
}

/** Remembers the last ones, so that they are not asked in vain for a small answer first. */
export function createKnownLarge(most = 500): KnownLarge {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      keys.delete(key);
      keys.add(key);
      for (const oldest of keys) {
        if (keys.size <= most) break;
        keys.delete(oldest);
      }
    },
  };
}

export type Asked = { readonly rows: readonly ReadColumns[] } | { readonly parts: Parts };

/** Asks every read of the statement: in parts where its one read is large and PostgreSQL computes nothing over rows together, else whole. */
export async function askStatement(
  needs: StatementNeeds,
  caller: Caller,
  planned: Planned,
  params: readonly ParamValue[],
  probed: readonly ParamValue[],
  signal: AbortSignal,
): Promise<Asked> {
  const [read] = planned.reads;
  const isPlain = planned.statements.length === 1 && planned.statements[0]?.kind === 'select';
  // What was chosen among a dimension's values is of one release; parts may come later.
  if (needs.large && isPlain && read && planned.reads.length === 1 && planned.choices.length === 0) {
    caller.check();
    const question = read.query(params, probed);
    if (question.large && !question.empty)
      return askLarge(needs, needs.large, caller, read, question, question.large, signal);
  }
  return { rows: await askReads(needs, caller, planned.reads, params, probed, signal) };
}

async function askLarge(
  needs: StatementNeeds,
  { most, folder, known }: LargeNeeds,
  { access, from }: Caller,
  read: ViewRead,
  { ungrouped, repeats }: ReadQuery,
  large: LargeQuery,
  signal: AbortSignal,
): Promise<Asked> {
  const { layer, admit } = needs;
  const key = JSON.stringify([access.tenant, layer.version(access), large.query]);
  if (!known.has(key)) {
    const first = { signal, ungrouped, from };
    const answer = await untilAborted(
      admit(access, () => layer.ask(access, large.first, first)),
      signal,
    );
    const isWhole = answer.rows < large.fromRows && (!repeats || countOf(answer, repeats.member) <= needs.maxRows);
    if (isWhole) return { rows: [columnsOf(answer, read.columns)] };
    known.add(key);
  }
  const spool = createSpool(folder);
  const stop = new AbortController();
  const tooMany = () => new Fault('SQL_TOO_MANY_ROWS', { view: read.view, most });
  let repeated = 0;
  const count = (part: AnswerPart) => {
    if (!repeats || large.wanted !== undefined) return;
    repeated += countOf(part, repeats.member);
    if (repeated > most) throw tooMany();
  };
  const options = { signal: stop.signal, ungrouped, from, most, enough: large.enough };
  const drain = async () => {
    for await (const part of layer.stream(access, large.query, options)) {
      count(part);
      const columns = columnsOf(part, read.columns);
      const arrays = columns.map((values, i) => binaryArray(values, read.columns[i]?.type ?? 'text'));
      await spool.put({ rows: part.rows, arrays });
    }
  };
  const close = () => {
    stop.abort();
    spool.close();
  };
  admit(access, drain).then(
    () => spool.end(),
    (error) => {
      stop.abort();
      const fault = asFault(error);
      spool.end(fault.code === 'ANSWER_CUT' ? tooMany() : fault);
    },
  );
  return { parts: { wanted: large.wanted, next: (asker) => untilAborted(spool.take(), asker), close } };
}
