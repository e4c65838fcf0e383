// Okta's groups: a complete listing every run, small enough not to need a cursor.
import type { StreamDefinition } from '../contract.ts';
import type { OktaClient } from './client.ts';

export const groups: StreamDefinition<OktaClient> = {
  name: 'groups',
  about: 'Groups of every type, without their members.',
  mode: 'snapshot',
  endpoint: 'GET /api/v1/groups',
  records: '$[*]',
  primaryKey: ['id'],
  occurredAt: 'last_updated',
  pageSize: 1000,
  cursorAbout: 'None: a complete listing every run.',
  deletes: 'A group that a complete listing no longer has gets a deleted version.',
  retention: 'Until the group is deleted.',
  alsoKnown: ['objectClass', '_links', '_embedded', 'source'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Group id.' },
    name: { type: 'VARCHAR', path: '$.profile.name', required: true, about: 'Name.' },
    type: { type: 'VARCHAR', path: '$.type', about: 'OKTA_GROUP, APP_GROUP or BUILT_IN.' },
    created: { type: 'TIMESTAMPTZ', path: '$.created', about: 'When it was made.' },
    last_updated: { type: 'TIMESTAMPTZ', path: '$.lastUpdated', about: 'Last change of the group itself.' },
    last_membership_updated: {
      type: 'TIMESTAMPTZ',
      path: '$.lastMembershipUpdated',
      about: 'Last time somebody joined or left.',
    },
  },
  pages: async function* ({ client }) {
    for await (const { next: _next, json: _json, ...page } of client.list(
      `/api/v1/groups?limit=${groups.pageSize}`,
      'groups',
    )) {
      yield { ...page, cursor: null };
    }
  },
};
