// Cases of device_policy_states.
import { modelCases } from '../../../cases/case.ts';

const state = (device_id: string, more: object = {}) => ({
  id: 'p1',
  device_id,
  _key: `${device_id}|p1`,
  state: 'compliant',
  ...more,
});

export const cases = modelCases({
  'a state is here once its device is listed, whenever that was, also where the device is gone by now': {
    given: {
      intune__device_policy_states: [state('1'), state('2'), state('3')],
      intune__managed_devices: [
        { id: '1', ingest_at: '2026-04-01T00:00:00Z' },
        { id: '2' },
        { id: '2', _deleted: true, ingest_at: '2026-04-01T00:00:00Z' },
      ],
    },
    expect: [
      { state_id: '1|p1', device_id: '1' },
      { state_id: '2|p1', device_id: '2' },
    ],
  },
  'a state that its device lists no more is not here': {
    given: {
      intune__device_policy_states: [state('1'), state('1', { _deleted: true, ingest_at: '2026-04-01T00:00:00Z' })],
      intune__managed_devices: [{ id: '1' }],
    },
    expect: [],
  },
});
