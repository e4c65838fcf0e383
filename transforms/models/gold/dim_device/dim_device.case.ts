// Cases of dim_device.
import { modelCases } from '../../../cases/case.ts';

const observation = (record_id: string, more: object = {}) => ({
  record_id,
  observed_at: '2026-03-29T00:00:00Z',
  device_name: record_id,
  platform: 'macos',
  ownership: 'corporate',
  is_partner_managed: false,
  standing: 'managed',
  verdict: 'compliant',
  ...more,
});
const day = (state_on: string, device_key: string, more: object = {}) => ({
  state_on,
  device_key,
  managed_by: 'intune',
  intune_record_id: 'intune/1',
  observed_at: '2026-03-29T00:00:00Z',
  platform: 'macos',
  ownership: 'corporate',
  compliance_state: 'compliant',
  verdict_conflict: false,
  record_count: 1,
  ...more,
});

export const cases = modelCases({
  'the newest day, with what the managing record says and the person behind its login': {
    given: {
      device_records: [
        { record_id: 'intune/1', device_key: 'd', serial_number: 'C02', first_seen_on: '2026-03-01' },
        { record_id: 'jamf/computer-7', device_key: 'd', serial_number: 'C02', first_seen_on: '2026-03-01' },
      ],
      device_days: [
        day('2026-03-29', 'd', { compliance_state: 'noncompliant' }),
        day('2026-03-30', 'd', {
          managed_by: 'jamf',
          jamf_record_id: 'jamf/computer-7',
          login: 'ana',
          exclusion_reason: 'personal',
          record_count: 2,
        }),
      ],
      intune_observations: [observation('intune/1')],
      jamf_observations: [
        observation('jamf/computer-7', { os_version: '14.1', is_encrypted: true }),
        observation('jamf/computer-7', { observed_at: '2026-03-01T00:00:00Z' }),
      ],
      person_logins: [{ login: 'ana', user_key: 'k1', department: 'Sales' }],
    },
    expect: [
      {
        device_key: 'd',
        serial_number: 'C02',
        device_name: 'jamf/computer-7',
        os_version: '14.1',
        managed_by: 'jamf',
        intune_device_id: '1',
        jamf_device_id: 'computer-7',
        user_key: 'k1',
        department: 'Sales',
        in_scope: false,
        exclusion_reason: 'personal',
        compliance_state: 'compliant',
        is_encrypted: true,
      },
    ],
  },
  'a device without a user, or with one that nobody knows, is of no department': {
    given: {
      device_records: [{ record_id: 'intune/1', device_key: 'd', first_seen_on: '2026-03-01' }],
      device_days: [day('2026-03-30', 'd', { login: 'somebody' })],
      intune_observations: [observation('intune/1')],
    },
    expect: [
      {
        device_key: 'd',
        serial_number: null,
        user_key: null,
        department: 'unknown',
        in_scope: true,
        jamf_device_id: null,
      },
    ],
  },
});
