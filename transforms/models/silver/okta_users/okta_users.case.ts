// Cases of okta_users.
import { modelCases } from '../../../cases/case.ts';

const ana = {
  id: 'u1',
  status: 'ACTIVE',
  login: 'Ana@Acme.example',
  email: 'ana@acme.example',
  display_name: 'Ana',
  department: 'Sales',
};

export const cases = modelCases({
  'the newest version of an account holds': {
    given: {
      okta__users: [
        { ...ana, ingest_at: '2026-01-01T00:00:00Z' },
        { ...ana, status: 'SUSPENDED', department: ' ', ingest_at: '2026-01-02T00:00:00Z' },
      ],
    },
    expect: [{ okta_user_id: 'u1', status: 'SUSPENDED', department: null, login: 'ana@acme.example' }],
  },
  'a deleted account keeps its last version and cannot sign in any more': {
    given: {
      okta__users: [
        { ...ana, ingest_at: '2026-01-01T00:00:00Z' },
        { id: null, _key: 'u1', _deleted: true, ingest_at: '2026-01-02T00:00:00Z' },
      ],
    },
    expect: [{ okta_user_id: 'u1', status: 'DEPROVISIONED', email: 'ana@acme.example' }],
  },
  'an account that comes back after its deletion is as its newest version says': {
    given: {
      okta__users: [
        { id: null, _key: 'u1', _deleted: true, ingest_at: '2026-01-02T00:00:00Z' },
        { ...ana, ingest_at: '2026-01-03T00:00:00Z' },
      ],
    },
    expect: [{ okta_user_id: 'u1', status: 'ACTIVE' }],
  },
  'an account without an e-mail is known by its login, and by the same key as a person of that e-mail': {
    given: {
      okta__users: [
        { ...ana, email: null },
        { ...ana, id: 'u2', login: 'x', email: 'ANA@acme.example' },
      ],
    },
    expect: [
      { okta_user_id: 'u1', email: 'ana@acme.example', user_key: '935fda63b729ffc6' },
      { okta_user_id: 'u2', email: 'ana@acme.example', user_key: '935fda63b729ffc6' },
    ],
  },
  'service accounts and federated accounts are told apart whatever the case of the word': {
    given: {
      okta__users: [
        { ...ana, id: 'u1', user_type: 'Service' },
        { ...ana, id: 'u2', provider_type: 'FEDERATION' },
        { ...ana, id: 'u3', provider_type: 'SOCIAL' },
        { ...ana, id: 'u4', provider_type: 'OKTA', user_type: 'Employee' },
      ],
    },
    expect: [
      { okta_user_id: 'u1', is_service_account: true, is_federated: false },
      { okta_user_id: 'u2', is_service_account: false, is_federated: true },
      { okta_user_id: 'u3', is_service_account: false, is_federated: true },
      { okta_user_id: 'u4', is_service_account: false, is_federated: false },
    ],
  },
});
