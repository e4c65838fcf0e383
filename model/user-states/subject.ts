// People by day: what is public, in this order.
import { subjectOn } from '../define.ts';
import { userStateMetrics } from './metrics.ts';

export const userStates = subjectOn({
  view: 'user_states',
  table: 'fact_user_state',
  title: 'People by day',
  about: 'One row per person and day of the tenant: the MFA state at the end of that day.',
  metrics: userStateMetrics,
  metricClass: 'internal',
  dimensions: ['state_on', 'department', 'mfa_state'],
  rollups: {
    by_day: { day: 'state_on', by: [] },
    by_day_and_department: { day: 'state_on', by: ['department', 'mfa_state'] },
  },
});
