// One row per Okta account holder and day.
import { tableMeta } from '../../../table-meta.ts';

export const factUserState = tableMeta({
  name: 'fact_user_state',
  grain: 'One row per Okta account holder and day.',
  about: 'MFA state at the end of each day of the tenant, replayed from account and factor history.',
  key: ['state_on', 'user_key'],
  partitionBy: 'state_on',
  columns: {
    state_on: { type: 'DATE', about: "The tenant's day." },
    user_key: { type: 'VARCHAR', about: 'Person.' },
    department: { type: 'VARCHAR', about: 'Department as it is now.' },
    in_mfa_population: { type: 'BOOLEAN', about: 'As in dim_user, at the end of that day.' },
    is_mfa_enrolled: { type: 'BOOLEAN', about: 'As in dim_user, at the end of that day.' },
    is_phishing_resistant: { type: 'BOOLEAN', about: 'As in dim_user, at the end of that day.' },
    mfa_state: { type: 'VARCHAR', about: 'As in dim_user, at the end of that day.' },
  },
});
