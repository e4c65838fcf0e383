// Jira Cloud passes the connectors' contract.
import { type ConnectorCase, connectorContract } from '../connector.contract.ts';
import { defineConnector } from '../define-connector.ts';
import type { StubAnswer, StubCall } from '../stub-vendor.ts';
import { jira } from './index.ts';

const apiToken = 's3cret-api-token';
const email = 'reader@acme.example';

const issue = (n: number) => ({
  expand: 'changelog',
  id: String(10_000 + n),
  self: `https://acme.atlassian.example/rest/api/3/issue/${10_000 + n}`,
  key: `OPS-${n}`,
  fields: {
    created: '2025-11-01T08:00:00.000+0530',
    updated: `2025-12-0${n}T08:00:00.000+0530`,
    resolutiondate: null,
    status: { id: '1', name: 'Offen', statusCategory: { id: 2, key: 'new' } },
    issuetype: { name: 'Bug', subtask: false },
    priority: { name: 'High' },
    project: { id: '10000', key: 'OPS' },
    assignee: null,
  },
});
const history = (id: string, created: unknown) => ({
  id,
  created,
  author: { accountId: 'u1' },
  items: [{ field: 'status', fieldId: 'status', from: '1', to: '3' }],
});
const groups = [
  { issueId: '10001', changeHistories: [history('1', '2025-12-01T08:00:00.000+0530')] },
  { issueId: '10002', changeHistories: [history('2', 1_764_549_000), history('3', 1_764_549_060_000)] },
];
const status = (id: string, key: string) => ({
  self: 'x',
  description: '',
  iconUrl: 'x',
  id,
  name: key,
  untranslatedName: key,
  statusCategory: { id: 2, key },
});
const project = (n: number) => ({
  id: String(10_000 + n),
  key: `P${n}`,
  name: `Project ${n}`,
  projectTypeKey: 'software',
  style: 'classic',
  archived: n === 1,
});

/** Two pages of one record each; the token is the number of the second. */
function searched(call: StubCall): StubAnswer {
  const { nextPageToken, fields } = JSON.parse(call.body) as { nextPageToken?: string; fields: string[] };
  const n = nextPageToken === undefined ? 1 : 2;
  const found = fields.includes('updated') ? issue(n) : { id: String(10_000 + n) };
  return { body: { issues: [found], ...(n === 1 ? { nextPageToken: 'second', isLast: false } : { isLast: true }) } };
}

const jiraCase: ConnectorCase = {
  connector: defineConnector(jira),
  settings: (url) => ({ url, email, apiToken }),
  secrets: [apiToken, Buffer.from(`${email}:${apiToken}`).toString('base64')],
  busy: { headers: { 'x-ratelimit-reset': '2026-01-01T00:03Z' }, waitMs: 180_000 },
  answer(call) {
    const { pathname, searchParams } = call.url;
    if (pathname === '/rest/api/3/myself') return { body: { accountId: 'me', timeZone: 'Asia/Kolkata' } };
    if (pathname === '/rest/api/3/search/jql') return searched(call);
    if (pathname === '/rest/api/3/status') return { body: [status('1', 'new'), status('3', 'done')] };
    const startAt = Number(searchParams.get('startAt'));
    if (pathname === '/rest/api/3/users/search')
      return {
        body: [
          { accountId: 'u1', accountType: 'atlassian' },
          { accountId: 'u2', accountType: 'app' },
        ].slice(startAt, startAt + 1),
      };
    if (pathname === '/rest/api/3/project/search')
      return { body: { startAt, total: 2, isLast: startAt > 0, values: [project(startAt)] } };
    if (pathname !== '/rest/api/3/changelog/bulkfetch') return { status: 404, body: { errorMessages: [] } };
    const { issueIdsOrKeys, nextPageToken } = JSON.parse(call.body) as {
      issueIdsOrKeys: string[];
      nextPageToken?: string;
    };
    const asked = groups.filter(({ issueId }) => issueIdsOrKeys.includes(issueId));
    const at = nextPageToken === undefined ? 0 : 1;
    return {
      body: { issueChangeLogs: asked.slice(at, at + 1), nextPageToken: at + 1 < asked.length ? 'second' : null },
    };
  },
};

connectorContract(jiraCase);
