// Devices by day: what is public, in this order.
import { subjectOn } from '../define.ts';
import { deviceStateMetrics } from './metrics.ts';

export const deviceStates = subjectOn({
  view: 'device_states',
  table: 'fact_device_state',
  title: 'Devices by day',
  about: 'One row per device and day of the tenant: what was known at the end of that day.',
  metrics: deviceStateMetrics,
  metricClass: 'internal',
  dimensions: ['state_on', 'platform', 'managed_by', 'ownership', 'department', 'compliance_state'],
  rollups: {
    by_day: { day: 'state_on', by: [] },
    by_day_and_platform: {
      day: 'state_on',
      by: ['platform', 'managed_by', 'ownership', 'department', 'compliance_state'],
    },
  },
});
