// In charge of one statement's way through the semantic layer: who still may, what is asked, and which rows come back.
import { asFault, Fault } from '@tessera/base';
import type { Access, Rights } from '@tessera/security';
import type { AnswerPart, SemanticLayer, SemanticView } from '../contract.ts';
import type { ParamValue, Planned, PlanSql, ViewRead } from '../plan/contract.ts';
import { columnsOf } from './arrays.ts';
import type { LargeNeeds } from './large.ts';

/** Shares the machine between tenants: it decides when the work is done, or refuses it. */
export type Admit = <T>(access: Access, work: () => Promise<T>) => Promise<T>;

export interface StatementNeeds {
  readonly layer: SemanticLayer;
  readonly plan: PlanSql;
  readonly admit: Admit;
  readonly maxRows: number;
  /** Undefined: no answer has more than `maxRows`. */
  readonly large: LargeNeeds | undefined;
  /** Whether these are the views of the session's catalog. */
  isShown(views: readonly SemanticView[]): boolean;
}

export interface Caller {
  readonly access: Access;
  readonly from: string;
  /** Throws where the caller may no longer ask: the token has run out, the account is gone, the role was taken away. */
  check(): Rights;
}

/** One read's values, column by column. */
export type ReadColumns = readonly (readonly unknown[])[];

/**
 * SQL_CATALOG_CHANGED where the session shows other views than the caller may see now: PostgreSQL would explain, type and complete by what is no more.
 * EXECUTE goes on, because the layer itself decides about what was prepared.
 */
export function planFor(needs: StatementNeeds, caller: Caller, sql: string): Planned {
  const views: readonly SemanticView[] = needs.layer.views(caller.check());
  if (needs.isShown(views)) return needs.plan(sql, { views, maxRows: needs.maxRows });
  try {
    const planned = needs.plan(sql, { views, maxRows: needs.maxRows });
    if (planned.statements.every(({ kind }) => kind === 'execute')) return planned;
  } catch {
    // Whatever is wrong with it, it was written for the catalog that is gone.
  }
  throw new Fault('SQL_CATALOG_CHANGED', {});
}

/** Whether views are those that a catalog was made of; the same list is compared once. */
export function shownViews(shown: readonly SemanticView[]): (views: readonly SemanticView[]) => boolean {
  const text = JSON.stringify(shown);
  let last = shown;
  return (views) => {
    if (views !== last && JSON.stringify(views) !== text) return false;
    last = views;
    return true;
  };
}

/** Asks every read of the statement. Refused before and after the asking where the answer could not be whole. */
export async function askReads(
  needs: StatementNeeds,
  caller: Caller,
  reads: readonly ViewRead[],
  params: readonly ParamValue[],
  probed: readonly ParamValue[],
  signal: AbortSignal,
): Promise<readonly ReadColumns[]> {
  caller.check();
  const answers: ReadColumns[] = [];
  // One after the other: a statement takes one place among its tenant's questions, however many views it reads.
  for (const read of reads) answers.push(await askRead(needs, caller, read, params, probed, signal));
  return answers;
}

async function askRead(
  needs: StatementNeeds,
  { access, from }: Caller,
  read: ViewRead,
  params: readonly ParamValue[],
  probed: readonly ParamValue[],
  signal: AbortSignal,
): Promise<ReadColumns> {
  const { query, ungrouped, empty, refuseAt, repeats, key } = read.query(params, probed);
  if (empty) return columnsOf(undefined, read.columns);
  const answer = await untilAborted(
    needs.admit(access, () => needs.layer.ask(access, query, { signal, ungrouped, from })),
    signal,
  );
  const most = needs.maxRows;
  if (refuseAt !== undefined && answer.rows >= refuseAt)
    throw new Fault('SQL_TOO_MANY_ROWS', { view: read.view, most });
  if (repeats && countOf(answer, repeats.member) > repeats.refuseAbove)
    throw new Fault('SQL_TOO_MANY_ROWS', { view: read.view, most });
  if (key && hasTwice(answer, key)) throw new Fault('SQL_KEY_REPEATED', { view: read.view, hint: oneEach });
  return columnsOf(answer, read.columns);
}

const oneEach = 'Join a sub-select that has each key once: SELECT key, min(column) … GROUP BY key.';

/** Two rows have the same values there. */
export function hasTwice(answer: AnswerPart, members: readonly string[]): boolean {
  const values = members.map((member) => answer.values[answer.columns.indexOf(member)] ?? []);
  const seen = new Set<string>();
  for (let row = 0; row < answer.rows; row += 1) seen.add(JSON.stringify(values.map((column) => column[row])));
  return seen.size < answer.rows;
}

export function countOf(answer: AnswerPart, member: string): number {
  const values = answer.values[answer.columns.indexOf(member)] ?? [];
  return values.reduce<number>((sum, value) => sum + Number(value ?? 0), 0);
}

/** A cancelled question need not end before its asker learns of it. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Fault('QUERY_CANCELLED', {}));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, (error) => reject(signal.aborted ? new Fault('QUERY_CANCELLED', {}) : asFault(error)));
  });
}

/** Runs `work`, whose choices and answers must be of one release: SQL_RELEASE_CHANGED, since what came between them would be in some of them only. */
export async function ofOneRelease<T>(
  needs: StatementNeeds,
  caller: Caller,
  planned: Planned,
  work: () => Promise<T>,
): Promise<T> {
  if (planned.choices.length === 0 && planned.reads.length < 2) return work();
  const before = needs.layer.version(caller.access);
  const done = await work();
  if (needs.layer.version(caller.access) !== before) throw new Fault('SQL_RELEASE_CHANGED', {});
  return done;
}
