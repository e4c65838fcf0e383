// Cases of fact_issue_backlog_day: each edge of the definition of backlog burn. Days are New York's.
import { modelCases } from '../../../cases/case.ts';
import { issue, step } from '../../../cases/jira-rows.ts';

const move = (
  issue_id: string,
  position: number,
  occurred_at: string,
  from: string,
  to: string,
  transitions_before: number,
) => ({
  move_id: `${issue_id}-m${position}`,
  issue_id,
  occurred_at,
  position,
  from_project_id: from,
  to_project_id: to,
  transitions_before,
});
const vars = { as_of: new Date('2026-01-04T00:00:00Z') };
const day = (backlog_on: string, open_start: number, flows: object, open_end: number) => ({
  backlog_on,
  project_id: 'p1',
  open_start,
  opened: 0,
  reopened: 0,
  closed: 0,
  moved_in: 0,
  moved_out: 0,
  deleted: 0,
  ...flows,
  open_end,
});

export const cases = modelCases({
  'opened, closed and reopened; days without a flow are there up to the running day': {
    vars: { as_of: new Date('2026-01-06T00:00:00Z') },
    given: {
      jira_issues: [issue('1'), issue('2', { created_at: '2026-01-02T04:59:59Z' })],
      jira_transitions: [
        step('1', 1, '2026-01-03T15:00:00Z', 'new', 'done'),
        step('1', 2, '2026-01-04T15:00:00Z', 'done', 'new'),
      ],
    },
    expect: [
      day('2026-01-01', 0, { opened: 2 }, 2),
      day('2026-01-02', 2, {}, 2),
      day('2026-01-03', 2, { closed: 1 }, 1),
      day('2026-01-04', 1, { reopened: 1 }, 2),
      day('2026-01-05', 2, {}, 2),
    ],
  },
  'closed and reopened in one day are both counted': {
    vars: { as_of: new Date('2026-01-02T00:00:00Z') },
    given: {
      jira_issues: [issue('1')],
      jira_transitions: [
        step('1', 1, '2026-01-01T16:00:00Z', 'new', 'done'),
        step('1', 2, '2026-01-01T17:00:00Z', 'done', 'new'),
      ],
    },
    expect: [day('2026-01-01', 0, { opened: 1, closed: 1, reopened: 1 }, 1)],
  },
  'sub-tasks and epics are no backlog, whatever the resolution everything else is': {
    vars: { as_of: new Date('2026-01-02T00:00:00Z') },
    given: {
      jira_issues: [
        issue('1', { is_subtask: true }),
        issue('2', { is_epic: true }),
        issue('3', { resolution: 'Duplicate' }),
      ],
    },
    expect: [day('2026-01-01', 0, { opened: 1 }, 1)],
  },
  'an issue created in a done status is neither opened nor closed, and reopens as any other': {
    vars: { as_of: new Date('2026-01-03T00:00:00Z') },
    given: {
      jira_issues: [issue('1'), issue('2', { status_category: 'done' })],
      jira_transitions: [
        step('1', 1, '2026-01-02T15:00:00Z', 'done', 'new'),
        step('2', 1, '2026-01-02T15:00:00Z', 'done', 'new'),
        step('2', 2, '2026-01-02T16:00:00Z', 'new', 'done'),
      ],
    },
    expect: [day('2026-01-02', 0, { reopened: 2, closed: 1 }, 1)],
  },
  'an issue without history is opened when created and closed at the later of its dates': {
    vars,
    given: {
      jira_issues: [
        issue('1', { status_category: 'done', resolution_date: '2026-01-03T15:00:00Z' }),
        issue('2', { status_category: 'done', resolution_date: '2025-12-01T00:00:00Z' }),
        issue('3', { status_category: 'done' }),
      ],
    },
    expect: [
      day('2026-01-01', 0, { opened: 3, closed: 2 }, 1),
      day('2026-01-02', 1, {}, 1),
      day('2026-01-03', 1, { closed: 1 }, 0),
    ],
  },
  'a move counts while the issue is open, and what comes after it counts in the new project': {
    vars,
    given: {
      jira_issues: [issue('1', { project_id: 'p2', status_category: 'done' })],
      jira_transitions: [step('1', 1, '2026-01-03T15:00:00Z', 'new', 'done')],
      jira_project_moves: [
        move('1', 1, '2026-01-02T15:00:00Z', 'p1', 'p2', 0),
        move('1', 2, '2026-01-03T16:00:00Z', 'p2', 'p3', 1),
      ],
    },
    expect: [
      day('2026-01-01', 0, { opened: 1 }, 1),
      day('2026-01-02', 1, { moved_out: 1 }, 0),
      day('2026-01-02', 0, { project_id: 'p2', moved_in: 1 }, 1),
      day('2026-01-03', 0, {}, 0),
      day('2026-01-03', 1, { project_id: 'p2', closed: 1 }, 0),
    ],
  },
  'a status change of the same entry comes before the move': {
    vars: { as_of: new Date('2026-01-03T00:00:00Z') },
    given: {
      jira_issues: [issue('1', { project_id: 'p2', status_category: 'done' })],
      jira_transitions: [step('1', 1, '2026-01-02T15:00:00Z', 'new', 'done')],
      jira_project_moves: [move('1', 1, '2026-01-02T15:00:00Z', 'p1', 'p2', 1)],
    },
    expect: [day('2026-01-01', 0, { opened: 1 }, 1), day('2026-01-02', 1, { closed: 1 }, 0)],
  },
  'an open issue that the census misses is deleted on the day of that sync; a closed one leaves no trace': {
    vars,
    given: {
      jira_issues: [
        issue('1', { deleted_at: '2026-01-03T15:00:00Z' }),
        issue('2', { deleted_at: '2026-01-03T15:00:00Z', status_category: 'done' }),
      ],
      jira_transitions: [step('2', 1, '2026-01-02T15:00:00Z', 'new', 'done')],
    },
    expect: [
      day('2026-01-01', 0, { opened: 2 }, 2),
      day('2026-01-02', 2, { closed: 1 }, 1),
      day('2026-01-03', 1, { deleted: 1 }, 0),
    ],
  },
  'two closes in a row, as a broken history may have them, close once': {
    vars,
    given: {
      jira_issues: [issue('1', { status_category: 'done' })],
      jira_transitions: [
        step('1', 1, '2026-01-02T15:00:00Z', 'new', 'done'),
        step('1', 2, '2026-01-03T15:00:00Z', 'new', 'done'),
      ],
    },
    expect: [
      day('2026-01-01', 0, { opened: 1 }, 1),
      day('2026-01-02', 1, { closed: 1 }, 0),
      day('2026-01-03', 0, {}, 0),
    ],
  },
});
