// What Jira's odd values become in bronze.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageBody } from '../stage-body.ts';
import { changelogs } from './changelogs.ts';
import { issues } from './issues.ts';
import { projects } from './projects.ts';
import { statuses } from './statuses.ts';
import { users } from './users.ts';

test('times with an offset without a colon are instants', async (t) => {
  const [row] = await stageBody(t, issues, {
    issues: [
      {
        id: '1',
        key: 'OPS-1',
        fields: {
          created: '2021-03-28T08:08:12.741+0800',
          updated: '2021-03-28T08:08:12.741-0330',
          resolutiondate: null,
        },
      },
    ],
  });
  assert.match(JSON.stringify(row?.created), /2021-03-28.00:08:12\.741/);
  assert.match(JSON.stringify(row?.updated), /2021-03-28.11:38:12\.741/);
  assert.equal(row?.resolution_date, null);
});

test('names may be in any language: the category key and the ids are there beside them', async (t) => {
  const [row] = await stageBody(t, issues, {
    issues: [
      {
        id: '1',
        key: 'OPS-1',
        fields: {
          created: '2021-03-28T08:08:12.741+0800',
          status: { id: '10001', name: '已完成', statusCategory: { id: 3, key: 'done', name: '完成' } },
          issuetype: { name: '子任务', subtask: true },
          priority: null,
          assignee: null,
          project: { id: '10000', key: 'OPS' },
        },
      },
    ],
  });
  assert.deepEqual(
    [
      row?.status_id,
      row?.status_name,
      row?.status_category_key,
      row?.is_subtask,
      row?.priority_name,
      row?.assignee_account_id,
      row?.project_id,
    ],
    ['10001', '已完成', 'done', true, null, null, '10000'],
  );
});

test('a history was made at a date, at seconds, or at milliseconds, and belongs to its issue', async (t) => {
  const rows = await stageBody(t, changelogs, {
    issueChangeLogs: [
      {
        issueId: '10100',
        changeHistories: [
          {
            id: '1',
            created: 1492070429,
            author: { accountId: 'a' },
            items: [{ field: 'status', from: '1', to: '3', toString: '已完成' }],
          },
          { id: '2', created: 1492070429000, items: [] },
        ],
      },
      { issueId: '10200', changeHistories: [{ id: '3', created: '2017-04-13T08:00:29.000+0000', items: [] }] },
      { issueId: '10300', changeHistories: [] },
    ],
    nextPageToken: 'x',
  });
  assert.deepEqual(
    rows.map((row) => [row.issue_id, row._key, row._problem]),
    [
      ['10100', '10100|1', null],
      ['10100', '10100|2', null],
      ['10200', '10200|3', null],
    ],
  );
  assert.equal(new Set(rows.map((row) => JSON.stringify(row.created))).size, 1);
  assert.match(JSON.stringify(rows[0]?.created), /2017-04-13.08:00:29/);
  assert.deepEqual(JSON.parse(String(rows[0]?.items)), [{ field: 'status', from: '1', to: '3', toString: '已完成' }]);
});

test('a history without a readable time goes to quarantine, never to the year 1970', async (t) => {
  const rows = await stageBody(t, changelogs, {
    issueChangeLogs: [{ issueId: '1', changeHistories: [{ id: '1', created: 'yesterday' }, { id: '2' }] }],
  });
  assert.deepEqual(
    rows.map((row) => row._problem),
    ['$.created is not a TIMESTAMPTZ', '$.created is missing'],
  );
});

test('users and statuses come as bare arrays; an e-mail is mostly hidden', async (t) => {
  const [user] = await stageBody(t, users, [
    { accountId: '557058:x', accountType: 'app', emailAddress: '', active: true },
  ]);
  assert.deepEqual([user?._key, user?.email_address, user?.active], ['557058:x', null, true]);
  const [status] = await stageBody(t, statuses, [
    { id: '3', name: 'Done', statusCategory: { id: 3, key: 'done' }, scope: { project: { id: '10005' } } },
  ]);
  assert.deepEqual([status?.id, status?.category_key, status?.project_id], ['3', 'done', '10005']);
});

test('a project is known by its id, whatever its key is today', async (t) => {
  const [row] = await stageBody(t, projects, {
    values: [{ id: '10000', key: 'NEW', archived: true, lead: { accountId: 'l' } }],
    isLast: true,
  });
  assert.deepEqual([row?._key, row?.key, row?.archived, row?.lead_account_id], ['10000', 'NEW', true, 'l']);
});
