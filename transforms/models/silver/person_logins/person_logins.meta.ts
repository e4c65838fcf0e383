// One row per login.
import { tableMeta } from '../../../table-meta.ts';

export const personLogins = tableMeta({
  name: 'person_logins',
  grain: 'One row per login.',
  about: 'Whose login it is: e-mails, Okta logins and Entra UPNs.',
  key: ['login'],
  columns: {
    login: { type: 'VARCHAR', about: 'Lower-cased login.' },
    user_key: { type: 'VARCHAR', about: 'Person.' },
    department: { type: 'VARCHAR', about: 'Department of that person.' },
  },
});
