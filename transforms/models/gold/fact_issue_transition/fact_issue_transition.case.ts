// Cases of fact_issue_transition.
import { modelCases } from '../../../cases/case.ts';

const issue = (issue_id: string, more: object = {}) => ({
  issue_id,
  issue_key: `OPS-${issue_id}`,
  project_id: 'p1',
  project_key: 'OPS',
  issue_type: 'bug',
  is_subtask: false,
  is_epic: false,
  priority: 'none',
  status: 'Open',
  status_category: 'new',
  created_at: '2026-01-01T15:00:00Z',
  updated_at: '2026-01-01T15:00:00Z',
  ...more,
});
const step = (issue_id: string, position: number, occurred_at: string, from: string, to: string) => ({
  transition_id: `${issue_id}-${position}`,
  issue_id,
  position,
  occurred_at,
  from_status: from,
  to_status: to,
  from_category: from,
  to_category: to,
  is_close: from !== 'done' && to === 'done',
  is_reopen: from === 'done' && to !== 'done',
});

export const cases = modelCases({
  "a transition has the issue's project of now and the tenant's day": {
    given: {
      jira_issues: [issue('1', { project_id: 'p2' })],
      jira_transitions: [step('1', 1, '2026-01-02T04:59:59Z', 'new', 'done')],
    },
    expect: [{ transition_id: '1-1', project_id: 'p2', occurred_on: '2026-01-01', is_close: true, is_reopen: false }],
  },
});
