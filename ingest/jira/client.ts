// The only file that knows Jira Cloud's HTTP: basic authentication by API token, and answers that look fine although we are nobody.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds } from '../contract.ts';
import { callVendor, readJson, type VendorAnswer } from '../vendor-call.ts';
import type { JiraSettings } from './settings.ts';

export interface JiraClient {
  /** GET or POST of a path under the site's URL; a status in `accept` is returned instead of refused. An answer given to an anonymous visitor is VENDOR_REFUSED. */
  get(path: string, accept?: readonly number[]): Promise<VendorAnswer>;
  post(path: string, body: unknown, accept?: readonly number[]): Promise<VendorAnswer>;
}

const myself = z.union([z.looseObject({ accountId: z.string().min(1) }), z.looseObject({ key: z.string().min(1) })]);
const permissions = z.looseObject({
  permissions: z.record(z.string(), z.looseObject({ havePermission: z.boolean() })),
});

/** Asks who we are, since a wrong token need not give 401 anywhere else, and whether we are more than a reader (SOURCE_OVERSCOPED). */
export async function connectJira({ settings, web, now }: ConnectorNeeds<JiraSettings>): Promise<JiraClient> {
  const authorization = `Basic ${Buffer.from(`${settings.email}:${settings.apiToken}`).toString('base64')}`;

  async function call(method: 'GET' | 'POST', path: string, body: unknown, accept: readonly number[]) {
    const answer = await callVendor('jira', web, now, {
      method,
      url: settings.url + path,
      headers: {
        authorization,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      accept,
    });
    // Public projects are served to anybody: with a dead token a search is a 200 with less in it, and a census would "delete" the rest.
    if (/AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/.test(answer.headers.get('x-seraph-loginreason') ?? '')) {
      throw new Fault('VENDOR_REFUSED', { source: 'jira', status: 401, request: answer.request.split('?')[0] ?? '' });
    }
    return answer;
  }
  const get = (path: string, accept: readonly number[] = []) => call('GET', path, undefined, accept);

  readJson('jira', myself, await get('/rest/api/3/myself'));
  const asked = await get('/rest/api/3/mypermissions?permissions=ADMINISTER,SYSTEM_ADMIN', [400, 403, 404]);
  const held = asked.status === 200 ? readJson('jira', permissions, asked).permissions : {};
  const excess = Object.entries(held).flatMap(([name, { havePermission }]) => (havePermission ? [name] : []));
  if (excess.length > 0) throw new Fault('SOURCE_OVERSCOPED', { source: 'jira', scopes: excess.sort().join(', ') });

  return { get, post: (path, body, accept = []) => call('POST', path, body, accept) };
}
