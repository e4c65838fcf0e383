// Cases of dim_project.
import { modelCases } from '../../../cases/case.ts';
import { issue } from '../../../cases/jira-rows.ts';

export const cases = modelCases({
  'listed, archived and gone projects are told apart, and a project that only issues or moves name is gone': {
    given: {
      jira__projects: [
        { id: 'p1', key: 'OPS', name: 'Operations', archived: false },
        { id: 'p2', key: 'OLD', name: 'Old', archived: true },
        { id: 'p3', key: 'DEL', name: 'Deleted', archived: false },
        { id: null, _key: 'p3', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
      jira_issues: [issue('1'), issue('2', { project_id: 'p8', project_key: 'HID' })],
      jira_project_moves: [
        {
          move_id: 'm',
          issue_id: '1',
          occurred_at: '2026-01-01T00:00:00Z',
          position: 1,
          from_project_id: 'p9',
          to_project_id: 'p1',
          transitions_before: 0,
        },
      ],
    },
    expect: [
      { project_id: 'p1', project_key: 'OPS', project_name: 'Operations', visibility: 'visible' },
      { project_id: 'p2', project_key: 'OLD', project_name: 'Old', visibility: 'archived' },
      { project_id: 'p3', project_key: 'DEL', project_name: 'Deleted', visibility: 'not_visible' },
      { project_id: 'p8', project_key: 'HID', project_name: 'HID', visibility: 'not_visible' },
      { project_id: 'p9', project_key: 'p9', project_name: 'p9', visibility: 'not_visible' },
    ],
  },
  'a project renamed keeps its id': {
    given: {
      jira__projects: [
        { id: 'p1', key: 'A', name: 'a' },
        { id: 'p1', key: 'B', name: 'b', ingest_at: '2026-03-31T00:00:00Z' },
      ],
    },
    expect: [{ project_id: 'p1', project_key: 'B', project_name: 'b', visibility: 'visible' }],
  },
});
