// Cases of person_logins.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'e-mail, Okta login and Entra UPN lead to the person; an e-mail beats the login of another': {
    given: {
      persons: [
        { user_key: 'k1', email: 'ana@acme.example', department: 'Sales', entra_user_id: 'e1' },
        { user_key: 'k2', email: 'bo@acme.example', department: 'unknown' },
      ],
      okta_users: [
        {
          okta_user_id: 'u1',
          user_key: 'k1',
          email: 'ana@acme.example',
          login: 'ana.login',
          status: 'ACTIVE',
          is_service_account: false,
          is_federated: false,
        },
        {
          okta_user_id: 'u2',
          user_key: 'k1',
          email: 'ana@acme.example',
          login: 'bo@acme.example',
          status: 'ACTIVE',
          is_service_account: false,
          is_federated: false,
        },
      ],
      intune__users: [
        { id: 'e1', user_principal_name: 'ANA.upn@acme.example' },
        { id: 'e2', user_principal_name: 'nobody@acme.example' },
      ],
    },
    expect: [
      { login: 'ana.login', user_key: 'k1', department: 'Sales' },
      { login: 'ana.upn@acme.example', user_key: 'k1', department: 'Sales' },
      { login: 'ana@acme.example', user_key: 'k1', department: 'Sales' },
      { login: 'bo@acme.example', user_key: 'k2', department: 'unknown' },
    ],
  },
});
