// What is measured of single authentication events.
import { metricsOn } from '../define.ts';

export const authEventMetrics = metricsOn('fact_auth_event', {
  event_count: { title: 'Events', about: 'Authentication events as the sources sent them.', count: true },
  distinct_users: { title: 'Distinct people', about: 'Known persons with at least one event.', distinct: 'user_key' },
});
