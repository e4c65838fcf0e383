// The only file that knows Okta's HTTP: Link headers, rate-limit headers, and error codes that mean something of their own.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds, StreamPage } from '../contract.ts';
import { type Budget, createRateLimit, type ReadBudget } from '../rate-limit.ts';
import { callVendor, pageOf, readJson, type VendorAnswer } from '../vendor-call.ts';
import { authorizeOkta } from './authorization.ts';
import { nextLink } from './next-link.ts';
import type { OktaSettings } from './settings.ts';

const bareArray = z.array(z.unknown());
const errorBody = z.looseObject({ errorCode: z.string() });

export type OktaPage = Omit<StreamPage, 'cursor'> & {
  readonly json: readonly unknown[];
  readonly next: string | undefined;
};

export interface OktaClient {
  /**
   * One page: `from` is a path below the organisation's URL, or a next link as Okta gave it (followed whole: `after` is opaque). A link to another origin is PAGE_MALFORMED, or CURSOR_EXPIRED where it is a remembered one.
   * Undefined for 404 where `whenGone` says so; 400 with error code E0000053 ("since" or its cursor too old) is CURSOR_EXPIRED.
   */
  page(from: string, options: { readonly stream: string; readonly whenGone: 'skip' }): Promise<OktaPage | undefined>;
  page(from: string, options: { readonly stream: string; readonly remembered?: boolean }): Promise<OktaPage>;
  /** All pages of a finite listing. */
  list(from: string, stream: string): AsyncGenerator<OktaPage>;
}

/** Okta counts per endpoint; a limit of 0 speaks of concurrent calls, not of a budget. */
export const readOktaBudget: ReadBudget = (headers, now): Budget | undefined => {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    Number(headers.get(`x-rate-limit-${name}`) ?? Number.NaN),
  );
  if (!limit || remaining === undefined || Number.isNaN(remaining) || !reset) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  const vendorNow = Number.isNaN(date) ? now.getTime() : date;
  return { limit, remaining, resetMs: Math.max(0, reset * 1000 - vendorNow) };
};

const bucketOf = (url: string): string => {
  const path = new URL(url).pathname;
  return /\/factors$/.test(path) ? 'factors' : (/\/api\/v1\/(\w+)/.exec(path)?.[1] ?? 'other');
};

/** With a service app, fetches the first token, so that a wrong or over-scoped credential is refused here. */
export async function connectOkta(needs: ConnectorNeeds<OktaSettings>): Promise<OktaClient> {
  const { settings, web, now, sleep } = needs;
  const authorization = authorizeOkta(needs);
  const limits = createRateLimit({ now, sleep, readBudget: readOktaBudget });
  await authorization.header();

  async function call(url: string, accept: readonly number[]): Promise<VendorAnswer> {
    const bucket = bucketOf(url);
    const once = async (header: string, also: readonly number[]) => {
      await limits.before(bucket);
      const answer = await callVendor('okta', web, now, {
        method: 'GET',
        url,
        headers: { accept: 'application/json', authorization: header },
        accept: [...accept, ...also],
      });
      limits.after(bucket, answer.headers);
      return answer;
    };
    const header = await authorization.header();
    const answer = await once(header, [401]);
    if (answer.status !== 401) return answer;
    if (!authorization.refused(header)) {
      throw new Fault('VENDOR_REFUSED', { source: 'okta', status: 401, request: answer.request.split('?')[0] ?? '' });
    }
    return once(await authorization.header(), []);
  }

  async function page(
    from: string,
    {
      stream,
      whenGone,
      remembered,
    }: { readonly stream: string; readonly whenGone?: 'skip'; readonly remembered?: boolean },
  ): Promise<OktaPage | undefined> {
    const url = from.startsWith('/') ? settings.url + from : from;
    if (new URL(url).origin !== new URL(settings.url).origin) {
      // The organisation may have got another address since the cursor was kept; a link that was just sent has no such excuse.
      if (remembered) throw new Fault('CURSOR_EXPIRED', { source: 'okta', stream });
      throw new Fault('PAGE_MALFORMED', { source: 'okta', problem: 'a link leads to another host' });
    }
    const answer = await call(url, whenGone === undefined ? [400] : [400, 404]);
    if (answer.status === 404) return undefined;
    if (answer.status === 400) {
      if (readJson('okta', errorBody, answer).errorCode === 'E0000053')
        throw new Fault('CURSOR_EXPIRED', { source: 'okta', stream });
      throw new Fault('VENDOR_REFUSED', { source: 'okta', status: 400, request: answer.request.split('?')[0] ?? '' });
    }
    const json = readJson('okta', bareArray, answer);
    return { ...pageOf(answer, json.length), json, next: nextLink(answer.headers.get('link')) };
  }

  async function* list(from: string, stream: string): AsyncGenerator<OktaPage> {
    const followed = new Set<string>();
    for (let at: string | undefined = from; at !== undefined; ) {
      if (followed.has(at)) throw new Fault('PAGE_MALFORMED', { source: 'okta', problem: 'a link leads back' });
      followed.add(at);
      const read: OktaPage = await (page as OktaClient['page'])(at, { stream });
      yield read;
      at = read.next;
    }
  }
  return { page: page as OktaClient['page'], list };
}
