// Cases of device_records.
import { modelCases } from '../../../cases/case.ts';

const observation = (record_id: string, serial_number: string | null, observed_at = '2026-03-01T00:00:00Z') => ({
  record_id,
  serial_number,
  observed_at,
  platform: 'macos',
  ownership: 'corporate',
  is_partner_managed: false,
  standing: 'managed',
  verdict: 'compliant',
});

export const cases = modelCases({
  'one serial number over both systems, and over a re-enrolment, is one device': {
    given: {
      intune_observations: [observation('intune/1', 'C02'), observation('intune/2', 'C02')],
      jamf_observations: [observation('jamf/computer-1', 'C02')],
    },
    expect: [
      { record_id: 'intune/1', device_key: '5900c686bfaea99f' },
      { record_id: 'intune/2', device_key: '5900c686bfaea99f' },
      { record_id: 'jamf/computer-1', device_key: '5900c686bfaea99f' },
    ],
  },
  'without a serial number every record is a device of its own': {
    given: { intune_observations: [observation('intune/1', null), observation('intune/2', null)] },
    expect: [
      { record_id: 'intune/1', device_key: 'f69ad2355f626d3c', serial_number: null },
      { record_id: 'intune/2', device_key: 'f70057fa2e10247b', serial_number: null },
    ],
  },
  'the newest serial number holds for all of the past; the first day is that of the first observation': {
    given: {
      intune_observations: [
        observation('intune/1', null, '2026-03-02T04:59:59Z'),
        observation('intune/1', 'C02', '2026-03-09T00:00:00Z'),
      ],
    },
    expect: [{ record_id: 'intune/1', device_key: '5900c686bfaea99f', first_seen_on: '2026-03-01' }],
  },
});
