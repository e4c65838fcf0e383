// One row per compliance policy on a device that is known, as it is now.
import { tableMeta } from '../../../table-meta.ts';

export const devicePolicyStates = tableMeta({
  name: 'device_policy_states',
  grain: 'One row per compliance policy on a device that is known, as it is now.',
  about: 'Newest state of each policy on each known device.',
  key: ['state_id'],
  columns: {
    state_id: { type: 'VARCHAR', about: 'Device and policy, as in bronze.' },
    device_id: { type: 'VARCHAR', about: "Intune's id of the device.", nullable: true },
    state: { type: 'VARCHAR', about: 'What the policy says of the device.', nullable: true },
  },
});
