// Status and project history of issues, in bulk: the changelog inside a search holds only the newest entries.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { StreamDefinition } from '../contract.ts';
import { pageOf, readJson } from '../vendor-call.ts';
import type { JiraClient } from './client.ts';

/** Vendor's limit of issues in one request. */
const issuesPerCall = 1000;

const bulkPage = z.looseObject({
  issueChangeLogs: z.array(z.looseObject({ changeHistories: z.array(z.unknown()) })),
  nextPageToken: z.string().nullish(),
});

export const changelogs: StreamDefinition<JiraClient> = {
  name: 'changelogs',
  about: 'Histories of issues that hold a change of status or project, complete however many there are.',
  mode: 'events',
  endpoint: 'POST /rest/api/3/changelog/bulkfetch',
  records: '$.issueChangeLogs[*]',
  nested: { path: '$.changeHistories[*]', carry: { issue_id: '$.issueId' } },
  primaryKey: ['issue_id', 'id'],
  occurredAt: 'created',
  parent: { stream: 'issues', column: 'issue_id', watch: ['updated'] },
  pageSize: 1000,
  cursorAbout: 'None: the whole history of each issue that changed since the last run; known entries are left out.',
  deletes: 'Histories are never deleted; those of a deleted issue stay.',
  retention: 'As long as the issue.',
  alsoKnown: ['historyMetadata'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id of the entry.' },
    created: {
      type: 'TIMESTAMPTZ',
      path: '$.created',
      required: true,
      epoch: true,
      about: 'When the change was made; the vendor sends a date, seconds or milliseconds.',
    },
    author_account_id: { type: 'VARCHAR', path: '$.author.accountId', nullIf: [''], about: 'Who made the change.' },
    items: {
      type: 'JSON',
      path: '$.items',
      about: 'Changed fields: field, from, fromString, to, toString. For status and project, from and to are ids.',
    },
  },
  pages: async function* ({ client, parents }) {
    const changed = (await parents?.()) ?? [];
    for (let start = 0; start < changed.length; start += issuesPerCall) {
      const request = {
        issueIdsOrKeys: changed.slice(start, start + issuesPerCall),
        fieldIds: ['status', 'project', 'Key'],
        maxResults: changelogs.pageSize,
      };
      const tokens = new Set<string>();
      let nextPageToken: string | undefined;
      do {
        const body = { ...request, ...(nextPageToken === undefined ? {} : { nextPageToken }) };
        const answer = await client.post('/rest/api/3/changelog/bulkfetch', body);
        const groups = readJson('jira', bulkPage, answer);
        nextPageToken = groups.nextPageToken || undefined;
        if (nextPageToken !== undefined && tokens.has(nextPageToken)) {
          throw new Fault('PAGE_MALFORMED', { source: 'jira', problem: 'nextPageToken leads back' });
        }
        if (nextPageToken !== undefined) tokens.add(nextPageToken);
        const histories = groups.issueChangeLogs.reduce((sum, group) => sum + group.changeHistories.length, 0);
        yield { ...pageOf(answer, histories), cursor: null };
      } while (nextPageToken !== undefined);
    }
  },
};
