// Reads a span of time of an event stream again, beside the live reading: its pages carry no cursor, so the live one stays where it is.
import { asFault, Fault } from '@tessera/base';
import type { RawPageEntry } from '@tessera/lakehouse';
import type { OpenStream } from './define-connector.ts';
import { keptAnswer } from './kept-answer.ts';
import { renderNote, renderUnusableNote } from './page-note.ts';
import { retryPolicy, retryWaitMs } from './retry-wait.ts';
import type { SyncNeeds } from './sync-stream.ts';

/**
 * Fetches [from, to) to raw under the run's name and hands on groups of pages of at most `groupPages`, to be staged between two turns of the live run. What bronze has already is
 * left out when it is staged. BACKFILL_UNSUPPORTED where the vendor does not answer for spans. A failure in the middle begins the span anew, a few times in all; pages that were handed on are not lost.
 */
export async function* backfillWindow(
  needs: SyncNeeds,
  stream: OpenStream,
  span: { readonly from: Date; readonly to: Date },
  groupPages: number,
): AsyncIterable<readonly RawPageEntry[]> {
  const { lake, source, run, sleep, observe, random = Math.random, retry = retryPolicy } = needs;
  const { window } = stream;
  if (window === undefined || stream.mode !== 'events')
    throw new Fault('BACKFILL_UNSUPPORTED', { source, stream: stream.name });
  const facts = { source, stream: stream.name, run };
  let page = 0;
  for (let failures = 0; ; ) {
    let group: RawPageEntry[] = [];
    try {
      for await (const { records, ...answer } of window(span)) {
        if (records === 0) continue;
        const cursor = renderNote({ ...answer, records, cursor: null });
        const { receivedAt, request, status, body } = answer;
        group.push(await lake.raw.put({ ...facts, page: ++page, receivedAt, request, status, body, cursor }));
        observe({
          event: 'page.written',
          tenant: lake.tenant,
          source,
          stream: stream.name,
          records,
          bytes: body.byteLength,
        });
        if (group.length < groupPages) continue;
        yield group;
        group = [];
      }
      if (group.length > 0) yield group;
      return;
    } catch (error) {
      if (group.length > 0) yield group;
      const fault = asFault(error);
      const unusable = keptAnswer(fault);
      if (unusable !== undefined)
        await lake.raw.put({
          ...facts,
          page: ++page,
          ...unusable,
          cursor: renderUnusableNote(unusable.body.byteLength),
        });
      const waitMs = retryWaitMs(fault, ++failures, random, retry);
      if (waitMs === undefined) throw fault;
      observe({
        event: 'page.retried',
        tenant: lake.tenant,
        source,
        stream: stream.name,
        attempt: failures,
        waitMs,
        code: fault.code,
      });
      await sleep(waitMs);
    }
  }
}
