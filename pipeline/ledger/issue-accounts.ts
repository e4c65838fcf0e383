// Accounts of the models of issues: their newest versions, their histories, and the statuses that these name.
import { columns, type ModelAccount, newest, utcDay } from './account.ts';

/** Every change in every history of an issue; `is` says which of them the model is made of. */
const changes = (object: string, is: string, otherwise: string, found: readonly string[]): ModelAccount => ({
  hop: 'bronze-silver',
  source: 'jira',
  object,
  roots: ['jira__changelogs', 'jira__issues'],
  expected: (table) =>
    columns(
      `${utcDay('created')} as day, case when _deleted then 'deleted' when position > 1 then 'superseded by a newer version'
       when not coalesce(${is}, false) then 'filtered: ${otherwise}'
       when issue_id not in (select id from ${table('jira__issues')} where not _deleted) then 'filtered: its issue was never seen' end as reason,
       hash(concat_ws('-', issue_id, id, item), created, "from", "to") as h`,
      `(select * exclude (items, changes), unnest(changes, max_depth := 2), generate_subscripts(changes, 1) as item from (
         select *, from_json(items, '[{"field":"VARCHAR","from":"VARCHAR","to":"VARCHAR"}]') as changes,
           row_number() over (partition by issue_id, id, _deleted order by ingest_at, _page) as position from ${table('jira__changelogs')}))`,
    ),
  found: (table) => columns(`${utcDay('occurred_at')} as day, hash(${found.join(', ')}) as h`, table(object)),
});

export const issueAccounts: readonly ModelAccount[] = [
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_issues',
    roots: ['jira__issues'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason,
         hash(id, key, created, status_id) as h`,
        `(select *, ${newest('updated desc nulls last, ingest_at desc, _page desc')} as position from ${table('jira__issues')})`,
      ),
    found: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, hash(issue_id, issue_key, created_at, status_id) as h`,
        table('jira_issues'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_statuses',
    roots: ['jira__statuses'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason, hash(id, name) as h`,
        `(select *, ${newest('ingest_at desc, _page desc')} as position from ${table('jira__statuses')})`,
      ),
    found: (table) =>
      columns(`${utcDay('ingest_at')} as day, hash(status_id, status_name) as h`, table('jira_statuses')),
  },
  changes('jira_transitions', `field = 'status' and "to" is not null`, 'no change of status', [
    'transition_id',
    'occurred_at',
    'from_status',
    'to_status',
  ]),
  changes(
    'jira_project_moves',
    `field = 'project' and "from" is not null and "to" is not null`,
    'no move to another project',
    ['move_id', 'occurred_at', 'from_project_id', 'to_project_id'],
  ),
];
