// bronze → silver → gold as a table: which rows of what should be in which model, and why the others are not. Said here a second time, apart from the models, so that a fault of theirs shows.
import { columns, lastOfKey, type ModelAccount, utcDay } from './account.ts';
import { deviceAccounts } from './device-accounts.ts';
import { eventAccounts } from './event-accounts.ts';
import { goldAccounts } from './gold-accounts.ts';
import { issueAccounts } from './issue-accounts.ts';
import { peopleAccounts } from './people-accounts.ts';

/** Streams whose listings are complete: what they have no more is in the census, whatever it is taken for. */
const censused = {
  'okta.users': 'okta__users',
  'okta.groups': 'okta__groups',
  'elasticsearch.indices': 'elasticsearch__indices',
  'intune.managed_devices': 'intune__managed_devices',
  'intune.users': 'intune__users',
  'jamf.computers': 'jamf__computers',
  'jamf.mobile_devices': 'jamf__mobile_devices',
  'jira.issues': 'jira__issue_ids',
  'jira.projects': 'jira__projects',
  'jira.users': 'jira__users',
} as const;

const deletions: ModelAccount = {
  hop: 'bronze-silver',
  source: null,
  object: 'source_deletions',
  roots: Object.values(censused),
  expected: (table) =>
    Object.entries(censused)
      .map(([stream, name]) =>
        columns(
          `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when not _deleted then 'still listed' end as reason, hash('${stream}', _key) as h`,
          `(select *, ${lastOfKey} as position from ${table(name)})`,
        ),
      )
      .join(' union all '),
  found: (table) => columns(`${utcDay('gone_at')} as day, hash(stream, record_key) as h`, table('source_deletions')),
};

export const modelAccounts: readonly ModelAccount[] = [
  ...eventAccounts,
  ...peopleAccounts,
  ...deviceAccounts,
  ...issueAccounts,
  deletions,
  ...goldAccounts,
];

/** Models in which no row of a source goes in or comes out, each with what it is instead. */
export const unaccounted: Readonly<Record<string, string>> = {
  dim_tenant: 'One row, made of the configuration: no row of any source goes into it.',
  okta_log_start:
    'One instant, that of the oldest row of the log, which okta_auth_events and okta_account_events account for.',
};
