// One call to a vendor: its answer as exact bytes and as JSON, or the Fault that its status means.
import { type Clock, Fault, type SourceName } from '@tessera/base';
import type { z } from 'zod';
import type { Web } from './contract.ts';
import { KeptAnswer } from './kept-answer.ts';
import { CutBody } from './web.ts';

export interface VendorCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses that the caller deals with itself. */
  readonly accept?: readonly number[];
}
export interface VendorAnswer {
  /** Method and URL: credentials travel in headers and bodies only. */
  readonly request: string;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

/**
 * Makes one call. Refuses by status: 429 VENDOR_BUSY with the vendor's own wait, 5xx and network VENDOR_UNAVAILABLE, anything else that is not 2xx VENDOR_REFUSED.
 * Never repeats a call: that is the runner's business.
 */
export async function callVendor(source: SourceName, web: Web, now: Clock, call: VendorCall): Promise<VendorAnswer> {
  const request = `${call.method} ${call.url}`;
  const { method, headers, body: sent } = call;
  let answer: Awaited<ReturnType<Web>> | undefined;
  let body: Uint8Array;
  try {
    answer = await web(call.url, { method, headers, ...(sent === undefined ? {} : { body: sent }) });
    body = await answer.bytes();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    if (answer === undefined || !(cause instanceof CutBody)) {
      throw new Fault('VENDOR_UNAVAILABLE', { source, problem: 'no answer' }, { cause });
    }
    const kept = new KeptAnswer({ request, status: answer.status, body: cause.received, receivedAt: now() }, { cause });
    throw new Fault('VENDOR_UNAVAILABLE', { source, problem: 'an answer that broke off' }, { cause: kept });
  }
  const { status } = answer;
  if ((status >= 200 && status < 300) || call.accept?.includes(status)) {
    return { request, status, headers: answer.headers, body, receivedAt: now() };
  }
  if (status === 429) throw new Fault('VENDOR_BUSY', { source, waitMs: waitMs(answer.headers, now()) });
  if (status >= 500) {
    const asked = answer.headers.get('retry-after');
    if (asked !== null) throw new Fault('VENDOR_BUSY', { source, waitMs: waitMs(answer.headers, now()) });
    throw new Fault('VENDOR_UNAVAILABLE', { source, problem: `status ${status}` });
  }
  throw new Fault('VENDOR_REFUSED', { source, status, request: request.split('?')[0] ?? request });
}

/**
 * Retry-After in seconds or as a date; else X-Rate-Limit-Reset (Okta: seconds since 1970, to be read against the answer's own Date, and only a suggestion when the limit
 * is 0, which means too many calls at once); else X-RateLimit-Reset as an ISO instant (Jira's has minutes only, so it may lie in the past); else a second.
 */
function waitMs(headers: VendorAnswer['headers'], now: Date): number {
  const after = headers.get('retry-after');
  if (after !== null && /^\d+$/.test(after.trim())) return Number(after) * 1000;
  const reset = headers.get('x-rate-limit-reset');
  if (reset !== null && /^\d+$/.test(reset.trim())) {
    const date = Date.parse(headers.get('date') ?? '');
    const untilMs = Number(reset) * 1000 - (Number.isNaN(date) ? now.getTime() : date);
    return headers.get('x-rate-limit-limit') === '0' ? 1000 : Math.max(1000, untilMs + 1000);
  }
  const instant = Date.parse(after ?? headers.get('x-ratelimit-reset') ?? '');
  return Number.isNaN(instant) ? 1000 : Math.max(1000, instant - now.getTime());
}

/** The body as JSON of the given shape; otherwise PAGE_MALFORMED with the path of what is wrong, never the value. */
export function readJson<T>(source: SourceName, schema: z.ZodType<T>, answer: VendorAnswer): T {
  const malformed = (problem: string) =>
    new Fault('PAGE_MALFORMED', { source, problem }, { cause: new KeptAnswer(answer) });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    throw malformed('not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') || 'the top';
  throw malformed(`unexpected shape at ${at}`);
}

/** What a stream yields of an answer. */
export function pageOf(answer: VendorAnswer, records: number) {
  const { request, status, body, receivedAt } = answer;
  return { request, status, body, receivedAt, records };
}
