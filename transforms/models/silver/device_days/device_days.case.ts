// Cases of device_days. The zone is New York, so 2026-03-08 05:00 UTC is where a day begins; summer time starts that day.
import { modelCases } from '../../../cases/case.ts';

const record = (record_id: string, device_key = 'd', first_seen_on = '2026-03-01') => ({
  record_id,
  device_key,
  first_seen_on,
});
const observation = (record_id: string, more: object = {}) => ({
  record_id,
  observed_at: '2026-03-01T12:00:00Z',
  platform: 'macos',
  ownership: 'corporate',
  is_partner_managed: false,
  standing: 'managed',
  verdict: 'compliant',
  fresh_at: '2026-03-01T00:00:00Z',
  check_in_at: '2026-03-01T00:00:00Z',
  ...more,
});
const vars = { as_of: new Date('2026-03-03T00:00:00Z') };
const day = (state_on: string, more: object) => ({ state_on, ...more });

export const cases = modelCases({
  'a row a day from the first observation to the running day, with the newest observation received by then': {
    vars: { as_of: new Date('2026-03-05T00:00:00Z') },
    given: {
      device_records: [record('intune/1')],
      intune_observations: [
        observation('intune/1'),
        observation('intune/1', { observed_at: '2026-03-03T04:59:00Z', verdict: 'noncompliant' }),
        observation('intune/1', { observed_at: '2026-03-03T05:00:00Z', verdict: 'compliant' }),
      ],
    },
    expect: [
      day('2026-03-01', { compliance_state: 'compliant' }),
      day('2026-03-02', { compliance_state: 'noncompliant' }),
      day('2026-03-03', { compliance_state: 'compliant' }),
      day('2026-03-04', { compliance_state: 'compliant' }),
    ],
  },
  'a verdict is stale when it is older than 30 days at the end of the day, and the running day ends at the as-of instant':
    {
      vars: { as_of: new Date('2026-03-03T04:00:00Z') },
      given: {
        device_records: [record('intune/1', 'd1', '2026-03-01'), record('intune/2', 'd2', '2026-03-02')],
        intune_observations: [
          observation('intune/1', { fresh_at: '2026-01-31T05:00:00Z' }),
          observation('intune/2', { fresh_at: '2026-02-01T04:00:00Z' }),
        ],
      },
      expect: [
        { device_key: 'd1', state_on: '2026-03-01', compliance_state: 'compliant', compliance_reason: null },
        { device_key: 'd1', state_on: '2026-03-02', compliance_state: 'unknown', compliance_reason: 'stale' },
        { device_key: 'd2', state_on: '2026-03-02', compliance_state: 'compliant', compliance_reason: null },
      ],
    },
  'a device that never synced is stale, and is not called inactive': {
    vars,
    given: {
      device_records: [record('intune/1', 'd', '2026-03-02')],
      intune_observations: [observation('intune/1', { fresh_at: null, check_in_at: null })],
    },
    expect: [day('2026-03-02', { compliance_state: 'unknown', compliance_reason: 'stale', exclusion_reason: null })],
  },
  'a Mac that Intune lists for Jamf is one device with the verdict of Jamf, and a conflict is told': {
    vars,
    given: {
      device_records: [record('intune/1', 'd', '2026-03-02'), record('jamf/computer-7', 'd', '2026-03-02')],
      intune_observations: [
        observation('intune/1', { is_partner_managed: true, login: 'ana', check_in_at: '2026-03-02T00:00:00Z' }),
      ],
      jamf_observations: [
        observation('jamf/computer-7', {
          verdict: 'noncompliant',
          verdict_reason: 'filevault',
          fresh_at: '2026-02-28T00:00:00Z',
        }),
      ],
    },
    expect: [
      day('2026-03-02', {
        managed_by: 'jamf',
        compliance_state: 'noncompliant',
        compliance_reason: 'filevault',
        verdict_conflict: true,
        record_count: 2,
        login: 'ana',
        last_check_in_at: '2026-03-02T00:00:00Z',
        intune_record_id: 'intune/1',
        jamf_record_id: 'jamf/computer-7',
      }),
    ],
  },
  'without that word Intune manages; an unknown verdict is no conflict': {
    vars,
    given: {
      device_records: [record('intune/1', 'd', '2026-03-02'), record('jamf/computer-7', 'd', '2026-03-02')],
      intune_observations: [observation('intune/1', { verdict: 'unknown', verdict_reason: 'error' })],
      jamf_observations: [observation('jamf/computer-7', { verdict: 'noncompliant', verdict_reason: 'filevault' })],
    },
    expect: [
      day('2026-03-02', {
        managed_by: 'intune',
        compliance_state: 'unknown',
        compliance_reason: 'error',
        verdict_conflict: false,
      }),
    ],
  },
  'a re-enrolled device is one: the record with the newest check-in counts': {
    vars,
    given: {
      device_records: [record('intune/1', 'd', '2026-03-02'), record('intune/2', 'd', '2026-03-02')],
      intune_observations: [
        observation('intune/1', { verdict: 'noncompliant', check_in_at: '2026-02-01T00:00:00Z' }),
        observation('intune/2', { check_in_at: '2026-02-20T00:00:00Z' }),
      ],
    },
    expect: [
      day('2026-03-02', {
        compliance_state: 'compliant',
        record_count: 2,
        intune_record_id: 'intune/2',
        verdict_conflict: false,
      }),
    ],
  },
  'a record that the listing no longer holds gives way to one that it does; with none left the device is retired': {
    vars: { as_of: new Date('2026-03-04T00:00:00Z') },
    given: {
      device_records: [record('intune/1', 'd', '2026-03-01'), record('intune/2', 'd', '2026-03-02')],
      intune_observations: [
        observation('intune/1', {
          verdict: 'noncompliant',
          gone_at: '2026-03-02T12:00:00Z',
          check_in_at: '2026-03-01T06:00:00Z',
        }),
        observation('intune/2', { observed_at: '2026-03-02T12:00:00Z', gone_at: '2026-03-03T12:00:00Z' }),
      ],
    },
    expect: [
      day('2026-03-01', { compliance_state: 'noncompliant', exclusion_reason: null, record_count: 1 }),
      day('2026-03-02', { compliance_state: 'compliant', exclusion_reason: null, record_count: 1 }),
      day('2026-03-03', { compliance_state: 'noncompliant', exclusion_reason: 'retired', record_count: 2 }),
    ],
  },
  'why a device is not in scope, the first reason that holds': {
    vars,
    given: {
      device_records: ['1', '2', '3', '4', '5', '6'].map((id) => record(`intune/${id}`, `d${id}`, '2026-03-02')),
      intune_observations: [
        observation('intune/1', { standing: 'retired', ownership: 'personal' }),
        observation('intune/2', { standing: 'unmanaged', ownership: 'personal' }),
        observation('intune/3', { ownership: 'personal', check_in_at: '2025-01-01T00:00:00Z' }),
        observation('intune/4', { check_in_at: '2025-12-02T23:59:59Z' }),
        observation('intune/5', { check_in_at: '2025-12-03T00:00:00Z' }),
        observation('intune/6', { ownership: 'unknown' }),
      ],
    },
    expect: [
      { device_key: 'd1', exclusion_reason: 'retired' },
      { device_key: 'd2', exclusion_reason: 'unmanaged' },
      { device_key: 'd3', exclusion_reason: 'personal' },
      { device_key: 'd4', exclusion_reason: 'inactive' },
      { device_key: 'd5', exclusion_reason: null },
      { device_key: 'd6', exclusion_reason: null },
    ],
  },
});
