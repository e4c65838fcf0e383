// Jira's users: a bare array, read until an empty page because the vendor filters a page after cutting it.
import { z } from 'zod';
import type { StreamDefinition } from '../contract.ts';
import { pageOf, readJson } from '../vendor-call.ts';
import type { JiraClient } from './client.ts';

const usersPage = z.array(z.looseObject({ accountId: z.string().optional(), key: z.string().optional() }));

export const users: StreamDefinition<JiraClient> = {
  name: 'users',
  about: 'Accounts of people, apps and portal customers. The e-mail is there only where the profile allows it.',
  mode: 'snapshot',
  endpoint: 'GET /rest/api/3/users/search',
  records: '$[*]',
  primaryKey: ['account_id'],
  pageSize: 1000,
  cursorAbout: 'None: a full listing every run.',
  deletes:
    'An account that a complete listing no longer has gets a deleted version; most deleted accounts stay as inactive stubs.',
  retention: 'Until the account is erased.',
  alsoKnown: ['self', 'avatarUrls', 'locale', 'groups', 'applicationRoles', 'expand', 'name'],
  columns: {
    account_id: {
      type: 'VARCHAR',
      path: ['$.accountId', '$.key'],
      required: true,
      about: 'Stable id (key on a server).',
    },
    account_type: { type: 'VARCHAR', path: '$.accountType', about: 'atlassian, app or customer.' },
    display_name: { type: 'VARCHAR', path: '$.displayName', about: 'Display name.' },
    email_address: {
      type: 'VARCHAR',
      path: '$.emailAddress',
      nullIf: [''],
      about: 'E-mail; null where the profile hides it.',
    },
    active: { type: 'BOOLEAN', path: '$.active', about: 'Not deactivated.' },
    time_zone: { type: 'VARCHAR', path: '$.timeZone', nullIf: [''], about: 'Time zone of the profile, where visible.' },
  },
  pages: async function* ({ client }) {
    const seen = new Set<string>();
    for (let startAt = 0; ; ) {
      const answer = await client.get(`/rest/api/3/users/search?startAt=${startAt}&maxResults=${users.pageSize}`);
      const found = readJson('jira', usersPage, answer);
      yield { ...pageOf(answer, found.length), cursor: null };
      const before = seen.size;
      for (const user of found) seen.add(user.accountId ?? user.key ?? '');
      // Advancing by what came, not by what was asked, repeats rows where the vendor left some out, and never skips one.
      if (seen.size === before) return;
      startAt += found.length;
    }
  },
};
