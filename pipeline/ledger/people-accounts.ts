// Accounts of the models of people: their accounts at each vendor, and the persons that these are joined to.
import { columns, lastOfKey, type ModelAccount, newest, utcDay } from './account.ts';

export const peopleAccounts: readonly ModelAccount[] = [
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_users',
    roots: ['okta__users'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason,
         hash(id, created, lower(trim(login))) as h`,
        `(select *, ${newest('ingest_at desc, last_updated desc nulls last, _page desc')} as position from ${table('okta__users')})`,
      ),
    found: (table) =>
      columns(`${utcDay('ingest_at')} as day, hash(okta_user_id, created_at, login) as h`, table('okta_users')),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_factors',
    roots: ['okta__factors'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing'
         when factor_type is null then 'filtered: no type' end as reason, hash(user_id, id, factor_type) as h`,
        `(select *, ${lastOfKey} as position from ${table('okta__factors')})`,
      ),
    found: (table) =>
      columns(`${utcDay('ingest_at')} as day, hash(okta_user_id, factor_id, factor_type) as h`, table('okta_factors')),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_admins',
    roots: ['okta__groups', 'okta__group_members'],
    expected: (table) =>
      columns(
        `'now' as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing'
         when not is_admin then 'filtered: no group of administrators' when nth > 1 then 'merged: a member of several groups' end as reason, hash(user_id) as h`,
        `(select *, row_number() over (partition by user_id, position = 1 and not _deleted and is_admin order by group_id) as nth from (
           select *, ${lastOfKey} as position, coalesce(group_id in (
             select id from (select *, ${lastOfKey} as version from ${table('okta__groups')}) where version = 1 and not _deleted and lower(name) like '%admin%'
           ), false) as is_admin from ${table('okta__group_members')}))`,
      ),
    found: (table) => columns(`'now' as day, hash(okta_user_id) as h`, table('okta_admins')),
  },
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_people',
    roots: ['jira__users'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing'
         when coalesce(trim(email_address), '') = '' then 'filtered: no visible e-mail' end as reason, hash(account_id, lower(trim(email_address))) as h`,
        `(select *, ${lastOfKey} as position from ${table('jira__users')})`,
      ),
    found: (table) => columns(`${utcDay('ingest_at')} as day, hash(account_id, email) as h`, table('jira_people')),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'persons',
    roots: ['okta__users'],
    expected: (table) =>
      columns(
        `'merged' as day, case when position > 1 then 'merged: another account of the person' end as reason, hash(user_key) as h`,
        `(select user_key, row_number() over (partition by user_key) as position from ${table('okta_users')})`,
      ),
    found: (table) =>
      columns(
        `'merged' as day, hash(user_key) as h`,
        `(select * from ${table('persons')} where okta_user_id is not null)`,
      ),
  },
  {
    hop: 'bronze-silver',
    source: null,
    object: 'person_logins',
    roots: ['okta__users', 'intune__users', 'jira__users'],
    expected: (table) =>
      columns(
        `'now' as day, case when login is null then 'filtered: no name' when position > 1 then 'merged: the name is told already' end as reason, hash(login, user_key) as h`,
        `(select *, row_number() over (partition by login order by rank, user_key) as position from (
           select email as login, user_key, 1 as rank from ${table('persons')}
           union all select login, user_key, 2 from ${table('okta_users')}
           union all select lower(nullif(trim(user_principal_name), '')), user_key, 3 from ${table('persons')} as person
             join (select *, ${lastOfKey} as version from ${table('intune__users')}) as account on account.id = person.entra_user_id and version = 1 and not _deleted))`,
      ),
    found: (table) => columns(`'now' as day, hash(login, user_key) as h`, table('person_logins')),
  },
];
