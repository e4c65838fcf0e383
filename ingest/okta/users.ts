// Okta's users, deactivated ones included: changes by lastUpdated, and now and then a census, since a deleted user is in no list of changes.
import type { StreamDefinition } from '../contract.ts';
import type { OktaClient, OktaPage } from './client.ts';

/** A user written just before our last call may only have become visible after it. */
const overlapMs = 5 * 60_000;
const censusEveryMs = 7 * 86_400_000;
const beginning = '1970-01-01T00:00:00.000Z';

interface Cursor {
  /** Newest lastUpdated of the rounds that ended. */
  readonly since?: string;
  /** When the last complete listing was made. */
  readonly census?: string;
  /** In the middle of a round: its next link, the newest lastUpdated in it, and whether it is a census. */
  readonly next?: string;
  readonly newest?: string;
  readonly full?: true;
}

export const users: StreamDefinition<OktaClient> = {
  name: 'users',
  about: 'Users of every status. A row is a version of a user.',
  mode: 'changes',
  endpoint: 'GET /api/v1/users?filter=lastUpdated gt "…"',
  records: '$[*]',
  primaryKey: ['id'],
  occurredAt: 'last_updated',
  pageSize: 200,
  cursorAbout:
    'Newest lastUpdated, read again from 5 minutes before. A listing without a filter would leave out DEPROVISIONED users; `search` would include them but lags behind, so `filter` is used. Logins need not change lastUpdated: they come from the log.',
  deletes: 'A user deleted for good is missing from the census, a complete listing made every 7 days.',
  retention: 'Until the user is deleted.',
  alsoKnown: [
    'passwordChanged',
    'type',
    'credentials',
    'profile',
    '_links',
    'realmId',
    'transitioningToStatus',
    '_embedded',
  ],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Okta user id.' },
    status: {
      type: 'VARCHAR',
      path: '$.status',
      required: true,
      about:
        'ACTIVE, DEPROVISIONED, LOCKED_OUT, PASSWORD_EXPIRED, PROVISIONED, RECOVERY, STAGED, SUSPENDED; password expiry shows at the next login only.',
    },
    created: { type: 'TIMESTAMPTZ', path: '$.created', required: true, about: 'When the user was made.' },
    activated: { type: 'TIMESTAMPTZ', path: '$.activated', about: 'When the user was activated.' },
    status_changed: { type: 'TIMESTAMPTZ', path: '$.statusChanged', about: 'Last change of status.' },
    last_login: { type: 'TIMESTAMPTZ', path: '$.lastLogin', about: 'Last login as this record knows it.' },
    last_updated: { type: 'TIMESTAMPTZ', path: '$.lastUpdated', required: true, about: 'Last change of the record.' },
    login: { type: 'VARCHAR', path: '$.profile.login', about: 'User name; need not equal the e-mail.' },
    email: { type: 'VARCHAR', path: '$.profile.email', nullIf: [''], about: 'Primary e-mail.' },
    first_name: { type: 'VARCHAR', path: '$.profile.firstName', nullIf: [''], about: 'First name.' },
    last_name: { type: 'VARCHAR', path: '$.profile.lastName', nullIf: [''], about: 'Last name.' },
    display_name: { type: 'VARCHAR', path: '$.profile.displayName', nullIf: [''], about: 'Display name.' },
    department: { type: 'VARCHAR', path: '$.profile.department', nullIf: [''], about: 'Department.' },
    user_type: {
      type: 'VARCHAR',
      path: '$.profile.userType',
      nullIf: [''],
      about: 'Kind of user as the tenant writes it.',
    },
    provider_type: {
      type: 'VARCHAR',
      path: '$.credentials.provider.type',
      about: 'Who holds the credential: OKTA, FEDERATION, SOCIAL, ACTIVE_DIRECTORY, LDAP, IMPORT.',
    },
  },
  pages: async function* ({ client, cursor, now }) {
    const { since, census, next, newest = since, full } = (cursor ?? {}) as Cursor;
    const due = since === undefined || census === undefined || now().getTime() - Date.parse(census) >= censusEveryMs;
    const counting = next === undefined ? due : full === true;
    const from = since === undefined || counting ? beginning : new Date(Date.parse(since) - overlapMs).toISOString();
    const start =
      next ?? `/api/v1/users?limit=${users.pageSize}&filter=${encodeURIComponent(`lastUpdated gt "${from}"`)}`;
    const begun = now().toISOString();
    let seen = newest;
    for await (const { next: following, json, ...page } of client.list(start, 'users')) {
      seen = newestOf(json, seen);
      const held = { ...(since === undefined ? {} : { since }), ...(census === undefined ? {} : { census }) };
      const at: Cursor =
        following === undefined
          ? {
              since: seen ?? begun,
              ...(counting ? { census: begun } : held.census === undefined ? {} : { census: held.census }),
            }
          : {
              ...held,
              next: following,
              ...(seen === undefined ? {} : { newest: seen }),
              ...(counting ? { full: true } : {}),
            };
      yield { ...page, cursor: at, ...(counting ? { full: true } : {}) };
    }
  },
};

function newestOf(records: OktaPage['json'], before: string | undefined): string | undefined {
  return records.reduce<string | undefined>((newest, record) => {
    const at = (record as { lastUpdated?: unknown } | null)?.lastUpdated;
    return typeof at === 'string' && (newest === undefined || at > newest) ? at : newest;
  }, before);
}
