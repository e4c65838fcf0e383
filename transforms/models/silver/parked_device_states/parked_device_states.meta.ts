// One row per state whose device is not known yet.
import { tableMeta } from '../../../table-meta.ts';

export const parkedDeviceStates = tableMeta({
  name: 'parked_device_states',
  grain: 'One row per state whose device is not known yet.',
  about: 'States that wait for their device; never shown.',
  key: ['state_id'],
  columns: {
    state_id: { type: 'VARCHAR', about: 'Device and policy, as in bronze.' },
    device_id: { type: 'VARCHAR', about: "Intune's id of the device.", nullable: true },
    state: { type: 'VARCHAR', about: 'What the policy says of the device.', nullable: true },
  },
});
