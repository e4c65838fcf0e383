// Cases of jira_issues.
import { modelCases } from '../../../cases/case.ts';

const issue = (id: string, more: object = {}) => ({
  id,
  key: `OPS-${id}`,
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-02T00:00:00Z',
  status_id: '10',
  status_name: 'Open',
  status_category_key: 'new',
  issue_type_name: 'Bug',
  is_subtask: false,
  project_id: 'p1',
  project_key: 'OPS',
  ...more,
});

export const cases = modelCases({
  'the newest version is the one updated last, whenever it came': {
    given: {
      jira__issues: [
        issue('1', { status_name: 'New', updated: '2026-01-03T00:00:00Z', ingest_at: '2026-03-01T00:00:00Z' }),
        issue('1', { status_name: 'Old', updated: '2026-01-02T00:00:00Z', ingest_at: '2026-03-02T00:00:00Z' }),
      ],
    },
    expect: [{ issue_id: '1', status: 'New' }],
  },
  'an issue that the census misses is deleted from then on, unless it is listed again': {
    given: {
      jira__issues: [issue('1'), issue('2'), issue('3')],
      jira__issue_ids: [
        { id: '1' },
        { id: '2' },
        { id: null, _key: '2', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
        { id: null, _key: '3', _deleted: true, ingest_at: '2026-03-20T00:00:00Z' },
        { id: '3', ingest_at: '2026-03-21T00:00:00Z' },
      ],
    },
    expect: [
      { issue_id: '1', deleted_at: null },
      { issue_id: '2', deleted_at: '2026-03-31T00:00:00Z' },
      { issue_id: '3', deleted_at: null },
    ],
  },
  'the category is that of the status id; of a status that is not listed, what the issue itself says': {
    given: {
      jira__issues: [
        issue('1'),
        issue('2', { status_id: '11', status_category_key: 'done' }),
        issue('3', { status_id: '12', status_category_key: 'undefined' }),
      ],
      jira_statuses: [{ status_id: '10', status_name: 'Offen', category: 'indeterminate', is_waiting: false }],
    },
    expect: [
      { issue_id: '1', status_category: 'indeterminate' },
      { issue_id: '2', status_category: 'done' },
      { issue_id: '3', status_category: 'unknown' },
    ],
  },
  'an epic and an issue without type, priority or project': {
    given: {
      jira__issues: [
        issue('1', { issue_type_name: 'Epic', priority_name: 'High' }),
        issue('2', { issue_type_name: null, is_subtask: null, project_id: null, project_key: null }),
      ],
    },
    expect: [
      {
        issue_id: '1',
        issue_type: 'epic',
        is_epic: true,
        is_subtask: false,
        priority: 'High',
        project_id: 'p1',
        project_key: 'OPS',
      },
      {
        issue_id: '2',
        issue_type: 'unknown',
        is_epic: false,
        is_subtask: false,
        priority: 'none',
        project_id: 'unknown',
        project_key: 'OPS',
      },
    ],
  },
});
