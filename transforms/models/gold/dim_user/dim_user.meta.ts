// One row per person.
import { tableMeta } from '../../../table-meta.ts';

export const dimUser = tableMeta({
  name: 'dim_user',
  grain: 'One row per person.',
  about: 'A person, resolved over Okta, Entra, Jamf and Jira by lower-cased e-mail; state as of the release.',
  key: ['user_key'],
  columns: {
    user_key: { type: 'VARCHAR', about: 'Stable hash of the person within the tenant.' },
    email: { type: 'VARCHAR', about: 'Lower-cased e-mail or login.', nullable: true, pii: true },
    display_name: { type: 'VARCHAR', about: 'Name shown to people.', nullable: true, pii: true },
    department: { type: 'VARCHAR', about: "Department as Okta has it, else Entra, else 'unknown'." },
    okta_user_id: { type: 'VARCHAR', about: "Okta's id.", nullable: true },
    okta_status: { type: 'VARCHAR', about: "Okta's status of the account.", nullable: true },
    entra_user_id: { type: 'VARCHAR', about: "Entra's id.", nullable: true },
    jira_account_id: { type: 'VARCHAR', about: "Jira's accountId.", nullable: true },
    is_service_account: { type: 'BOOLEAN', about: "A declared service account (Okta profile.userType 'service')." },
    in_mfa_population: {
      type: 'BOOLEAN',
      about:
        'A human who can sign in: Okta status ACTIVE, PASSWORD_EXPIRED, RECOVERY or LOCKED_OUT, no service account.',
    },
    exclusion_reason: {
      type: 'VARCHAR',
      about:
        'Why not in the population: no_okta_account, staged, provisioned, suspended, deprovisioned, service_account.',
      nullable: true,
    },
    mfa_state: {
      type: 'VARCHAR',
      about:
        'enrolled, not_enrolled, delegated (an identity provider does MFA) or unknown (factors could not be read).',
    },
    is_mfa_enrolled: {
      type: 'BOOLEAN',
      about: 'In the population and with an ACTIVE possession or inherence factor (not password, question or e-mail).',
    },
    is_phishing_resistant: {
      type: 'BOOLEAN',
      about: 'In the population and with an ACTIVE webauthn/u2f, signed_nonce or smart card factor.',
    },
    is_admin: { type: 'BOOLEAN', about: "Member of a group whose name holds 'admin' (Okta)." },
    strongest_factor: { type: 'VARCHAR', about: "Strongest ACTIVE factor type, 'none' without one." },
    created_at: { type: 'TIMESTAMPTZ', about: 'When the Okta account was created.', nullable: true },
    activated_at: { type: 'TIMESTAMPTZ', about: 'When the Okta account was activated.', nullable: true },
    last_login_at: { type: 'TIMESTAMPTZ', about: 'Last successful sign-in as Okta has it.', nullable: true },
  },
});
