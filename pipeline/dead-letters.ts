// Dead letters of a tenant: one object a stage and input, however often it fails, so that a broken source costs one object and not one a run.
import { Fault } from '@tessera/base';
import type { DeadLetter, TenantLake } from '@tessera/lakehouse';
import { attemptsOf } from './retry-table.ts';

export interface Failure {
  readonly stage: string;
  readonly input: { readonly source?: string; readonly stream?: string };
  readonly code: string;
  readonly message: string;
  readonly transient: boolean;
  readonly run: string;
  readonly at: string;
}

const keptHistory = 20;

/** Puts the letter, or adds to the one that is there; its id. A run that was overtaken by another worker leaves none: that one does the work. */
export async function parkLetter(lake: TenantLake, failure: Failure): Promise<string> {
  const { stage, code, message, run, at, transient } = failure;
  const { source, stream = source === undefined ? undefined : '*' } = failure.input;
  const id = [stage, source, stream === '*' ? 'all' : stream].filter((part) => part !== undefined).join('.');
  if (code === 'LEASE_LOST') return id;
  const before = await lake.deadLetters.get(id);
  const attempts = attemptsOf(stage, transient);
  const { error: _error, failed: _failed, ...input } = failure.input as Record<string, unknown>;
  await lake.deadLetters.put(id, {
    id,
    stage,
    ...(source === undefined ? {} : { source }),
    ...(stream === undefined ? {} : { stream }),
    input,
    code,
    message,
    history: [...(before?.history ?? []), { run, at, code, attempts }].slice(-keptHistory),
    attempts: (before?.attempts ?? 0) + attempts,
    run,
    firstAt: before?.firstAt ?? at,
    at,
  });
  return id;
}

/** Removes the letters that `isSettled` takes; how many. */
export async function settleLetters(lake: TenantLake, isSettled: (letter: DeadLetter) => boolean): Promise<number> {
  const settled = (await lake.deadLetters.list()).filter(isSettled);
  for (const { id } of settled) await lake.deadLetters.remove(id);
  return settled.length;
}

/** The letter, or DEAD_LETTER_UNKNOWN. */
export async function findLetter(lake: TenantLake, id: string): Promise<DeadLetter> {
  const letter = /^[a-z_.]{1,150}$/.test(id) ? await lake.deadLetters.get(id) : undefined;
  if (letter === undefined) throw new Fault('DEAD_LETTER_UNKNOWN', { tenant: lake.tenant, length: id.length });
  return letter;
}
