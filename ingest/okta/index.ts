// Okta.
import type { Connector } from '../contract.ts';
import { oktaScopes } from './authorization.ts';
import { connectOkta, type OktaClient } from './client.ts';
import { factors } from './factors.ts';
import { groupMembers } from './group-members.ts';
import { groups } from './groups.ts';
import { log } from './log.ts';
import { type OktaSettings, oktaSettings } from './settings.ts';
import { users } from './users.ts';

export const okta: Connector<OktaSettings, OktaClient> = {
  source: 'okta',
  title: 'Okta',
  settings: oktaSettings,
  secrets: ['token', 'privateKeyJwk'],
  auth: 'API token (SSWS) of a read-only administrator, or a service app with private_key_jwt (better: its scopes can be checked)',
  scopes: oktaScopes,
  limits:
    'Per minute and endpoint, half of it for one token: log 120, users 600, factors 600, groups 500. Told by X-Rate-Limit-Limit, -Remaining and -Reset; a 429 has no Retry-After. We stop at 90 % of what the headers allow.',
  docs: 'https://developer.okta.com/docs/api/',
  connect: connectOkta,
  // The log before the factors: its events tell whose factors to read again.
  streams: [users, groups, groupMembers, log, factors],
};
