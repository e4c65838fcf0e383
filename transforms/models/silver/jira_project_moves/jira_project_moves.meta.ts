// One row per move of an issue to another project.
import { tableMeta } from '../../../table-meta.ts';

export const jiraProjectMoves = tableMeta({
  name: 'jira_project_moves',
  grain: 'One row per move of an issue to another project.',
  about: 'Items of field project of the full changelog, in order.',
  key: ['move_id'],
  columns: {
    move_id: { type: 'VARCHAR', about: 'Issue, changelog entry and position of the item.' },
    issue_id: { type: 'VARCHAR', about: 'Issue.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When it happened.' },
    position: { type: 'INTEGER', about: 'Order within the issue, 1 is the first.' },
    from_project_id: { type: 'VARCHAR', about: 'Project before.' },
    to_project_id: { type: 'VARCHAR', about: 'Project after.' },
    transitions_before: {
      type: 'INTEGER',
      about: 'Status changes of the issue up to then, those of the same changelog entry included.',
    },
  },
});
