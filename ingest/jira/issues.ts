// Jira's issues as they change. The cursor is an instant in epoch milliseconds, because JQL dates as text are minutes in the token owner's own time zone.
import { Fault } from '@tessera/base';
import type { StreamDefinition, StreamPage } from '../contract.ts';
import type { JiraClient } from './client.ts';
import { beforeAnyIssueMs, searchPages } from './search.ts';

const fields = [
  'created',
  'updated',
  'resolutiondate',
  'resolution',
  'status',
  'statuscategorychangedate',
  'issuetype',
  'priority',
  'project',
  'assignee',
  'reporter',
];

/** Search is eventually consistent: an issue can appear minutes after a newer one did, so each round looks back this far. */
const overlapMs = 5 * 60_000;

/** `since`: newest change of the last complete round; with `token`, in the middle of a round that has seen up to `seen`. */
interface Cursor {
  readonly since: number;
  readonly token?: string;
  readonly seen?: number;
}

export const issues: StreamDefinition<JiraClient> = {
  name: 'issues',
  about: 'Issues with status, type, priority and people; no summary, description or comment is read.',
  mode: 'changes',
  endpoint: 'POST /rest/api/3/search/jql',
  records: '$.issues[*]',
  primaryKey: ['id'],
  occurredAt: 'updated',
  pageSize: 100,
  cursorAbout:
    'updated >= epoch milliseconds of the newest change seen, five minutes of overlap; nextPageToken inside a round.',
  deletes: 'Not told here: see issue_ids.',
  retention: 'Until the issue is deleted.',
  alsoKnown: ['expand', 'self'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Stable id; the key changes when an issue moves.' },
    key: { type: 'VARCHAR', path: '$.key', required: true, about: 'Key now, for example OPS-12.' },
    created: {
      type: 'TIMESTAMPTZ',
      path: '$.fields.created',
      required: true,
      epoch: true,
      about: 'When it was created.',
    },
    updated: { type: 'TIMESTAMPTZ', path: '$.fields.updated', epoch: true, about: 'Last change.' },
    resolution_date: {
      type: 'TIMESTAMPTZ',
      path: '$.fields.resolutiondate',
      epoch: true,
      about: 'When the resolution was set; cleared on reopening, and not set by every workflow.',
    },
    resolution_name: {
      type: 'VARCHAR',
      path: '$.fields.resolution.name',
      about: 'Resolution; the name may be translated.',
    },
    status_id: { type: 'VARCHAR', path: '$.fields.status.id', about: 'Status id.' },
    status_name: {
      type: 'VARCHAR',
      path: '$.fields.status.name',
      about: 'Status name, in whatever language: for reading only.',
    },
    status_category_key: {
      type: 'VARCHAR',
      path: '$.fields.status.statusCategory.key',
      about: 'new, indeterminate, done or undefined: what decides, since names are translated.',
    },
    status_category_changed: {
      type: 'TIMESTAMPTZ',
      path: '$.fields.statuscategorychangedate',
      epoch: true,
      about: 'Last change of category.',
    },
    issue_type_name: { type: 'VARCHAR', path: '$.fields.issuetype.name', about: 'Type of issue.' },
    is_subtask: { type: 'BOOLEAN', path: '$.fields.issuetype.subtask', about: 'The type is a sub-task.' },
    priority_name: { type: 'VARCHAR', path: '$.fields.priority.name', about: 'Priority; null without one.' },
    project_id: { type: 'VARCHAR', path: '$.fields.project.id', about: 'Project now.' },
    project_key: { type: 'VARCHAR', path: '$.fields.project.key', about: 'Key of that project.' },
    assignee_account_id: {
      type: 'VARCHAR',
      path: ['$.fields.assignee.accountId', '$.fields.assignee.key'],
      nullIf: [''],
      about: 'accountId of the assignee (key on a server).',
    },
    reporter_account_id: {
      type: 'VARCHAR',
      path: ['$.fields.reporter.accountId', '$.fields.reporter.key'],
      nullIf: [''],
      about: 'accountId of the reporter.',
    },
  },
  pages: ({ client, cursor }) => changedIssues(client, (cursor ?? { since: 0 }) as Cursor),
};

/** A token that the vendor has forgotten costs one round, nothing else: it starts again at `since`. */
async function* changedIssues(client: JiraClient, cursor: Cursor): AsyncGenerator<StreamPage> {
  try {
    yield* oneRound(client, cursor);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'CURSOR_EXPIRED') throw fault;
    yield* oneRound(client, { since: cursor.since });
  }
}

async function* oneRound(client: JiraClient, { since, token, seen = since }: Cursor): AsyncGenerator<StreamPage> {
  const jql = `updated >= ${Math.max(beforeAnyIssueMs, since - overlapMs)} ORDER BY updated ASC, id ASC`;
  let newest = seen;
  for await (const { nextPageToken, issues: found, ...page } of searchPages(
    client,
    { jql, fields, maxResults: issues.pageSize },
    token,
  )) {
    newest = Math.max(newest, ...found.map(updatedMs));
    yield {
      ...page,
      cursor: (nextPageToken === undefined
        ? { since: newest }
        : { since, token: nextPageToken, seen: newest }) satisfies Cursor,
    };
  }
}

/** `2021-03-28T08:08:12.741+0800`: Jira writes the offset without a colon. */
function updatedMs(issue: { readonly fields?: { readonly updated?: unknown } | undefined }): number {
  const text = issue.fields?.updated;
  const ms = typeof text === 'string' ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
