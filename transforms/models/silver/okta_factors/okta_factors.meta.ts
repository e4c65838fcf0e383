// One row per factor of an Okta account, as it is now.
import { tableMeta } from '../../../table-meta.ts';

export const oktaFactors = tableMeta({
  name: 'okta_factors',
  grain: 'One row per factor of an Okta account, as it is now.',
  about: 'Newest version of each factor that is still enrolled, with what it proves.',
  key: ['okta_user_id', 'factor_id'],
  columns: {
    okta_user_id: { type: 'VARCHAR', about: 'Account.' },
    factor_id: { type: 'VARCHAR', about: "Okta's id of the factor." },
    factor_type: { type: 'VARCHAR', about: 'Type as Okta names it.' },
    is_active: { type: 'BOOLEAN', about: 'Status ACTIVE; every other status counts for nothing.' },
    is_enrolling: { type: 'BOOLEAN', about: 'Of a type that makes an account MFA enrolled.' },
    is_phishing_resistant: { type: 'BOOLEAN', about: 'Of a type that resists phishing.' },
    strength: { type: 'INTEGER', about: '1 is the strongest type; types that Okta may add later come last.' },
    created_at: { type: 'TIMESTAMPTZ', about: 'When it was enrolled.', nullable: true },
  },
});
