// One row per device and day since it was first seen.
import { tableMeta } from '../../../table-meta.ts';

export const factDeviceState = tableMeta({
  name: 'fact_device_state',
  grain: 'One row per device and day since it was first seen.',
  about:
    'What we knew of the device at the end of each day of the tenant: the newest observation received by then, made stale by time.',
  key: ['state_on', 'device_key'],
  partitionBy: 'state_on',
  columns: {
    state_on: { type: 'DATE', about: "The tenant's day." },
    device_key: { type: 'VARCHAR', about: 'Device.' },
    platform: { type: 'VARCHAR', about: 'As in dim_device.' },
    managed_by: { type: 'VARCHAR', about: 'As in dim_device.' },
    ownership: { type: 'VARCHAR', about: 'As in dim_device.' },
    department: { type: 'VARCHAR', about: 'As in dim_device.' },
    in_scope: { type: 'BOOLEAN', about: 'As in dim_device, at the end of that day.' },
    compliance_state: { type: 'VARCHAR', about: 'As in dim_device, at the end of that day.' },
    compliance_reason: { type: 'VARCHAR', about: 'As in dim_device, at the end of that day.', nullable: true },
  },
});
