// Any error → the answer that leaves: `{ error, code }` with the fault's status, never a stack or another's text.
import { asFault, Fault, type Observe } from '@tessera/base';
import { stepUpChallenge } from '@tessera/security';
import type { ErrorRequestHandler } from 'express';
import { maxBodyBytes } from './fairness/limit-server.ts';

/** The one catch of this door. */
export function presentFaults(observe: Observe): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const fault = httpFault(error);
    observe({ event: 'request.refused', tenant: undefined, route: request.path, code: fault.code });
    if (fault.status === 401)
      response.set('www-authenticate', fault.code === 'STEP_UP_NEEDED' ? stepUpChallenge : 'Bearer realm="tessera"');
    if (fault.status === 503) response.set('retry-after', '2');
    if (fault.code === 'QUOTA_EXCEEDED')
      response.set('retry-after', String((fault as Fault<'QUOTA_EXCEEDED'>).params.waitSeconds));
    response.status(fault.status).json({ error: fault.message, code: fault.code });
  };
}

/** Errors that express itself raises on a bad request carry a status; they are the caller's. */
export function httpFault(error: unknown): Fault {
  const { status } = (error ?? {}) as { readonly status?: unknown };
  if (error instanceof Fault || typeof status !== 'number' || status < 400 || status > 499) return asFault(error);
  if (status === 413) return new Fault('BODY_TOO_LARGE', { bytes: maxBodyBytes });
  return status === 404 ? new Fault('ROUTE_UNKNOWN', {}) : new Fault('REQUEST_UNREADABLE', { status });
}
