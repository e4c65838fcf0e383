// Devices: what is public, in this order.
import { subjectOn } from '../define.ts';
import { deviceMetrics } from './metrics.ts';

export const devices = subjectOn({
  view: 'devices',
  table: 'dim_device',
  title: 'Devices',
  about: 'One row per physical device, as of the release.',
  metrics: deviceMetrics,
  metricClass: 'internal',
  dimensions: [
    'device_name',
    'serial_number',
    'platform',
    'os_version',
    'ownership',
    'managed_by',
    'compliance_state',
    'compliance_reason',
    'exclusion_reason',
    'department',
    'org_id',
    'enrolled_at',
    'last_check_in_at',
  ],
  rollups: {
    by_platform: { by: ['platform', 'managed_by', 'ownership', 'department'] },
    by_verdict: { by: ['os_version', 'compliance_reason', 'exclusion_reason'] },
  },
});
