// Cases of fact_device_state.
import { modelCases } from '../../../cases/case.ts';

const day = (state_on: string, more: object = {}) => ({
  state_on,
  device_key: 'd',
  managed_by: 'intune',
  observed_at: '2026-03-29T00:00:00Z',
  platform: 'macos',
  ownership: 'corporate',
  compliance_state: 'compliant',
  verdict_conflict: false,
  record_count: 1,
  ...more,
});

export const cases = modelCases({
  'each day in its own words; the department is that of the person of that day': {
    given: {
      device_days: [
        day('2026-03-29', { login: 'ana' }),
        day('2026-03-30', {
          login: 'bo',
          exclusion_reason: 'retired',
          compliance_state: 'unknown',
          compliance_reason: 'stale',
        }),
      ],
      person_logins: [{ login: 'ana', user_key: 'k1', department: 'Sales' }],
    },
    expect: [
      {
        state_on: '2026-03-29',
        department: 'Sales',
        in_scope: true,
        compliance_state: 'compliant',
        compliance_reason: null,
      },
      {
        state_on: '2026-03-30',
        department: 'unknown',
        in_scope: false,
        compliance_state: 'unknown',
        compliance_reason: 'stale',
      },
    ],
  },
});
