// Who is in each group: asked for groups that are new or whose membership changed.
import { Fault } from '@tessera/base';
import type { StreamDefinition } from '../contract.ts';
import type { OktaClient, OktaPage } from './client.ts';

export const groupMembers: StreamDefinition<OktaClient> = {
  name: 'group_members',
  about: 'Membership: one row a group and user.',
  mode: 'children',
  endpoint: 'GET /api/v1/groups/{groupId}/users',
  records: '$[*]',
  primaryKey: ['group_id', 'user_id'],
  parent: { stream: 'groups', column: 'group_id', watch: ['last_membership_updated'] },
  pageSize: 1000,
  cursorAbout: 'None: all members of each group whose lastMembershipUpdated changed.',
  deletes: "A user no longer in a group's list gets a deleted version.",
  retention: 'As long as the membership.',
  columns: {
    user_id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Okta user id of the member.' },
  },
  pages: async function* ({ client, parents }) {
    for (const parent of (await parents?.()) ?? []) {
      const followed = new Set<string>();
      let at: string | undefined = `/api/v1/groups/${encodeURIComponent(parent)}/users?limit=${groupMembers.pageSize}`;
      while (at !== undefined) {
        if (followed.has(at)) throw new Fault('PAGE_MALFORMED', { source: 'okta', problem: 'a link leads back' });
        followed.add(at);
        const page: OktaPage | undefined = await client.page(at, { stream: 'group_members', whenGone: 'skip' });
        if (page === undefined) break;
        const { next, json: _json, ...answer }: OktaPage = page;
        yield { ...answer, parent, cursor: null };
        at = next;
      }
    }
  },
};
