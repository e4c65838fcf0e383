// One row per Jira project ever seen.
import { tableMeta } from '../../../table-meta.ts';

export const dimProject = tableMeta({
  name: 'dim_project',
  grain: 'One row per Jira project ever seen.',
  about: 'Projects; the id is the key, the name and key may change.',
  key: ['project_id'],
  columns: {
    project_id: { type: 'VARCHAR', about: "Jira's project id." },
    project_key: { type: 'VARCHAR', about: "Jira's project key, for example OPS." },
    project_name: { type: 'VARCHAR', about: 'Name of the project.' },
    project_type: { type: 'VARCHAR', about: 'software, service_desk or business.', nullable: true },
    lead_account_id: { type: 'VARCHAR', about: 'accountId of the lead.', nullable: true },
    visibility: {
      type: 'VARCHAR',
      about:
        'visible, archived or not_visible (no longer listed: Jira does not say whether it was deleted or is not ours to see any more).',
    },
  },
});
