// What becomes of an HTTP answer: given, to be asked again, cancelled by its owner, or wanted by nobody any more.
import { Fault } from '@tessera/base';
import type { Response } from 'express';
import type { RunningQuery } from './running-queries.ts';

/** Ends the query's turn when the answer is out or the caller is gone. A cancelled one is answered at once, and what Cube says later is dropped. */
export function followRequest(response: Response, query: RunningQuery): void {
  let how: 'answered' | 'again' = 'answered';
  const json = response.json.bind(response);
  response.json = (body: { error?: unknown } | undefined) => {
    if (body?.error === 'Continue wait') how = 'again';
    return json(body);
  };
  const cancelled = () => {
    if (response.headersSent) return;
    const { status, message, code } = new Fault('QUERY_CANCELLED', {});
    response.status(status);
    json({ error: message, code });
    const dropped = () => response;
    Object.assign(response, { json: dropped, send: dropped, set: dropped, status: dropped });
  };
  query.signal.addEventListener('abort', cancelled, { once: true });
  response.once('close', () => {
    query.signal.removeEventListener('abort', cancelled);
    query.end(response.writableFinished ? how : 'left');
  });
}
