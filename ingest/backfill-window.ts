// Reads a span of time of an event stream again, beside the live reading: its pages carry no cursor, so the live one stays where it is.
import { Fault } from '@tessera/base';
import type { RawPage, RawPageEntry } from '@tessera/lakehouse';
import type { OpenStream } from './define-connector.ts';
import type { FetchNeeds } from './fetch-stream.ts';
import type { UnusableAnswer } from './kept-answer.ts';
import { renderNote } from './page-note.ts';
import { createPageRetry } from './retry-page.ts';

/**
 * Fetches [from, to) to raw under the run's name and hands on groups of pages of at most `groupPages`, to be staged between two turns of the live run. What bronze has already is
 * left out when it is staged. BACKFILL_UNSUPPORTED where the vendor does not answer for spans. A failure in the middle begins the span anew, a few times in all; pages that were handed on are not lost.
 */
export async function* backfillWindow(
  needs: FetchNeeds,
  stream: OpenStream,
  span: { readonly from: Date; readonly to: Date },
  groupPages: number,
): AsyncIterable<readonly RawPageEntry[]> {
  const { lake, source, run, observe } = needs;
  const { window } = stream;
  if (window === undefined || stream.mode !== 'events')
    throw new Fault('BACKFILL_UNSUPPORTED', { source, stream: stream.name });
  const facts = { source, stream: stream.name, run };
  let page = 0;
  const pageOf = ({ receivedAt, request, status, body }: UnusableAnswer, cursor: string): RawPage => ({
    ...facts,
    ...{ page: ++page, receivedAt, request, status, body, cursor },
  });
  const retries = createPageRetry(needs, stream.name, pageOf);
  for (;;) {
    let group: RawPageEntry[] = [];
    try {
      for await (const { records, ...answer } of window(span)) {
        if (records === 0) continue;
        const cursor = renderNote({ ...answer, records, cursor: null });
        group.push(await lake.raw.put(pageOf(answer, cursor)));
        observe({
          event: 'page.written',
          tenant: lake.tenant,
          source,
          stream: stream.name,
          records,
          bytes: answer.body.byteLength,
        });
        if (group.length < groupPages) continue;
        yield group;
        group = [];
      }
      if (group.length > 0) yield group;
      return;
    } catch (error) {
      if (group.length > 0) yield group;
      await retries.wait(await retries.faultOf(error));
    }
  }
}
