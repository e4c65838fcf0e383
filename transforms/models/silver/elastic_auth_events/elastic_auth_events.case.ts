// Cases of elastic_auth_events.
import { modelCases } from '../../../cases/case.ts';

const document = (id: string, more: object = {}) => ({
  index: 'logs-1',
  id,
  timestamp: '2026-01-05T10:00:00Z',
  event_category: 'authentication',
  event_action: 'ssh_login',
  event_outcome: 'success',
  user_name: 'Root',
  ...more,
});

export const cases = modelCases({
  'the category is one word or a list of them': {
    given: {
      elasticsearch__auth_logs: [
        document('1'),
        document('2', { event_category: ['session', 'authentication'] }),
        document('3', { event_category: 'process' }),
      ],
    },
    expect: [{ event_id: 'logs-1/1' }, { event_id: 'logs-1/2' }],
  },
  'an id is unique within its index only': {
    given: { elasticsearch__auth_logs: [document('1'), document('1'), document('1', { index: 'logs-2' })] },
    expect: [{ event_id: 'logs-1/1' }, { event_id: 'logs-2/1' }],
  },
  'the e-mail is the login, else the name; what is missing is unknown': {
    given: {
      elasticsearch__auth_logs: [
        document('1', { user_email: 'Ana@Acme.example', country: 'Chile' }),
        document('2', { event_outcome: null, event_action: null }),
      ],
    },
    expect: [
      {
        event_id: 'logs-1/1',
        actor_login: 'ana@acme.example',
        outcome: 'SUCCESS',
        country: 'Chile',
        event_type: 'ssh_login',
      },
      {
        event_id: 'logs-1/2',
        actor_login: 'root',
        outcome: 'UNKNOWN',
        country: 'unknown',
        event_type: 'authentication',
      },
    ],
  },
  'a sign-out is no attempt': {
    given: {
      elasticsearch__auth_logs: ['user-logout', 'Logoff', 'logged-out', 'logged-off', 'logged-in'].map((event_action) =>
        document(event_action, { event_action }),
      ),
    },
    expect: [
      { event_id: 'logs-1/Logoff', is_attempt: false },
      { event_id: 'logs-1/logged-in', is_attempt: true },
      { event_id: 'logs-1/logged-off', is_attempt: false },
      { event_id: 'logs-1/logged-out', is_attempt: false },
      { event_id: 'logs-1/user-logout', is_attempt: false },
    ],
  },
});
