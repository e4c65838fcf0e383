// Cases of persons.
import { modelCases } from '../../../cases/case.ts';

const okta = (id: string, email: string, more: object = {}) => ({
  okta_user_id: id,
  user_key: `key of ${email}`,
  email,
  login: email,
  status: 'ACTIVE',
  is_service_account: false,
  is_federated: false,
  ...more,
});

export const cases = modelCases({
  'accounts with the same e-mail in any case are one person': {
    given: {
      okta_users: [okta('u1', 'ana@acme.example', { user_key: '935fda63b729ffc6', display_name: 'Ana' })],
      intune__users: [
        {
          id: 'e1',
          mail: 'Ana@ACME.example',
          user_principal_name: 'ana.upn@acme.example',
          display_name: 'Ana E',
          department: 'Sales',
        },
      ],
      jira_people: [{ account_id: 'j1', user_key: '935fda63b729ffc6', email: 'ana@acme.example' }],
    },
    expect: [
      {
        email: 'ana@acme.example',
        display_name: 'Ana',
        department: 'Sales',
        okta_user_id: 'u1',
        entra_user_id: 'e1',
        jira_account_id: 'j1',
      },
    ],
  },
  'Entra without mail is known by its UPN; who is only there is a person too': {
    given: { intune__users: [{ id: 'e1', user_principal_name: 'Guest_x#EXT#@acme.example', department: ' ' }] },
    expect: [
      {
        email: 'guest_x#ext#@acme.example',
        okta_user_id: null,
        entra_user_id: 'e1',
        department: 'unknown',
        source_system: 'okta',
      },
    ],
  },
  'a removed Entra account makes no person': {
    given: {
      intune__users: [
        { id: 'e1', mail: 'a@b.example' },
        { id: 'e1', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
    },
    expect: [],
  },
  'of two Okta accounts of one e-mail the one that can sign in counts, then the newest': {
    given: {
      okta_users: [
        okta('u1', 'ana@acme.example', { status: 'DEPROVISIONED', created_at: '2026-02-01T00:00:00Z' }),
        okta('u2', 'ana@acme.example', { created_at: '2025-01-01T00:00:00Z' }),
        okta('u3', 'ana@acme.example', { created_at: '2025-06-01T00:00:00Z' }),
      ],
    },
    expect: [{ okta_user_id: 'u3' }],
  },
});
