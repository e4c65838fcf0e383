// A question asked inside the process: the very path of HTTP without the HTTP, for the doors that have a protocol of their own.
import { Fault } from '@tessera/base';
import { isWrapped, type Respond, type WrappedAnswer } from './answers.ts';
import { type Caller, callContext } from './caller.ts';
import type { GatedGateway } from './gateway.ts';

export interface Question {
  /** A query in Cube's format, or a list of them; it passes the gate like any other. */
  readonly query: unknown;
  readonly queryType?: string | undefined;
  readonly cache?: string | undefined;
}

/** Rounds of "Continue wait", a few seconds each; the engine stops a query long before. */
const maxRounds = 500;

/** Answers or throws the fault that REST would answer. An abort ends the wait at once with QUERY_CANCELLED; stopping the engine is the caller's. */
export async function askInProcess(
  gateway: GatedGateway,
  caller: Caller,
  question: Question,
  signal?: AbortSignal,
): Promise<WrappedAnswer> {
  const cancelled = Promise.withResolvers<never>();
  cancelled.promise.catch(() => {});
  const abort = () => cancelled.reject(new Fault('QUERY_CANCELLED', {}));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for (let round = 0; round < maxRounds; round += 1) {
      const answer = await Promise.race([cancelled.promise, askOnce(gateway, caller, question)]);
      if (answer) return answer;
    }
    throw new Fault('QUERY_TIMEOUT', { timeoutMs: maxRounds * 5_000 });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Cube's description of the model, or its check of a query, as REST would send it. */
export async function callInProcess(
  gateway: GatedGateway,
  caller: Caller,
  method: 'meta' | 'dry-run',
  params: { readonly query?: unknown; readonly onlyViews?: boolean | undefined },
): Promise<object> {
  const context = callContext(caller);
  let answer: object = {};
  const res: Respond = (message) => {
    answer = message;
  };
  const call = method === 'meta' ? gateway.meta : gateway.dryRun;
  await call.call(gateway, { ...params, context, res } as never);
  const [fault] = context.faults;
  if (fault) throw fault;
  return answer;
}

/** Undefined where the answer is still being computed. */
async function askOnce(gateway: GatedGateway, caller: Caller, question: Question): Promise<WrappedAnswer | undefined> {
  const context = callContext(caller);
  let answer: WrappedAnswer | undefined;
  const res: Respond = (message) => {
    if (isWrapped(message)) answer = message;
  };
  const { query, queryType, cache } = question;
  const request = { query, queryType, cacheMode: cache, context, res, apiType: 'ws' };
  await gateway.load(request as unknown as Parameters<GatedGateway['load']>[0]);
  const [fault] = context.faults;
  if (fault) throw fault;
  return answer;
}
