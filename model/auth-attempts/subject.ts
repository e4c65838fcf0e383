// Sign-in attempts: what is public, in this order.
import { subjectOn } from '../define.ts';
import { authAttemptMetrics } from './metrics.ts';

export const authAttempts = subjectOn({
  view: 'auth_attempts',
  table: 'fact_auth_attempt',
  title: 'Sign-in attempts',
  about: 'One row per sign-in attempt: all events of one try, from the first to its outcome.',
  metrics: authAttemptMetrics,
  metricClass: 'internal',
  dimensions: [
    'started_on',
    'started_at',
    'outcome',
    'reason',
    'stage',
    'department',
    'country',
    'is_known_user',
    'source_system',
    'actor_login',
    'client_ip',
    'org_id',
  ],
  rollups: {
    by_day: { day: 'started_on', by: [] },
    by_day_and_department: { day: 'started_on', by: ['department', 'outcome'] },
    by_day_and_country: { day: 'started_on', by: ['country', 'outcome', 'source_system'] },
    by_day_and_reason: { day: 'started_on', by: ['reason', 'stage', 'is_known_user'] },
  },
});
