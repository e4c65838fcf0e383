// One row per Okta account in a group of administrators.
import { tableMeta } from '../../../table-meta.ts';

export const oktaAdmins = tableMeta({
  name: 'okta_admins',
  grain: 'One row per Okta account in a group of administrators.',
  about: 'Members of groups whose name holds admin.',
  key: ['okta_user_id'],
  columns: {
    okta_user_id: { type: 'VARCHAR', about: 'Account.' },
  },
});
