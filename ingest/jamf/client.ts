// The only file that knows Jamf Pro's HTTP: short-lived tokens by expires_in, the load balancer's cookie, older servers.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds } from '../contract.ts';
import { createTokenSource } from '../token-source.ts';
import { callVendor, readJson, type VendorAnswer, type VendorCall } from '../vendor-call.ts';
import { excessPrivileges } from './privileges.ts';
import type { JamfSettings } from './settings.ts';

const tokenAnswer = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

export interface JamfClient {
  /** GET of a path under the server's URL; a status in `accept` is returned instead of refused. A token refused before its time is renewed once. */
  get(path: string, accept?: readonly number[]): Promise<VendorAnswer>;
}

/** Fetches the first token and, where the server shows them, the client's privileges: more than reading is SOURCE_OVERSCOPED. */
export async function connectJamf({ settings, web, now }: ConnectorNeeds<JamfSettings>): Promise<JamfClient> {
  const cookies = new Map<string, string>();

  async function call(path: string, rest: Omit<VendorCall, 'url'>): Promise<VendorAnswer> {
    // The cookie pins us to one node of the cluster; on another, what one page showed may be missing from the next.
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'application/json', ...rest.headers, ...(cookie === '' ? {} : { cookie }) };
    const answer = await callVendor('jamf', web, now, { ...rest, url: settings.url + path, headers });
    for (const [name, value] of setCookies(answer.headers.get('set-cookie'))) cookies.set(name, value);
    return answer;
  }

  const tokens = createTokenSource(async () => {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
      }).toString(),
    } as const;
    const answer = await call('/api/v1/oauth/token', { ...request, accept: [404] });
    const granted = answer.status === 404 ? await call('/api/oauth/token', request) : answer;
    const { access_token: value, expires_in: seconds } = readJson('jamf', tokenAnswer, granted);
    return { value, lifetimeMs: seconds * 1000 };
  }, now);

  async function get(path: string, accept: readonly number[] = []): Promise<VendorAnswer> {
    const attempt = (token: string, statuses: readonly number[]) =>
      call(path, { method: 'GET', headers: { authorization: `Bearer ${token}` }, accept: statuses });
    const token = await tokens.token();
    const answer = await attempt(token, [401, ...accept]);
    if (answer.status !== 401) return answer;
    tokens.forget(token);
    return attempt(await tokens.token(), accept);
  }

  // `scope` of the token only names roles (api-role:2); this endpoint names privileges, where the server has it and lets us ask.
  const self = await get('/api/v1/auth', [400, 401, 403, 404]);
  const excess = self.status === 200 ? excessPrivileges(readJson('jamf', z.unknown(), self)) : [];
  if (excess.length > 0) throw new Fault('SOURCE_OVERSCOPED', { source: 'jamf', scopes: excess.join(', ') });
  return { get };
}

/** Name and value of each cookie; several may be joined by commas, and Expires holds a comma of its own. */
function setCookies(header: string | null): readonly (readonly [string, string])[] {
  return (header ?? '')
    .split(/,(?=\s*[^;,=\s]+=)/)
    .map((cookie) => /^\s*([^=;\s]+)=([^;]*)/.exec(cookie))
    .flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], match[2] ?? ''] as const]));
}
