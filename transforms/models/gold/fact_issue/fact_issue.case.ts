// Cases of fact_issue: each edge of the definition of MTTR. 1 January 2026 is a Thursday; 15:00 UTC is 10:00 in New York.
import { modelCases } from '../../../cases/case.ts';
import { issue, step } from '../../../cases/jira-rows.ts';

const done = { status: 'Done', status_category: 'done' };
const hour = 3_600_000;
const statuses = [
  { status_id: 'new', category: 'new', is_waiting: false },
  { status_id: 'indeterminate', category: 'indeterminate', is_waiting: false },
  { status_id: 'waiting', category: 'indeterminate', is_waiting: true },
  { status_id: 'done', category: 'done', is_waiting: false },
];

export const cases = modelCases({
  'resolved by its last close; the first resolution is a figure of its own, and the time between is active again': {
    given: {
      jira_statuses: statuses,
      jira_issues: [issue('1', done)],
      jira_transitions: [
        step('1', 1, '2026-01-01T16:00:00Z', 'new', 'done'),
        step('1', 2, '2026-01-01T18:00:00Z', 'done', 'indeterminate'),
        step('1', 3, '2026-01-01T19:00:00Z', 'indeterminate', 'done'),
      ],
    },
    expect: [
      {
        resolved_at: '2026-01-01T19:00:00Z',
        first_resolved_at: '2026-01-01T16:00:00Z',
        reopen_count: 1,
        is_open: false,
        counts_for_mttr: true,
        ms_to_resolve: 4 * hour,
        ms_to_first_resolve: hour,
        ms_active: 2 * hour,
        ms_business: 4 * hour,
        history_missing: false,
      },
    ],
  },
  'an issue that was reopened and is open now is not resolved, and is censored at the as-of instant': {
    vars: { as_of: new Date('2026-01-02T15:00:00Z') },
    given: {
      jira_statuses: statuses,
      jira_issues: [issue('1', { resolution_date: '2026-01-01T16:00:00Z' })],
      jira_transitions: [
        step('1', 1, '2026-01-01T16:00:00Z', 'new', 'done'),
        step('1', 2, '2026-01-01T18:00:00Z', 'done', 'new'),
      ],
    },
    expect: [
      {
        resolved_at: null,
        first_resolved_at: '2026-01-01T16:00:00Z',
        reopen_count: 1,
        is_open: true,
        counts_for_mttr: false,
        mttr_exclusion: null,
        ms_to_resolve: null,
        ms_active: null,
        ms_business: null,
        ms_observed: 24 * hour,
      },
    ],
  },
  'without a close in the history the resolution date holds, and that is told': {
    given: { jira_issues: [issue('1', { ...done, resolution_date: '2026-01-01T17:00:00Z' }), issue('2', done)] },
    expect: [
      {
        issue_id: '1',
        resolved_at: '2026-01-01T17:00:00Z',
        first_resolved_at: '2026-01-01T17:00:00Z',
        history_missing: true,
        counts_for_mttr: true,
        ms_active: null,
      },
      {
        issue_id: '2',
        resolved_at: null,
        first_resolved_at: null,
        history_missing: true,
        counts_for_mttr: false,
        ms_active: null,
      },
    ],
  },
  'what does not count for MTTR, and why': {
    given: {
      jira_issues: [
        issue('1', { ...done, is_subtask: true, is_epic: true }),
        issue('2', { ...done, is_epic: true, issue_type: 'epic' }),
        issue('3', { ...done, resolution: 'Won’t Do' }),
        issue('4', { ...done, resolution: 'duplicate' }),
        issue('5', { ...done, resolution: 'Done', deleted_at: '2026-02-01T00:00:00Z' }),
        issue('6', done),
        issue('7', { ...done, resolution: "Won't fix" }),
        issue('8', { ...done, resolution: 'Cannot Reproduce' }),
      ],
      jira_transitions: [
        ...['1', '2', '3', '4', '5', '7', '8'].map((id) => step(id, 1, '2026-01-01T16:00:00Z', 'new', 'done')),
        step('6', 1, '2026-01-01T15:00:00Z', 'new', 'done'),
      ],
    },
    expect: [
      { issue_id: '1', mttr_exclusion: 'subtask', counts_for_mttr: false, is_deleted: false },
      { issue_id: '2', mttr_exclusion: 'epic', counts_for_mttr: false, is_deleted: false },
      { issue_id: '3', mttr_exclusion: 'resolution', counts_for_mttr: false, is_deleted: false },
      { issue_id: '4', mttr_exclusion: 'resolution', counts_for_mttr: false, is_deleted: false },
      { issue_id: '5', mttr_exclusion: 'deleted', counts_for_mttr: false, is_deleted: true },
      { issue_id: '6', mttr_exclusion: 'negative_duration', counts_for_mttr: false, is_deleted: false },
      { issue_id: '7', mttr_exclusion: 'resolution', counts_for_mttr: false, is_deleted: false },
      { issue_id: '8', mttr_exclusion: 'resolution', counts_for_mttr: false, is_deleted: false },
    ],
  },
  'waiting is not active, nor is a status of unknown category': {
    given: {
      jira_statuses: statuses,
      jira_issues: [issue('1', done)],
      jira_transitions: [
        step('1', 1, '2026-01-01T16:00:00Z', 'new', 'waiting'),
        step('1', 2, '2026-01-01T20:00:00Z', 'waiting', 'gone'),
        step('1', 3, '2026-01-01T21:00:00Z', 'gone', 'indeterminate'),
        step('1', 4, '2026-01-01T22:00:00Z', 'indeterminate', 'done'),
      ],
    },
    expect: [{ ms_active: 2 * hour, ms_to_resolve: 7 * hour }],
  },
  'business hours end at 17:00, pause at the weekend, and keep to the clock over a change to summer time': {
    given: {
      jira_issues: [
        issue('1', done),
        issue('2', { ...done, created_at: '2026-03-06T21:00:00Z' }),
        issue('3', { ...done, created_at: '2026-01-03T15:00:00Z' }),
      ],
      jira_transitions: [
        step('1', 1, '2026-01-06T14:30:00Z', 'new', 'done'),
        step('2', 1, '2026-03-09T14:00:00Z', 'new', 'done'),
        step('3', 1, '2026-01-04T15:00:00Z', 'new', 'done'),
      ],
    },
    expect: [
      { issue_id: '1', ms_business: (7 + 8 + 8 + 0.5) * hour },
      { issue_id: '2', ms_business: 2 * hour },
      { issue_id: '3', ms_business: 0 },
    ],
  },
  'the assignee is the person behind the account': {
    given: {
      jira_issues: [issue('1', { assignee_account_id: 'j1' }), issue('2', { assignee_account_id: 'j2' })],
      jira_people: [{ account_id: 'j1', user_key: 'k1', email: 'a@acme.example' }],
    },
    expect: [
      { issue_id: '1', assignee_key: 'k1' },
      { issue_id: '2', assignee_key: null },
    ],
  },
});
