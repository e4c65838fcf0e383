// Cases of fact_issue_transition.
import { modelCases } from '../../../cases/case.ts';
import { issue, step } from '../../../cases/jira-rows.ts';

export const cases = modelCases({
  "a transition has the issue's project of now and the tenant's day": {
    given: {
      jira_issues: [issue('1', { project_id: 'p2' })],
      jira_transitions: [step('1', 1, '2026-01-02T04:59:59Z', 'new', 'done')],
    },
    expect: [{ transition_id: '1-1', project_id: 'p2', occurred_on: '2026-01-01', is_close: true, is_reopen: false }],
  },
});
