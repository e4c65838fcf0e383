// Cases of jira_people.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'an account without a visible e-mail, or no longer listed, is nobody we know': {
    given: {
      jira__users: [
        { account_id: 'j1', _key: 'j1', email_address: 'Ana@Acme.example', display_name: 'Ana' },
        { account_id: 'j2', _key: 'j2', email_address: null },
        { account_id: 'j3', _key: 'j3', email_address: 'c@acme.example' },
        { account_id: 'j3', _key: 'j3', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
    },
    expect: [{ account_id: 'j1', user_key: '935fda63b729ffc6', email: 'ana@acme.example' }],
  },
});
