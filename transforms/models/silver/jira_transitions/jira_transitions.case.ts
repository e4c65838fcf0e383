// Cases of jira_transitions.
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
const statuses = [
  { status_id: '10', category: 'new', is_waiting: false },
  { status_id: '20', category: 'indeterminate', is_waiting: false },
  { status_id: '30', category: 'done', is_waiting: false },
  { status_id: '31', category: 'done', is_waiting: false },
];

export const cases = modelCases({
  'closing, reopening, and done to done which is neither; a repeated entry is one': {
    given: {
      jira_issues: [issue],
      jira_statuses: statuses,
      jira__changelogs: [
        history('100', '2026-01-02T00:00:00Z', item('assignee', null, 'x'), item('status', '10', '20')),
        history('101', '2026-01-03T00:00:00Z', item('status', '20', '30')),
        history('101', '2026-01-03T00:00:00Z', item('status', '20', '30')),
        history('102', '2026-01-04T00:00:00Z', item('status', '30', '31')),
        history('103', '2026-01-05T00:00:00Z', item('status', '31', '10')),
      ],
    },
    expect: [
      {
        transition_id: '1-100-2',
        position: 1,
        from_category: 'new',
        to_category: 'indeterminate',
        is_close: false,
        is_reopen: false,
      },
      {
        transition_id: '1-101-1',
        position: 2,
        from_category: 'indeterminate',
        to_category: 'done',
        is_close: true,
        is_reopen: false,
      },
      {
        transition_id: '1-102-1',
        position: 3,
        from_category: 'done',
        to_category: 'done',
        is_close: false,
        is_reopen: false,
      },
      {
        transition_id: '1-103-1',
        position: 4,
        from_category: 'done',
        to_category: 'new',
        is_close: false,
        is_reopen: true,
      },
    ],
  },
  'at one instant the order is that of the ids as numbers': {
    given: {
      jira_issues: [issue],
      jira_statuses: statuses,
      jira__changelogs: [
        history('100', '2026-01-02T00:00:00Z', item('status', '20', '30')),
        history('99', '2026-01-02T00:00:00Z', item('status', '10', '20')),
      ],
    },
    expect: [
      { transition_id: '1-100-1', position: 2 },
      { transition_id: '1-99-1', position: 1 },
    ],
  },
  'a status that is not listed is of category unknown, which is not done': {
    given: {
      jira_issues: [issue],
      jira_statuses: statuses,
      jira__changelogs: [
        history('1', '2026-01-02T00:00:00Z', item('status', '99', '30')),
        history('2', '2026-01-03T00:00:00Z', item('status', '30', '98')),
      ],
    },
    expect: [
      { transition_id: '1-1-1', from_category: 'unknown', to_category: 'done', is_close: true, is_reopen: false },
      { transition_id: '1-2-1', from_category: 'done', to_category: 'unknown', is_close: false, is_reopen: true },
    ],
  },
  'a history of an issue that we have not seen waits for the issue': {
    given: {
      jira_statuses: statuses,
      jira__changelogs: [history('1', '2026-01-02T00:00:00Z', item('status', '10', '30'))],
    },
    expect: [],
  },
});
