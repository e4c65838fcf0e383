// People: what is public, in this order.
import { subjectOn } from '../define.ts';
import { userMetrics } from './metrics.ts';

export const users = subjectOn({
  view: 'users',
  table: 'dim_user',
  title: 'People',
  about: 'One row per person, as of the release.',
  metrics: userMetrics,
  metricClass: 'internal',
  dimensions: [
    'email',
    'display_name',
    'department',
    'okta_status',
    'mfa_state',
    'strongest_factor',
    'exclusion_reason',
    'is_admin',
    'is_service_account',
    'org_id',
    'created_at',
    'activated_at',
  ],
  rollups: {
    by_department: { by: ['department', 'mfa_state', 'strongest_factor'] },
    by_account: { by: ['okta_status', 'is_admin', 'exclusion_reason'] },
  },
});
