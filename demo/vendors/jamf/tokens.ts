// Jamf Pro's API clients (one-minute tokens), its user tokens, and what a token may do.
import { createHmac } from 'node:crypto';
import type { Clock } from '@tessera/base';
import { type Answer, type Incoming, json } from '../exchange.ts';
import { jamfError } from './answers.ts';

/** The lifetime is a setting of the API client, and a minute is among the real ones. */
const clientLifetimeS = 60;
const userLifetimeS = 1200;
const readPrivileges = ['Read Computers', 'Read Mobile Devices', 'Read User'];

interface Needs {
  readonly now: Clock;
  readonly overScoped: boolean;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

/** Issues and checks tokens; they age on `now`. */
export function jamfTokens(needs: Needs): {
  issueToClient(request: Incoming): Answer;
  issueToUser(request: Incoming): Answer;
  describe(): Answer;
  refuse(request: Incoming): Answer | undefined;
  revoke(): void;
} {
  const issued = new Map<string, number>();
  let count = 0;
  const privileges = needs.overScoped ? [...readPrivileges, 'Update Computers', 'Delete Computers'] : readPrivileges;
  const issue = (lifetimeS: number) => {
    const token = `jamf-demo-${++count}-${createHmac('sha256', needs.clientSecret).update(String(count)).digest('base64url')}`;
    const until = needs.now().getTime() + lifetimeS * 1000;
    for (const [old, end] of issued) if (end <= needs.now().getTime()) issued.delete(old);
    issued.set(token, until);
    return { token, until };
  };
  const noStore = { 'cache-control': 'no-cache, no-store, must-revalidate' };
  return {
    issueToClient: (request) => {
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'client_credentials')
        return json({ error: 'unsupported_grant_type', error_description: 'OAuth 2.0 Parameter: grant_type' }, 400);
      if (form.get('client_id') !== needs.clientId || form.get('client_secret') !== needs.clientSecret)
        return json({ error: 'invalid_client' }, 401);
      const { token } = issue(clientLifetimeS);
      const grant = { access_token: token, scope: 'api-role:2', token_type: 'Bearer', expires_in: clientLifetimeS };
      return json(grant, 200, noStore);
    },
    issueToUser: (request) => {
      const basic = Buffer.from(`${needs.username}:${needs.password}`).toString('base64');
      if (request.header('authorization') !== `Basic ${basic}`) return jamfError(401);
      const { token, until } = issue(userLifetimeS);
      return json({ token, expires: new Date(until).toISOString() }, 200, noStore);
    },
    describe: () =>
      json({
        account: {
          id: '2',
          username: needs.clientId,
          realName: '',
          email: '',
          multiSiteAdmin: false,
          accessLevel: 'FullAccess',
          privilegeSet: 'CUSTOM',
          privileges,
          privilegesBySite: { '-1': privileges },
          groupIds: [],
          currentSiteId: '-1',
        },
        accountGroups: [],
        sites: [],
        authenticationType: 'CLIENT_CREDENTIALS',
      }),
    refuse: (request) => {
      const [scheme, token = ''] = (request.header('authorization') ?? '').split(' ');
      const until = issued.get(token);
      return scheme === 'Bearer' && until !== undefined && until > needs.now().getTime()
        ? undefined
        : jamfError(401, 'INVALID_TOKEN', 'Unauthorized');
    },
    revoke: () => issued.clear(),
  };
}
