// Cases of jira_statuses.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'the category is that of the id, in whatever language the name is; statuses that are gone are kept': {
    given: {
      jira__statuses: [
        { id: '1', name: '已完成', category_key: 'done' },
        { id: '2', name: 'Waiting for customer', category_key: 'indeterminate' },
        { id: '3', name: 'On Hold', category_key: 'undefined' },
        { id: '4', name: 'Done', category_key: null },
        { id: '5', name: 'Old', category_key: 'new' },
        { id: null, _key: '5', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
    },
    expect: [
      { status_id: '1', category: 'done', is_waiting: false },
      { status_id: '2', category: 'indeterminate', is_waiting: true },
      { status_id: '3', category: 'unknown', is_waiting: true },
      { status_id: '4', category: 'unknown', is_waiting: false },
      { status_id: '5', category: 'new', is_waiting: false },
    ],
  },
});
