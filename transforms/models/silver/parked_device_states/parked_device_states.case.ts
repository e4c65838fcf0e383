// Cases of parked_device_states.
import { modelCases } from '../../../cases/case.ts';

const state = (device_id: string) => ({ id: 'p1', device_id, _key: `${device_id}|p1`, state: 'compliant' });

export const cases = modelCases({
  'a state whose device was never listed waits': {
    given: { intune__device_policy_states: [state('1'), state('2')], intune__managed_devices: [{ id: '2' }] },
    expect: [{ state_id: '1|p1', device_id: '1', state: 'compliant' }],
  },
  'it waits no more once the device is listed': {
    given: { intune__device_policy_states: [state('1')], intune__managed_devices: [{ id: '1' }] },
    expect: [],
  },
});
