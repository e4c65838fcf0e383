// Cases of intune_observations.
import { modelCases } from '../../../cases/case.ts';

const device = (id: string, compliance_state: string | null, more: object = {}) => ({
  id,
  compliance_state,
  serial_number: `S${id}`,
  operating_system: 'Windows',
  managed_device_owner_type: 'company',
  last_sync: '2026-03-29T00:00:00Z',
  ...more,
});

export const cases = modelCases({
  'the seven states of Intune are three of ours, with the reason kept': {
    given: {
      intune__managed_devices: [
        'compliant',
        'noncompliant',
        'inGracePeriod',
        'conflict',
        'error',
        'configManager',
        'unknown',
        'somethingNew',
        'nonCompliant',
      ].map((state) => device(state, state)),
    },
    expect: [
      { record_id: 'intune/compliant', verdict: 'compliant', verdict_reason: null },
      { record_id: 'intune/configManager', verdict: 'unknown', verdict_reason: 'config_manager' },
      { record_id: 'intune/conflict', verdict: 'unknown', verdict_reason: 'conflict' },
      { record_id: 'intune/error', verdict: 'unknown', verdict_reason: 'error' },
      { record_id: 'intune/inGracePeriod', verdict: 'noncompliant', verdict_reason: 'grace' },
      { record_id: 'intune/nonCompliant', verdict: 'unknown', verdict_reason: 'not_evaluated' },
      { record_id: 'intune/noncompliant', verdict: 'noncompliant', verdict_reason: null },
      { record_id: 'intune/somethingNew', verdict: 'unknown', verdict_reason: 'not_evaluated' },
      { record_id: 'intune/unknown', verdict: 'unknown', verdict_reason: 'not_evaluated' },
    ],
  },
  'compliant without any policy is unknown, where policies are synced at all': {
    given: {
      intune__managed_devices: [
        device('1', 'compliant'),
        device('2', 'compliant'),
        device('3', 'noncompliant'),
        device('4', 'compliant', { policy_count: 2 }),
      ],
      intune__device_policy_states: [{ id: 'p', device_id: '1', _key: '1|p', state: 'compliant' }],
    },
    expect: [
      { record_id: 'intune/1', verdict: 'compliant', verdict_reason: null },
      { record_id: 'intune/2', verdict: 'unknown', verdict_reason: 'no_policy' },
      { record_id: 'intune/3', verdict: 'noncompliant', verdict_reason: null },
      { record_id: 'intune/4', verdict: 'compliant', verdict_reason: null },
    ],
  },
  'a device that was gone before policy states were first asked for is not called one without a policy': {
    given: {
      intune__managed_devices: [
        device('1', 'compliant', { ingest_at: '2026-03-01T00:00:00Z' }),
        { id: '1', _deleted: true, ingest_at: '2026-03-08T00:00:00Z' },
        device('2', 'compliant', { ingest_at: '2026-03-01T00:00:00Z' }),
        { id: '2', _deleted: true, ingest_at: '2026-03-15T00:00:00Z' },
      ],
      intune__device_policy_states: [{ id: 'p', device_id: '9', _key: '9|p', ingest_at: '2026-03-08T00:00:00Z' }],
    },
    expect: [
      { record_id: 'intune/1', verdict: 'compliant', verdict_reason: null },
      { record_id: 'intune/2', verdict: 'unknown', verdict_reason: 'no_policy' },
    ],
  },
  'a version says when the next listing missed the device': {
    given: {
      intune__managed_devices: [
        device('1', 'compliant', { ingest_at: '2026-03-01T00:00:00Z' }),
        device('1', 'noncompliant', { ingest_at: '2026-03-08T00:00:00Z' }),
        { id: null, _key: '1', _deleted: true, ingest_at: '2026-03-15T00:00:00Z' },
        device('1', 'compliant', { ingest_at: '2026-03-22T00:00:00Z' }),
      ],
    },
    expect: [
      { observed_at: '2026-03-01T00:00:00Z', gone_at: null, verdict: 'compliant' },
      { observed_at: '2026-03-08T00:00:00Z', gone_at: '2026-03-15T00:00:00Z', verdict: 'noncompliant' },
      { observed_at: '2026-03-22T00:00:00Z', gone_at: null, verdict: 'compliant' },
    ],
  },
  'of versions received at one instant, as from a run that was done again, the last holds': {
    given: {
      intune__managed_devices: [
        device('1', 'compliant', { _page: 'run-1' }),
        device('1', 'noncompliant', { _page: 'run-2' }),
      ],
    },
    expect: [{ record_id: 'intune/1', verdict: 'noncompliant' }],
  },
  'serial numbers that identify nothing are none': {
    given: {
      intune__managed_devices: [' c02xyz ', '0', '', 'None', 'To be filled by O.E.M.', null].map((serial_number, i) =>
        device(String(i), 'compliant', { serial_number }),
      ),
    },
    expect: [
      { record_id: 'intune/0', serial_number: 'C02XYZ' },
      { record_id: 'intune/1', serial_number: null },
      { record_id: 'intune/2', serial_number: null },
      { record_id: 'intune/3', serial_number: null },
      { record_id: 'intune/4', serial_number: null },
      { record_id: 'intune/5', serial_number: null },
    ],
  },
  'retiring and discovered devices, owners and platforms': {
    given: {
      intune__managed_devices: [
        device('1', 'compliant', {
          management_state: 'wipePending',
          operating_system: 'macOS',
          managed_device_owner_type: 'personal',
        }),
        device('2', 'compliant', {
          management_state: 'discovered',
          operating_system: 'iPadOS',
          managed_device_owner_type: 'unknown',
        }),
        device('3', 'compliant', {
          management_state: 'managed',
          operating_system: 'AndroidEnterprise',
          management_agent: 'jamf',
        }),
        device('4', 'compliant', {
          operating_system: 'ChromeOS',
          user_principal_name: ' ',
          email_address: 'Ana@Acme.example',
        }),
      ],
    },
    expect: [
      {
        record_id: 'intune/1',
        standing: 'retired',
        platform: 'macos',
        ownership: 'personal',
        is_partner_managed: false,
        login: null,
      },
      {
        record_id: 'intune/2',
        standing: 'unmanaged',
        platform: 'ios',
        ownership: 'unknown',
        is_partner_managed: false,
        login: null,
      },
      {
        record_id: 'intune/3',
        standing: 'managed',
        platform: 'android',
        ownership: 'corporate',
        is_partner_managed: true,
        login: null,
      },
      {
        record_id: 'intune/4',
        standing: 'managed',
        platform: 'other',
        ownership: 'corporate',
        is_partner_managed: false,
        login: 'ana@acme.example',
      },
    ],
  },
});
