// The door at which vendors deliver: who has no hook finds nothing here, who cannot sign gets 401 and is not listened to, and 200 means that the delivery is on the disk.
import { asFault, Fault, type FaultCode, type Observe, type SourceName, type Tenant } from '@tessera/base';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { maxBodyBytes } from './fairness/limit-server.ts';
import { createTokenBucket, type TokenBucket } from './fairness/token-bucket.ts';
import type { ReadHeader } from './hook-schemes.ts';

export interface Hook {
  readonly tenant: Tenant;
  readonly source: SourceName;
  /** False where the headers say it all. */
  readonly signsBody: boolean;
  /** By its headers alone; of who fails here the body is not read. */
  admits(header: ReadHeader): boolean;
  /** Compares in constant time. */
  isSigned(header: ReadHeader, body: Uint8Array): boolean;
  /** The sender's own name of the delivery, the same in each of its attempts, where its scheme has one. */
  idOf(header: ReadHeader): string | undefined;
  /** Where the vendor asks the address to prove itself: the header with its challenge. */
  readonly challenge: string | undefined;
}
export interface HookDoor {
  /** Undefined where there is none: the tenant is in the hook, never in what is sent. */
  find(source: string, hook: string): Promise<Hook | undefined>;
  /** Durable when it resolves. DELIVERY_INVALID, HOOK_REFUSED for what is too old, HOOK_BACKLOG. */
  receive(hook: Hook, delivery: { readonly id: string | undefined; readonly body: Uint8Array }): Promise<void>;
  readonly observe: Observe;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly limits?: Partial<HookLimits>;
}
export interface HookLimits {
  /** Deliveries of one tenant. Okta sends a whole organisation's 400,000 events a day in far fewer. */
  readonly perMinute: number;
  readonly atOnce: number;
  readonly bytesPerMinute: number;
  /** The sender waits 3 s, and tries once more. */
  readonly answerMs: number;
}
const usual: HookLimits = { perMinute: 1200, atOnce: 200, bytesPerMinute: 64_000_000, answerMs: 2800 };

export const hookPath = '/api/v1/hooks/:source/:hook';
const types = /^application\/(json|x-ndjson)\s*(;|$)/i;

/** Mounts it. Every refusal is answered here, so that no log line gets the hook's name. */
export function mountHooks(app: Express, door: HookDoor): void {
  const limits = { ...usual, ...door.limits };
  const shares = createShares(limits, door.now);
  const readBody = express.raw({ limit: maxBodyBytes, type: () => true, inflate: false });

  const verify = async (request: Request, response: Response): Promise<void> => {
    const { challenge } = await findHook(door, request);
    if (challenge === undefined) throw new Fault('ROUTE_UNKNOWN', {});
    const asked = request.get(challenge);
    if (asked === undefined || !/^[\x21-\x7e]{1,512}$/.test(asked))
      throw new Fault('DELIVERY_INVALID', { problem: `the header ${challenge} is missing or no challenge` });
    response.set('cache-control', 'no-store').json({ verification: asked });
  };
  const deliver = async (request: Request, response: Response): Promise<void> => {
    const hook = await findHook(door, request);
    const header: ReadHeader = (name) => request.get(name);
    if (!hook.admits(header)) throw new Fault('HOOK_REFUSED', {});
    // Only what is signed counts against its tenant: a stranger could use up the share else.
    if (!hook.signsBody) shares.take(hook.tenant, 'deliveries', 1);
    const body = await bodyOf(readBody, request, response);
    if (!hook.isSigned(header, body)) throw new Fault('HOOK_REFUSED', {});
    if (hook.signsBody) shares.take(hook.tenant, 'deliveries', 1);
    shares.take(hook.tenant, 'bytes', body.byteLength);
    if (!types.test(request.get('content-type') ?? ''))
      throw new Fault('DELIVERY_INVALID', { problem: 'its content type is not application/json' });
    await door.receive(hook, { id: hook.idOf(header), body });
    if (!response.headersSent) response.status(200).end();
  };

  app.get(hookPath, answering(door, limits, verify));
  app.post(hookPath, answering(door, limits, deliver));
}

async function findHook(door: HookDoor, { params }: Request): Promise<Hook> {
  const hook = await door.find(params.source ?? '', params.hook ?? '');
  if (hook === undefined) throw new Fault('ROUTE_UNKNOWN', {});
  return hook;
}

const bodyOf = (read: RequestHandler, request: Request, response: Response): Promise<Uint8Array> =>
  new Promise((resolve, reject) =>
    read(request, response, (error?: unknown) =>
      error ? reject(unreadable(error)) : resolve(Buffer.isBuffer(request.body) ? request.body : new Uint8Array()),
    ),
  );

function unreadable(error: unknown): unknown {
  const { status } = error as { readonly status?: unknown };
  if (status === 413) return new Fault('BODY_TOO_LARGE', { bytes: maxBodyBytes });
  return typeof status === 'number' && status < 500 ? new Fault('REQUEST_UNREADABLE', { status }) : error;
}

/** In time or not at all: an answer after the sender's patience is none, and it must not be left with one that says too much. */
const answering =
  (
    { observe }: HookDoor,
    { answerMs }: HookLimits,
    work: (request: Request, response: Response) => Promise<void>,
  ): RequestHandler =>
  (request, response) => {
    const refuse = (error: unknown) => {
      if (response.headersSent) return;
      observe({ event: 'request.refused', tenant: undefined, route: hookPath, code: asFault(error).code });
      // What is wrong on our side is none of the sender's business; he may try again.
      const fault = error instanceof Fault && tellable.has(error.code) ? error : new Fault('HOOK_LATE', {});
      // What is still on its way is not wanted any more; a hook that is not there answers as any place that is not.
      if (!request.complete && fault.status !== 404) response.set('connection', 'close');
      if (fault.status === 429 || fault.status === 503)
        response.set('retry-after', String(fault.code === 'QUOTA_EXCEEDED' ? waitOf(fault) : 5));
      // A stranger learns nothing, not even in words.
      if (fault.status === 401) response.status(401).end();
      else response.status(fault.status).json({ error: fault.message, code: fault.code });
    };
    const timer = setTimeout(() => refuse(new Fault('HOOK_LATE', {})), answerMs);
    void work(request, response)
      .catch(refuse)
      .finally(() => clearTimeout(timer));
  };

const tellable: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'ROUTE_UNKNOWN',
  'HOOK_REFUSED',
  'HOOK_BACKLOG',
  'DELIVERY_INVALID',
  'QUOTA_EXCEEDED',
  'BODY_TOO_LARGE',
  'REQUEST_UNREADABLE',
]);

const waitOf = ({ params }: Fault): number => Number((params as { readonly waitSeconds?: unknown }).waitSeconds ?? 1);

/** What each tenant may send: QUOTA_EXCEEDED beyond it. Tenants are few, and only signed senders get here. */
function createShares({ perMinute, atOnce, bytesPerMinute }: HookLimits, now: () => number) {
  const buckets = new Map<string, TokenBucket>();
  const kinds = {
    deliveries: () => createTokenBucket(atOnce, perMinute, now()),
    bytes: () => createTokenBucket(bytesPerMinute, bytesPerMinute, now()),
  };
  return {
    take(tenant: Tenant, kind: keyof typeof kinds, amount: number): void {
      const key = `${kind} ${tenant}`;
      const bucket = buckets.get(key) ?? kinds[kind]();
      buckets.set(key, bucket);
      if (bucket.take(now(), amount)) return;
      const waitSeconds = Math.ceil(bucket.waitMs(now(), amount) / 1000);
      throw new Fault('QUOTA_EXCEEDED', { limit: `${kind} by hook`, waitSeconds });
    },
  };
}
