// Fairness before an HTTP route: a place for the request, given back when its answer has ended or its caller has gone.
import { Fault, type Tenant } from '@tessera/base';
import type { Request, RequestHandler, Response } from 'express';
import type { Fairness } from './create-fairness.ts';

/** Said once for all: an abort without a reason makes an error with a stack, and this one comes after every answer. */
const hungUp = 'the caller is gone';

/** To be mounted behind the check of the token and before the body is read. A refusal is 429 with Retry-After; every answer tells what is left. */
export function fairRoute(fairness: Fairness, tenantOf: (request: Request) => Tenant): RequestHandler {
  return (request, response, next) => {
    const tenant = tenantOf(request);
    const gone = new AbortController();
    // Comes after every answer, and when the caller hangs up.
    response.once('close', () => gone.abort(hungUp));
    fairness.enter(tenant, gone.signal).then(
      (place) => {
        if (response.closed || response.destroyed) return place.leave();
        response.once('close', () => place.leave());
        tellRate(response, fairness, tenant);
        next();
      },
      (error: unknown) => {
        // Nobody is there to hear it.
        if (gone.signal.aborted) return;
        tellRate(response, fairness, tenant);
        if (error instanceof Fault && error.code === 'QUOTA_EXCEEDED')
          response.set('retry-after', String((error as Fault<'QUOTA_EXCEEDED'>).params.waitSeconds));
        next(error);
      },
    );
  };
}

/** draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. */
export function tellRate(response: Response, fairness: Pick<Fairness, 'rate'>, tenant: Tenant): void {
  if (response.headersSent) return;
  const { perMinute, left, waitSeconds } = fairness.rate(tenant);
  response.set('ratelimit-policy', `"tenant";q=${perMinute};w=60`);
  response.set('ratelimit', `"tenant";r=${left};t=${waitSeconds}`);
}
