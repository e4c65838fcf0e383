// What becomes of a call that failed: what came is kept, and it is made again after a wait, or not. The only place that says so.
import { asFault, type Fault } from '@tessera/base';
import type { RawPage } from '@tessera/lakehouse';
import type { FetchNeeds } from './fetch-stream.ts';
import { keptAnswer, type UnusableAnswer } from './kept-answer.ts';
import { renderUnusableNote } from './page-note.ts';
import { retryPolicy, retryWaitMs } from './retry-wait.ts';

export interface PageRetry {
  /** Failures count in a row. */
  progressed(): void;
  /** The fault of a failure; an answer that could not be read is in raw after it, marked as unusable. */
  faultOf(error: unknown): Promise<Fault>;
  /** Waits, and then the call is made again; throws the fault where it is not. `atOnce` neither waits nor counts: for what no waiting mends. */
  wait(fault: Fault, how?: { readonly atOnce: boolean }): Promise<void>;
}

/** `pageOf` gives an answer its place among the run's pages. */
export function createPageRetry(
  { lake, source, sleep, observe, random = Math.random, retry = retryPolicy }: FetchNeeds,
  stream: string,
  pageOf: (answer: UnusableAnswer, cursor: string) => RawPage,
): PageRetry {
  let failures = 0;
  return {
    progressed() {
      failures = 0;
    },
    async faultOf(error) {
      const fault = asFault(error);
      const unusable = keptAnswer(fault);
      if (unusable !== undefined) await lake.raw.put(pageOf(unusable, renderUnusableNote(unusable.body.byteLength)));
      return fault;
    },
    async wait(fault, { atOnce } = { atOnce: false }) {
      const waitMs = atOnce ? 0 : retryWaitMs(fault, ++failures, random, retry);
      if (waitMs === undefined) throw fault;
      const attempt = failures;
      observe({ event: 'page.retried', tenant: lake.tenant, source, stream, attempt, waitMs, code: fault.code });
      if (waitMs > 0) await sleep(waitMs);
    },
  };
}
