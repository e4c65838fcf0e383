// Census of issues: the only way to learn that one was deleted or is no longer ours to see, since a search never says so.
import type { StreamDefinition } from '../contract.ts';
import type { JiraClient } from './client.ts';
import { beforeAnyIssueMs, searchPages } from './search.ts';

export const issueIds: StreamDefinition<JiraClient> = {
  name: 'issue_ids',
  about: 'Ids of all issues that the token may see now.',
  mode: 'snapshot',
  endpoint: 'POST /rest/api/3/search/jql',
  records: '$.issues[*]',
  primaryKey: ['id'],
  pageSize: 5000,
  cursorAbout: 'None: a full listing every run; with ids only, a page holds up to 5000.',
  deletes:
    'An id that a complete listing no longer has gets a deleted version: the issue is deleted or hidden from us.',
  retention: 'Until the issue is deleted.',
  alsoKnown: ['expand', 'self'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Issue id.' },
    key: { type: 'VARCHAR', path: '$.key', about: 'Key now, where the search tells it.' },
  },
  pages: async function* ({ client }) {
    // `created` never changes, so no issue moves to another page while we read. A search without a restriction is refused (400).
    const query = {
      jql: `created >= ${beforeAnyIssueMs} ORDER BY created ASC, id ASC`,
      fields: ['id'],
      maxResults: issueIds.pageSize,
    };
    for await (const { nextPageToken: _token, issues: _issues, ...page } of searchPages(client, query)) {
      yield { ...page, cursor: null };
    }
  },
};
