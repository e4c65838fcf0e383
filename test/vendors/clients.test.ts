// The vendors' own npm clients, each driven against its stand-in. Jamf has none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client as ElasticClient } from '@elastic/elasticsearch';
import { Client as GraphClient } from '@microsoft/microsoft-graph-client';
import okta from '@okta/okta-sdk-nodejs';
import { createCloudClient, isRateLimitError } from 'jira.js';
import selfsigned from 'selfsigned';
import { ask, listen, serveVendor } from './serve.ts';

test('okta-sdk-nodejs lists users and factors, follows the log by Link headers and waits out a 429', async (t) => {
  const { origin, credentials, vendor } = await serveVendor(t, 'okta');
  const client = new okta.Client({ orgUrl: origin, token: credentials.okta.token });
  const logins: unknown[] = [];
  await (await client.userApi.listUsers({ limit: 1 })).each((user: { profile?: { login?: unknown } }) => {
    logins.push(user.profile?.login);
  });
  assert.deepEqual(logins, ['ada@acme.example', 'bob@acme.example', 'dan@acme.example']);
  const factors: unknown[] = [];
  await (await client.userFactorApi.listFactors({ userId: '00u1' })).each((factor: { factorType?: unknown }) => {
    factors.push(factor.factorType);
  });
  assert.deepEqual(factors, ['push']);

  vendor.inject('busy', 1, /logs/);
  let events = 0;
  const log = await client.systemLogApi.listLogEvents({
    since: '2026-02-01T00:00:00Z',
    until: '2026-03-01T00:00:00Z',
    limit: 1000,
  });
  await log.each(() => {
    events++;
  });
  assert.equal(events, 2500);
  assert.equal(vendor.faults().busy, 1);
  assert.equal(vendor.violations(), 0);
});

test('microsoft-graph-client follows nextLink over TLS and obeys Retry-After', async (t) => {
  const { vendor, origin: plain, credentials } = await serveVendor(t, 'intune');
  const { directory, clientId, clientSecret } = credentials.intune;
  const token = await ask(`${plain}/${directory}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const accessToken = (token.body as { access_token: string }).access_token;

  const { private: key, cert } = selfsigned.generate([{ name: 'commonName', value: '127.0.0.1' }], {
    days: 1,
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  // The client fetches by the global fetch, which asks this process for the authorities it trusts.
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, cert]);
  t.after(() => setDefaultCACertificates(trusted));
  const origin = await listen(t, (request, response) => vendor.handle(request, response), { key, cert });
  const client = GraphClient.init({
    baseUrl: origin,
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: (done) => done(null, accessToken),
  });

  vendor.inject('busy', 1, /managedDevices$/);
  const ids: string[] = [];
  let page = await client.api('/deviceManagement/managedDevices').top(3).get();
  for (;;) {
    ids.push(...page.value.map((device: { id: string }) => device.id));
    if (!page['@odata.nextLink']) break;
    page = await client.api(page['@odata.nextLink']).get();
  }
  assert.deepEqual(ids, ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd7']);
  assert.equal(vendor.faults().busy, 1);
  assert.equal(vendor.violations(), 0);
});

test('@elastic/elasticsearch pages through a point in time', async (t) => {
  const { origin, credentials } = await serveVendor(t, 'elasticsearch');
  const client = new ElasticClient({ node: origin, auth: { apiKey: credentials.elasticsearch.encoded } });
  t.after(() => client.close());
  assert.equal((await client.info()).version.number, '9.1.0');
  assert.equal((await client.security.authenticate()).authentication_type, 'api_key');
  const pit = await client.openPointInTime({ index: 'logs-auth-*', keep_alive: '1m' });
  let id = pit.id;
  let after: unknown[] | undefined;
  const found: unknown[] = [];
  for (;;) {
    const page = await client.search({
      pit: { id, keep_alive: '1m' },
      size: 70,
      track_total_hits: false,
      sort: [{ 'event.ingested': 'asc' }],
      query: { term: { 'event.outcome': 'failure' } },
      ...(after && { search_after: after as number[] }),
    });
    id = page.pit_id ?? id;
    if (page.hits.hits.length === 0) break;
    found.push(...page.hits.hits.map((hit) => hit._id));
    after = page.hits.hits.at(-1)?.sort;
  }
  assert.equal(found.length, 100);
  assert.equal(new Set(found).size, 100);
  assert.equal((await client.closePointInTime({ id })).num_freed, 1);
  assert.equal((await client.count({ index: 'logs-auth-000001' })).count, 150);
});

test('jira.js searches, reads changelogs and names a rate limit', async (t) => {
  const { origin, credentials, vendor } = await serveVendor(t, 'jira');
  const jira = createCloudClient({
    host: origin,
    auth: { type: 'basic', email: credentials.jira.email, apiToken: credentials.jira.apiToken },
  });
  assert.equal((await jira.myself.getCurrentUser({})).timeZone, 'America/New_York');
  const keys: unknown[] = [];
  let nextPageToken: string | undefined;
  do {
    const page = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'project = OPS ORDER BY updated ASC, id ASC',
      fields: ['updated', 'status'],
      maxResults: 50,
      ...(nextPageToken !== undefined && { nextPageToken }),
    });
    keys.push(...(page.issues ?? []).map((issue) => issue.key));
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined);
  assert.equal(new Set(keys).size, 129);
  const changelog = await jira.issues.getChangeLogs({ issueIdOrKey: 'OPS-1', startAt: 100 });
  assert.equal(changelog.values?.length, 40);
  assert.equal(changelog.total, 140);

  vendor.inject('busy', 1, /status$/);
  await assert.rejects(
    () => jira.workflowStatuses.getStatuses(),
    (error: unknown) => isRateLimitError(error) && error.retryAfterMs === 1000,
  );
  await wait(1001);
  assert.equal((await jira.workflowStatuses.getStatuses()).length, 1);
  assert.equal(vendor.violations(), 0);
});
