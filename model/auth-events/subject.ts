// Authentication events: what is public, in this order.
import { subjectOn } from '../define.ts';
import { authEventMetrics } from './metrics.ts';

export const authEvents = subjectOn({
  view: 'auth_events',
  table: 'fact_auth_event',
  title: 'Authentication events',
  about: 'One row per authentication event of Okta or Elasticsearch, as it came.',
  metrics: authEventMetrics,
  metricClass: 'internal',
  dimensions: [
    'occurred_on',
    'occurred_at',
    'event_type',
    'outcome',
    'reason',
    'factor',
    'factor_class',
    'country',
    'source_system',
    'actor_login',
  ],
  rollups: { by_day: { day: 'occurred_on', by: ['event_type', 'outcome', 'source_system'] } },
});
