// Cases of jamf_observations.
import { modelCases } from '../../../cases/case.ts';

const mac = (id: string, more: object = {}) => ({
  id,
  serial_number: `C${id}`,
  os_version: '14.2.1',
  file_vault2_status: 'ALL_ENCRYPTED',
  file_vault2_enabled: true,
  gatekeeper_status: 'APP_STORE_AND_IDENTIFIED_DEVELOPERS',
  managed: true,
  report_date: '2026-03-28T00:00:00Z',
  ...more,
});

export const cases = modelCases({
  'a Mac that keeps all rules is compliant; rules that fail are named in order': {
    given: {
      jamf__computers: [
        mac('1'),
        mac('2', { os_version: '13.6' }),
        mac('3', { file_vault2_status: 'SOME_ENCRYPTED', gatekeeper_status: 'DISABLED' }),
        mac('4', { os_version: '12.1', file_vault2_status: 'NOT_ENCRYPTED', gatekeeper_status: 'DISABLED' }),
      ],
    },
    expect: [
      { record_id: 'jamf/computer-1', verdict: 'compliant', verdict_reason: null },
      { record_id: 'jamf/computer-2', verdict: 'noncompliant', verdict_reason: 'os_version' },
      { record_id: 'jamf/computer-3', verdict: 'noncompliant', verdict_reason: 'filevault,gatekeeper' },
      { record_id: 'jamf/computer-4', verdict: 'noncompliant', verdict_reason: 'os_version,filevault,gatekeeper' },
    ],
  },
  'what is missing or NOT_COLLECTED fails no rule; the second word on FileVault counts only where the first is missing':
    {
      given: {
        jamf__computers: [
          mac('1', {
            os_version: null,
            file_vault2_status: 'NOT_COLLECTED',
            file_vault2_enabled: false,
            gatekeeper_status: 'NOT_COLLECTED',
          }),
          mac('2', { file_vault2_status: null, file_vault2_enabled: null, gatekeeper_status: null }),
          mac('3', { file_vault2_status: null, file_vault2_enabled: false }),
          mac('4', { file_vault2_status: 'NOT_APPLICABLE', file_vault2_enabled: false }),
          mac('5', { file_vault2_status: 'BOOT_ENCRYPTED', file_vault2_enabled: false }),
        ],
      },
      expect: [
        { record_id: 'jamf/computer-1', verdict: 'compliant', is_encrypted: null },
        { record_id: 'jamf/computer-2', verdict: 'compliant', is_encrypted: null },
        { record_id: 'jamf/computer-3', verdict: 'noncompliant', is_encrypted: false },
        { record_id: 'jamf/computer-4', verdict: 'noncompliant', is_encrypted: false },
        { record_id: 'jamf/computer-5', verdict: 'compliant', is_encrypted: true },
      ],
    },
  'computers and mobile devices have ids of their own, and iOS a rule of its own': {
    given: {
      jamf__computers: [mac('1')],
      jamf__mobile_devices: [
        { id: '1', device_type: 'iOS', os_version: '17.1', ownership: 'Institutional', managed: true },
        { id: '2', device_type: 'iOS', os_version: '16.7', ownership: 'UserEnrollment', managed: true },
        { id: '3', device_type: 'tvOS', os_version: '9.0', ownership: 'AccountDrivenDeviceEnrollment', managed: false },
        { id: '4', device_type: 'iOS', os_version: '17.0', ownership: null, managed: null },
      ],
    },
    expect: [
      {
        record_id: 'jamf/computer-1',
        platform: 'macos',
        ownership: 'corporate',
        standing: 'managed',
        verdict: 'compliant',
      },
      {
        record_id: 'jamf/mobile-1',
        platform: 'ios',
        ownership: 'corporate',
        standing: 'managed',
        verdict: 'compliant',
      },
      {
        record_id: 'jamf/mobile-2',
        platform: 'ios',
        ownership: 'personal',
        standing: 'managed',
        verdict: 'noncompliant',
      },
      {
        record_id: 'jamf/mobile-3',
        platform: 'other',
        ownership: 'corporate',
        standing: 'unmanaged',
        verdict: 'compliant',
      },
      { record_id: 'jamf/mobile-4', platform: 'ios', ownership: 'unknown', standing: 'managed', verdict: 'compliant' },
    ],
  },
  'of versions received at one instant, as from a run that was done again, the last holds': {
    given: { jamf__computers: [mac('1', { _page: 'run-1' }), mac('1', { _page: 'run-2', os_version: '13.0' })] },
    expect: [{ record_id: 'jamf/computer-1', verdict: 'noncompliant' }],
  },
  'check-in is the newest contact; inventory has a time of its own': {
    given: {
      jamf__computers: [
        mac('1', {
          last_check_in: '2026-03-29T00:00:00Z',
          last_contact: '2026-03-30T00:00:00Z',
          email: '',
          username: 'Ana@acme.example',
        }),
      ],
    },
    expect: [
      {
        record_id: 'jamf/computer-1',
        check_in_at: '2026-03-30T00:00:00Z',
        inventory_at: '2026-03-28T00:00:00Z',
        fresh_at: '2026-03-28T00:00:00Z',
        login: 'ana@acme.example',
      },
    ],
  },
});
