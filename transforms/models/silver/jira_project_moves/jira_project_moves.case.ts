// Cases of jira_project_moves.
import { modelCases } from '../../../cases/case.ts';

const item = (field: string, from: string | null, to: string) => ({ field, from, to });
const issue = {
  issue_id: '1',
  issue_key: 'OPS-1',
  project_id: 'p1',
  project_key: 'OPS',
  issue_type: 'bug',
  is_subtask: false,
  is_epic: false,
  priority: 'none',
  status: 'Open',
  status_category: 'new',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};
const history = (id: string, created: string, ...items: object[]) => ({
  id,
  issue_id: '1',
  _key: `1|${id}`,
  created,
  items,
});

export const cases = modelCases({
  'a move knows how many status changes came before it, those of its own entry included': {
    given: {
      jira_issues: [issue],
      jira__changelogs: [
        history('1', '2026-01-02T00:00:00Z', item('status', '10', '20')),
        history(
          '2',
          '2026-01-03T00:00:00Z',
          item('project', 'p0', 'p1'),
          item('Key', null, 'OPS-1'),
          item('status', '20', '10'),
        ),
        history('3', '2026-01-04T00:00:00Z', item('status', '10', '30')),
        history('4', '2026-01-05T00:00:00Z', item('project', 'p1', 'p2')),
      ],
    },
    expect: [
      { move_id: '1-2-1', position: 1, from_project_id: 'p0', to_project_id: 'p1', transitions_before: 2 },
      { move_id: '1-4-1', position: 2, from_project_id: 'p1', to_project_id: 'p2', transitions_before: 3 },
    ],
  },
});
