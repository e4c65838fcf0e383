// What the stand-ins answer, against the vendors' own specifications. Skipped where these are not at hand.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SourceName } from '@tessera/base';
import { generateWorld } from '@tessera/demo';
import { entityChecks } from './entity-model.ts';
import { responseChecks } from './open-api.ts';
import { ask, serveVendor } from './serve.ts';

const specs = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'specs');
const skip = existsSync(specs) ? false : 'skipped: ../shared/specs is not there';
const asOf = new Date('2026-03-01T00:00:00Z');
const [world] = skip ? [] : generateWorld({ seed: 42, asOf, tenants: ['initech'] }).tenants;

const specification = (vendor: string) =>
  responseChecks(JSON.parse(readFileSync(path.join(specs, vendor, 'subset-analytics.json'), 'utf8')));

async function serve(t: TestContext, source: SourceName) {
  assert.ok(world);
  return serveVendor(t, source, { now: () => asOf }, world);
}

/** Where captured responses of the real service break its own specification, and the world does so too. */
const known = /batteryCapacityPercent must be >= 0|complianceState is no complianceState: intuneAosp/;
const problems = (lists: readonly (readonly string[])[]): string =>
  [...new Set(lists.flat())]
    .filter((one) => !known.test(one))
    .slice(0, 40)
    .join('\n');

test('Okta answers as its specification says', { skip }, async (t) => {
  const check = specification('okta');
  const { origin, credentials } = await serve(t, 'okta');
  const get = async (url: string) =>
    (await ask(origin + url, { headers: { authorization: `SSWS ${credentials.okta.token}` } })).body;
  const users = (await get('/api/v1/users?search=status pr')) as { id: string }[];
  const groups = (await get('/api/v1/groups')) as { id: string }[];
  assert.ok(users.length > 10 && groups.length > 0);
  const wrong = [
    check('GET', '/api/v1/users', users),
    check('GET', '/api/v1/groups', groups),
    check('GET', '/api/v1/groups/{groupId}/users', await get(`/api/v1/groups/${groups[0]?.id}/users`)),
    check('GET', '/api/v1/org', await get('/api/v1/org')),
    check('GET', '/api/v1/logs', await get('/api/v1/logs?limit=1000&since=2026-01-01T00:00:00Z')),
  ];
  for (const { id } of users)
    wrong.push(check('GET', '/api/v1/users/{userId}/factors', await get(`/api/v1/users/${id}/factors`)));
  assert.equal(problems(wrong), '');
});

test('Jamf Pro answers as its specification says', { skip }, async (t) => {
  const check = specification('jamf');
  const { origin, credentials } = await serve(t, 'jamf');
  const { clientId, clientSecret } = credentials.jamf;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const token = (await ask(`${origin}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })).body;
  const headers = { authorization: `Bearer ${(token as { access_token: string }).access_token}` };
  const get = async (url: string) => (await ask(`${origin}/api${url}`, { headers })).body;
  const wrong = [check('POST', '/v1/oauth/token', token)];
  const sections = ['GENERAL', 'HARDWARE', 'OPERATING_SYSTEM', 'DISK_ENCRYPTION', 'SECURITY', 'USER_AND_LOCATION'];
  const query = `page-size=2000&${sections.map((section) => `section=${section}`).join('&')}`;
  for (const version of [1, 2, 3, 4]) {
    const list = `/v${version}/computers-inventory`;
    const body = (await get(`${list}?${query}`)) as { results: { id: string }[] };
    assert.ok(body.results.length > 3);
    wrong.push(check('GET', list, body));
    const detail = `/v${version}/computers-inventory-detail`;
    wrong.push(check('GET', `${detail}/{id}`, await get(`${detail}/${body.results[0]?.id}`)));
  }
  wrong.push(
    check(
      'GET',
      '/v2/mobile-devices/detail',
      await get('/v2/mobile-devices/detail?section=GENERAL&section=HARDWARE&section=USER_AND_LOCATION'),
    ),
  );
  wrong.push(check('GET', '/v2/mobile-devices', await get('/v2/mobile-devices')));
  wrong.push(check('GET', '/v1/users', await get('/v1/users')));
  wrong.push(check('GET', '/v1/jamf-pro-version', await get('/v1/jamf-pro-version')));
  assert.equal(problems(wrong), '');
});

test('Elasticsearch answers as its specification says', { skip }, async (t) => {
  const check = specification('elasticsearch');
  const { origin, credentials } = await serve(t, 'elasticsearch');
  const headers = { authorization: `ApiKey ${credentials.elasticsearch.encoded}`, 'content-type': 'application/json' };
  const call = async (method: string, url: string, body?: unknown) =>
    (await ask(origin + url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })).body;
  const pit = (await call('POST', '/*/_pit?keep_alive=1m')) as { id: string };
  const sort = [{ 'event.ingested': 'asc' }];
  const page = (await call('POST', '/_search', { pit: { id: pit.id }, size: 1000, sort })) as {
    pit_id: string;
    hits: { hits: unknown[] };
  };
  assert.ok(page.hits.hits.length > 10);
  // Asked before anything is checked: compiling a schema takes longer than a connection is kept.
  const answers: [method: string, path: string, answer: unknown][] = [
    ['POST', '/{index}/_pit', pit],
    ['POST', '/_search', page],
    ['DELETE', '/_pit', await call('DELETE', '/_pit', { id: page.pit_id })],
    ['POST', '/{index}/_count', await call('POST', '/*/_count', {})],
    ['GET', '/{index}/_field_caps', await call('GET', '/*/_field_caps?fields=*')],
    ['GET', '/{index}/_mapping', await call('GET', '/*/_mapping')],
    ['GET', '/_resolve/index/{name}', await call('GET', '/_resolve/index/*')],
    ['GET', '/_security/_authenticate', await call('GET', '/_security/_authenticate')],
    ['GET', '/', await call('GET', '/')],
  ];
  assert.equal(problems(answers.map((answer) => check(...answer))), '');
});

test('Jira answers as its specification says', { skip }, async (t) => {
  const check = specification('jira');
  const { origin, credentials } = await serve(t, 'jira');
  const authorization = `Basic ${Buffer.from(`${credentials.jira.email}:${credentials.jira.apiToken}`).toString('base64')}`;
  const call = async (url: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (
      await ask(`${origin}/rest/api/3${url}`, {
        headers: { authorization, 'content-type': 'application/json' },
        ...init,
      })
    ).body;
  };
  const jql = 'created >= "2020-01-01"';
  const page = (await call('/search/jql', { jql, fields: ['*all'], maxResults: 100, expand: 'changelog' })) as {
    issues: { id: string }[];
  };
  const ids = page.issues.map(({ id }) => id);
  assert.ok(ids.length > 10);
  const root = '/rest/api/3';
  const wrong = [
    check('POST', `${root}/search/jql`, page),
    check('GET', `${root}/issue/{issueIdOrKey}`, await call(`/issue/${ids[0]}`)),
    check('POST', `${root}/issue/bulkfetch`, await call('/issue/bulkfetch', { issueIdsOrKeys: ids.slice(0, 50) })),
    check('GET', `${root}/issue/{issueIdOrKey}/changelog`, await call(`/issue/${ids[0]}/changelog`)),
    check('POST', `${root}/changelog/bulkfetch`, await call('/changelog/bulkfetch', { issueIdsOrKeys: ids })),
    check('GET', `${root}/project/search`, await call('/project/search?status=live&status=archived')),
    check('GET', `${root}/users/search`, await call('/users/search?maxResults=1000')),
    check('GET', `${root}/status`, await call('/status')),
    check('GET', `${root}/statuscategory`, await call('/statuscategory')),
    check('GET', `${root}/field`, await call('/field')),
    check('GET', `${root}/myself`, await call('/myself')),
    check('GET', `${root}/serverInfo`, await call('/serverInfo')),
    check('POST', `${root}/search/approximate-count`, await call('/search/approximate-count', { jql })),
  ];
  assert.equal(problems(wrong), '');
});

test('Graph answers with the entities of its model', { skip }, async (t) => {
  const check = entityChecks(readFileSync(path.join(specs, 'msgraph', 'subset-analytics.csdl'), 'utf8'));
  const { origin, credentials } = await serve(t, 'intune');
  const { clientId, clientSecret } = credentials.intune;
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'x/.default',
  };
  const token = (await ask(`${origin}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })).body;
  const headers = { authorization: `Bearer ${(token as { access_token: string }).access_token}` };
  const get = async (url: string) => (await ask(`${origin}/v1.0${url}`, { headers })).body;
  const list = async (url: string) => ((await get(url)) as { value: { id: string }[] }).value;
  const wrong: (readonly string[])[] = [];
  const devices = await list('/deviceManagement/managedDevices');
  assert.ok(devices.length > 10);
  for (const device of devices) {
    wrong.push(check('managedDevice', device));
    const states = await list(`/deviceManagement/managedDevices/${device.id}/deviceCompliancePolicyStates`);
    for (const state of states) wrong.push(check('deviceCompliancePolicyState', state));
  }
  wrong.push(check('managedDevice', await get(`/deviceManagement/managedDevices/${devices[0]?.id}`)));
  wrong.push(check('managedDeviceOverview', await get('/deviceManagement/managedDeviceOverview')));
  const policies = await list('/deviceManagement/deviceCompliancePolicies');
  assert.ok(policies.length > 0);
  for (const policy of policies) {
    wrong.push(check('deviceCompliancePolicy', policy));
    const statuses = await list(`/deviceManagement/deviceCompliancePolicies/${policy.id}/deviceStatuses`);
    for (const status of statuses) wrong.push(check('deviceComplianceDeviceStatus', status));
  }
  for (const user of await list('/users?$top=999')) wrong.push(check('user', user));
  for (const user of await list('/users/delta?$top=999')) wrong.push(check('user', user));
  assert.equal(problems(wrong), '');
});
