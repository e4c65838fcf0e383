// Cases of okta_factors.
import { modelCases } from '../../../cases/case.ts';

const factor = (id: string, factor_type: string, status = 'ACTIVE') => ({
  id,
  user_id: 'u1',
  _key: `u1|${id}`,
  factor_type,
  status,
});

export const cases = modelCases({
  'possession and inherence enrol; e-mail, question and password do not': {
    given: {
      okta__factors: [
        factor('1', 'sms'),
        factor('2', 'email'),
        factor('3', 'question'),
        factor('4', 'webauthn'),
        factor('5', 'signed_nonce'),
        factor('6', 'my_smart_card_idp'),
        factor('7', 'password'),
      ],
    },
    expect: [
      { factor_id: '1', is_enrolling: true, is_phishing_resistant: false, strength: 11 },
      { factor_id: '2', is_enrolling: false, is_phishing_resistant: false, strength: 13 },
      { factor_id: '3', is_enrolling: false, is_phishing_resistant: false, strength: 14 },
      { factor_id: '4', is_enrolling: true, is_phishing_resistant: true, strength: 1 },
      { factor_id: '5', is_enrolling: true, is_phishing_resistant: true, strength: 4 },
      { factor_id: '6', is_enrolling: true, is_phishing_resistant: true, strength: 3 },
      { factor_id: '7', is_enrolling: false, is_phishing_resistant: false, strength: 99 },
    ],
  },
  'only ACTIVE is active': {
    given: {
      okta__factors: ['PENDING_ACTIVATION', 'INACTIVE', 'NOT_SETUP', 'ENROLLED', 'DISABLED', 'EXPIRED', 'ACTIVE'].map(
        (status) => factor(status, 'push', status),
      ),
    },
    expect: [
      { factor_id: 'ACTIVE', is_active: true },
      { factor_id: 'DISABLED', is_active: false },
      { factor_id: 'ENROLLED', is_active: false },
      { factor_id: 'EXPIRED', is_active: false },
      { factor_id: 'INACTIVE', is_active: false },
      { factor_id: 'NOT_SETUP', is_active: false },
      { factor_id: 'PENDING_ACTIVATION', is_active: false },
    ],
  },
  'a factor that is no longer listed is not there': {
    given: {
      okta__factors: [factor('1', 'sms'), { ...factor('1', 'sms'), _deleted: true, ingest_at: '2026-03-31T00:00:00Z' }],
    },
    expect: [],
  },
});
