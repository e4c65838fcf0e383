// Jira Cloud as a vendor: search, changelogs, projects, users, statuses. Bad credentials make an anonymous visitor, who need not get a 401.
import type { Json } from '../../world.ts';
import { type Answer, type Incoming, json, jsonObject, text, wholeNumber } from '../exchange.ts';
import type { MeterRule } from '../meter.ts';
import type { Route } from '../routes.ts';
import { standing, standingById } from '../standing.ts';
import type { Vendor, VendorNeeds } from '../vendor.ts';
import { jiraError, limitHeaders, tooMany } from './answers.ts';
import { fieldList, statusCategories } from './catalogue.ts';
import { changelogBulk, changelogPage } from './changelogs.ts';
import { issueBean } from './issue-bean.ts';
import { createSearch, histories } from './search.ts';

const root = '/rest/api/3';

/** A burst a second, for each endpoint and method. */
const burst = (limit: number): MeterRule => ({ kind: 'bucket', limit, perMs: 1000 });

/** The stand-in's side of `/rest/api/3/...` of a Jira Cloud site. */
export function createJira({ world, now, limits, seed, credentials, overScoped }: VendorNeeds): Vendor {
  const { issues, changelogs, projects, users, statuses } = world.jira;
  const issueById = standingById(issues);
  const find = (idOrKey: string): Json | undefined =>
    issueById(idOrKey, now()) ?? standing(issues, now()).find((issue) => issue.key === idOrKey);
  const historiesOf = (issue: Json) => histories({ changelogs, now }, issue);
  const { search, count } = createSearch({ issues, changelogs, timeZone: world.timeZone, seed, now });
  const noIssue = () => jiraError(404, 'Issue does not exist or you do not have permission to see it.');
  const removed = () =>
    jiraError(
      410,
      'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
    );
  const withBody =
    (answer: (body: Readonly<Record<string, unknown>>, request: Incoming) => Answer): Route['answer'] =>
    (request) => {
      const body = jsonObject(request.body);
      return body
        ? answer(body, request)
        : jiraError(400, 'Invalid request payload. Refer to the REST API documentation and try again.');
    };

  const myself = (base: string) => ({
    self: `${base}${root}/user?accountId=tessera-reader`,
    accountId: 'tessera-reader',
    accountType: 'app',
    emailAddress: credentials.jira.email,
    displayName: 'Tessera reader',
    active: true,
    timeZone: world.timeZone,
    locale: 'en_US',
  });
  const userList: Route['answer'] = (request) => {
    const start = wholeNumber(request.query.get('startAt'), 0, 0, Number.MAX_SAFE_INTEGER);
    const size = wholeNumber(request.query.get('maxResults'), 50, 1, 1000);
    return json(standing(users, now()).slice(start, start + size));
  };
  const allowed = limits === 'strict' ? 100 : 10_000;

  const endpoints: readonly Omit<Route, 'meter'>[] = [
    { method: 'GET', path: '/myself', answer: (request) => json(myself(request.base)) },
    { method: 'GET', path: '/mypermissions', answer: (request) => permissions(request, overScoped) },
    {
      method: 'GET',
      path: '/serverInfo',
      answer: ({ base }) =>
        json({
          baseUrl: base,
          version: '1001.0.0-SNAPSHOT',
          deploymentType: 'Cloud',
          serverTitle: world.displayName,
          serverTime: now().toISOString().replace('Z', '+0000'),
        }),
    },
    { method: 'GET', path: '/search', answer: removed },
    { method: 'POST', path: '/search', answer: removed },
    { method: 'GET', path: '/search/jql', answer: (request) => search(Object.fromEntries(request.query), request) },
    { method: 'POST', path: '/search/jql', answer: withBody(search) },
    { method: 'POST', path: '/search/approximate-count', answer: withBody(count) },
    {
      method: 'GET',
      path: '/issue/:id',
      child: true,
      answer: (request, { id = '' }) => {
        const issue = find(id);
        const fields = request.query.get('fields')?.split(',') ?? ['*all'];
        return issue
          ? json(issueBean(issue, request.base, fields, request.query.get('expand') ?? '', historiesOf(issue)))
          : noIssue();
      },
    },
    {
      method: 'GET',
      path: '/issue/:id/changelog',
      child: true,
      answer: (request, { id = '' }) => {
        const issue = find(id);
        return issue ? changelogPage(request, historiesOf(issue)) : noIssue();
      },
    },
    {
      method: 'POST',
      path: '/changelog/bulkfetch',
      answer: withBody((body) =>
        changelogBulk(body, (idOrKey) => {
          const issue = find(idOrKey);
          return issue && { id: `${issue.id}`, histories: historiesOf(issue) };
        }),
      ),
    },
    {
      method: 'POST',
      path: '/issue/bulkfetch',
      answer: withBody((body, { base }) => {
        const ids = Array.isArray(body.issueIdsOrKeys) ? body.issueIdsOrKeys.map(String) : [];
        if (ids.length === 0 || ids.length > 100)
          return jiraError(400, 'issueIdsOrKeys must have between 1 and 100 entries.');
        const fields = Array.isArray(body.fields) ? body.fields.map(String) : ['*navigable'];
        const found = ids.map(find).filter((issue) => issue !== undefined);
        return json({ issues: found.map((issue) => issueBean(issue, base, fields, '', [])), issueErrors: [] });
      }),
    },
    {
      method: 'GET',
      path: '/project/search',
      answer: (request) => projectPage(request, standing(projects, now())),
    },
    { method: 'GET', path: '/users/search', answer: userList },
    { method: 'GET', path: '/users', answer: userList },
    { method: 'GET', path: '/status', answer: () => json(statuses) },
    { method: 'GET', path: '/statuscategory', answer: ({ base }) => json(statusCategories(base)) },
    { method: 'GET', path: '/field', answer: () => json(fieldList) },
  ];
  const routes = endpoints.map((one): Route => ({ ...one, path: root + one.path, meter: `${one.method} ${one.path}` }));
  const authorization = `Basic ${Buffer.from(`${credentials.jira.email}:${credentials.jira.apiToken}`).toString('base64')}`;

  return {
    routes,
    meters: Object.fromEntries(routes.map(({ meter }) => [meter, burst(allowed)])),
    faults: ['busy', 'error500', 'error503', 'truncated', 'slow'],
    refuse: (request) => (request.header('authorization') === authorization ? undefined : anonymous(request)),
    unknownPath: () => jiraError(404, 'null for uri'),
    busy: tooMany,
    broken: (status) => ({
      ...jiraError(status, 'Internal server error'),
      ...(status === 503 && { headers: { 'content-type': 'application/json', 'retry-after': '1' } }),
    }),
    dress: (reading) => ({
      'x-arequestid': 'tessera-demo',
      'cache-control': 'no-cache, no-store',
      ...limitHeaders(reading),
    }),
  };
}

/** What a visitor sees of a site without public projects; only /myself says 401. */
function anonymous(request: Incoming): Answer {
  const path = request.path.slice(root.length);
  const headers = {
    'content-type': 'application/json',
    ...(request.header('authorization') && { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }),
  };
  const empty: Readonly<Record<string, unknown>> = {
    '/search/jql': { issues: [], isLast: true },
    '/search/approximate-count': { count: 0 },
    '/project/search': { self: request.base, maxResults: 50, startAt: 0, total: 0, isLast: true, values: [] },
    '/changelog/bulkfetch': { issueChangeLogs: [] },
    '/issue/bulkfetch': { issues: [], issueErrors: [] },
    '/users/search': [],
    '/status': [],
  };
  if (path === '/myself') return text('Client must be authenticated to access this resource.', 401, headers);
  if (path in empty) return json(empty[path], 200, headers);
  if (path.startsWith('/issue/'))
    return { ...jiraError(404, 'Issue does not exist or you do not have permission to see it.'), headers };
  return {
    ...jiraError(401, 'You are not authenticated. Authentication required to perform this operation.'),
    headers,
  };
}

function permissions(request: Incoming, overScoped: boolean): Answer {
  const asked = (request.query.get('permissions') ?? 'BROWSE_PROJECTS').split(',').filter(Boolean);
  const entries = asked.map((key, i) => [
    key,
    {
      id: String(i),
      key,
      name: key,
      type: 'GLOBAL',
      description: '',
      havePermission: overScoped || key === 'BROWSE_PROJECTS' || key === 'USER_PICKER',
    },
  ]);
  return json({ permissions: Object.fromEntries(entries) });
}

/** Archived projects only show when asked for. */
function projectPage(request: Incoming, projects: readonly Json[]): Answer {
  const status = request.query.getAll('status').flatMap((one) => one.split(','));
  const wanted = status.length > 0 ? status : ['live'];
  const kept = projects.filter((project) =>
    wanted.includes(project.archived === true ? 'archived' : project.deleted === true ? 'deleted' : 'live'),
  );
  const startAt = wholeNumber(request.query.get('startAt'), 0, 0, Number.MAX_SAFE_INTEGER);
  const maxResults = wholeNumber(request.query.get('maxResults'), 50, 1, 100);
  const values = kept.slice(startAt, startAt + maxResults);
  const isLast = startAt + values.length >= kept.length;
  const url = (start: number) => {
    const query = new URLSearchParams(request.query);
    query.set('startAt', String(start));
    query.set('maxResults', String(maxResults));
    return `${request.base}${request.path}?${query}`;
  };
  return json({
    self: url(startAt),
    ...(!isLast && { nextPage: url(startAt + values.length) }),
    maxResults,
    startAt,
    total: kept.length,
    isLast,
    values,
  });
}
