// The only file that knows Microsoft Graph's HTTP: application token, paging by whole nextLinks, statuses that mean something of their own.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds, StreamPage } from '../contract.ts';
import { createTokenSource } from '../token-source.ts';
import { callVendor, pageOf, readJson, type VendorAnswer } from '../vendor-call.ts';
import { excessRoles } from './scopes.ts';
import type { IntuneSettings } from './settings.ts';

const tokenAnswer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const listAnswer = z.looseObject({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
});

export type GraphPage = Omit<StreamPage, 'cursor'> & {
  readonly next: string | undefined;
  readonly delta: string | undefined;
};

export interface GraphClient {
  /**
   * Pages of `stream` from `from` (a path under the Graph URL, or a nextLink or deltaLink as Graph gave it) to the one without a nextLink; an empty page with one is legal.
   * Refuses a link to another origin or one already followed (PAGE_MALFORMED); 410 is CURSOR_EXPIRED. With `whenGone: 'end'` a 404 ends the listing.
   */
  list(stream: string, from: string, options?: { readonly whenGone: 'end' }): AsyncGenerator<GraphPage>;
}

/** Fetches the first token, so that a wrong or over-scoped credential is refused here. */
export async function connectGraph({ settings, web, now }: ConnectorNeeds<IntuneSettings>): Promise<GraphClient> {
  const base = settings.graphUrl.replace(/\/+$/, '');
  const tokens = createTokenSource(async () => {
    const answer = await callVendor('intune', web, now, {
      method: 'POST',
      url: `${settings.authorityUrl.replace(/\/+$/, '')}/${encodeURIComponent(settings.directoryId)}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        scope: `${new URL(base).origin}/.default`,
      }).toString(),
    });
    const { access_token: value, expires_in: seconds } = readJson('intune', tokenAnswer, answer);
    const excess = excessRoles(value);
    if (excess.length > 0) throw new Fault('SOURCE_OVERSCOPED', { source: 'intune', scopes: excess.join(', ') });
    return { value, lifetimeMs: seconds * 1000 };
  }, now);
  await tokens.token();

  async function get(url: string): Promise<VendorAnswer> {
    const call = (token: string, accept: readonly number[]) =>
      callVendor('intune', web, now, {
        method: 'GET',
        url,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        accept,
      });
    const token = await tokens.token();
    const answer = await call(token, [401, 404, 410]);
    if (answer.status !== 401) return answer;
    // A token can be revoked before its time; a second refusal is the credential's.
    tokens.forget(token);
    return call(await tokens.token(), [404, 410]);
  }

  async function* list(
    stream: string,
    from: string,
    options?: { readonly whenGone: 'end' },
  ): AsyncGenerator<GraphPage> {
    const followed = new Set<string>();
    for (let url: string | undefined = from.startsWith('/') ? base + from : from; url !== undefined; ) {
      if (new URL(url).origin !== new URL(base).origin) {
        // The first link is the one that was remembered: Graph's address may have been changed since.
        if (followed.size === 0) throw new Fault('CURSOR_EXPIRED', { source: 'intune', stream });
        throw new Fault('PAGE_MALFORMED', { source: 'intune', problem: 'a link leads to another host' });
      }
      if (followed.has(url)) throw new Fault('PAGE_MALFORMED', { source: 'intune', problem: 'a link leads back' });
      followed.add(url);
      const answer: VendorAnswer = await get(url);
      if (answer.status === 410) throw new Fault('CURSOR_EXPIRED', { source: 'intune', stream });
      if (answer.status === 404) {
        if (options?.whenGone === 'end') return;
        throw new Fault('VENDOR_REFUSED', {
          source: 'intune',
          status: 404,
          request: answer.request.split('?')[0] ?? '',
        });
      }
      const read: z.infer<typeof listAnswer> = readJson('intune', listAnswer, answer);
      const next = read['@odata.nextLink'];
      yield { ...pageOf(answer, read.value.length), next, delta: read['@odata.deltaLink'] };
      url = next;
    }
  }
  return { list };
}
