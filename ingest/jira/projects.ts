// Jira's projects, archived ones included.
import { z } from 'zod';
import type { StreamDefinition } from '../contract.ts';
import { stableListing } from '../stable-listing.ts';
import { pageOf, readJson } from '../vendor-call.ts';
import type { JiraClient } from './client.ts';

const projectsPage = z.looseObject({
  values: z.array(z.looseObject({ id: z.union([z.string(), z.number()]).optional() })),
  total: z.number().optional(),
  isLast: z.boolean().optional(),
});

export const projects: StreamDefinition<JiraClient> = {
  name: 'projects',
  about: 'Projects that the token may see, live and archived.',
  mode: 'snapshot',
  endpoint: 'GET /rest/api/3/project/search',
  records: '$.values[*]',
  primaryKey: ['id'],
  pageSize: 100,
  cursorAbout: 'None: a full listing every run; a listing that changed while it was read is read again.',
  deletes: 'A project that a complete listing no longer has gets a deleted version: deleted or hidden from us.',
  retention: 'A deleted project stays 60 days in the bin.',
  alsoKnown:
    'self expand avatarUrls simplified properties entityId uuid description url insight projectCategory archivedBy archivedDate deleted deletedBy deletedDate retentionTillDate'.split(
      ' ',
    ),
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Stable id.' },
    key: { type: 'VARCHAR', path: '$.key', about: 'Key now, for example OPS.' },
    name: { type: 'VARCHAR', path: '$.name', about: 'Name.' },
    project_type_key: { type: 'VARCHAR', path: '$.projectTypeKey', about: 'software, service_desk or business.' },
    style: { type: 'VARCHAR', path: '$.style', about: 'classic or next-gen (team-managed).' },
    is_private: { type: 'BOOLEAN', path: '$.isPrivate', about: 'Private.' },
    archived: { type: 'BOOLEAN', path: '$.archived', about: 'Archived.' },
    lead_account_id: {
      type: 'VARCHAR',
      path: ['$.lead.accountId', '$.lead.key'],
      nullIf: [''],
      about: 'accountId of the lead.',
    },
  },
  pages: ({ client }) =>
    stableListing('jira', 'projects', async (startAt) => {
      const answer = await client.get(
        `/rest/api/3/project/search?startAt=${startAt}&maxResults=${projects.pageSize}&orderBy=key&status=live&status=archived&expand=lead`,
      );
      const { values, total, isLast } = readJson('jira', projectsPage, answer);
      const ids = values.map(({ id }) => (id === undefined ? undefined : String(id)));
      return {
        page: { ...pageOf(answer, ids.length), cursor: null },
        ids,
        total,
        last: isLast ?? ids.length < projects.pageSize,
      };
    }),
};
