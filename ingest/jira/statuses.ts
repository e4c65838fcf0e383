// Jira's statuses: from the id in a changelog to the category that tells open from done.
import { z } from 'zod';
import type { StreamDefinition } from '../contract.ts';
import { pageOf, readJson } from '../vendor-call.ts';
import type { JiraClient } from './client.ts';

export const statuses: StreamDefinition<JiraClient> = {
  name: 'statuses',
  about: 'Statuses with their category. Those of hidden projects and deleted ones may be missing.',
  mode: 'snapshot',
  endpoint: 'GET /rest/api/3/status',
  records: '$[*]',
  primaryKey: ['id'],
  pageSize: 1000,
  cursorAbout: 'None: one call returns all.',
  deletes: 'A status that is no longer listed gets a deleted version; histories still refer to it.',
  retention: 'Until the status is deleted.',
  alsoKnown: ['self', 'description', 'iconUrl'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Status id.' },
    name: { type: 'VARCHAR', path: '$.name', about: 'Name, in the language of the token owner.' },
    untranslated_name: { type: 'VARCHAR', path: '$.untranslatedName', about: 'Name as it was first written.' },
    category_id: {
      type: 'VARCHAR',
      path: '$.statusCategory.id',
      about: '2 new, 4 indeterminate, 3 done, 1 undefined.',
    },
    category_key: { type: 'VARCHAR', path: '$.statusCategory.key', about: 'new, indeterminate, done or undefined.' },
    project_id: {
      type: 'VARCHAR',
      path: '$.scope.project.id',
      about: 'Project of a team-managed status; null for shared ones.',
    },
  },
  pages: async function* ({ client }) {
    const answer = await client.get('/rest/api/3/status');
    yield { ...pageOf(answer, readJson('jira', z.array(z.unknown()), answer).length), cursor: null };
  },
};
