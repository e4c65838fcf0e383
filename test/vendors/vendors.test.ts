// All stand-ins under one port: mount points, links, and faults that the seed decides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { createVendors, vendorUrls } from '@tessera/demo';
import { ask, listen, nextLink } from './serve.ts';
import { asOf, smallWorld } from './small-world.ts';

const world = { seed: 3, asOf: new Date(asOf), tenants: [smallWorld()] };
const { tenant } = world.tenants[0]!;

async function open(t: Parameters<typeof listen>[0], options: Partial<Parameters<typeof createVendors>[1]> = {}) {
  const vendors = createVendors(world, { now: fixedClock(asOf), limits: 'demo', ...options });
  const origin = await listen(t, (request, response) => {
    if (!vendors.handle(request, response)) response.writeHead(404).end();
  });
  const credentials = vendors.credentials(tenant);
  const okta = { headers: { authorization: `SSWS ${credentials.okta.token}` } };
  return { vendors, origin, urls: vendorUrls(origin, tenant), credentials, okta };
}

test('each vendor of a tenant answers below its own path, and links lead back there', async (t) => {
  const { origin, urls, credentials, okta } = await open(t);
  const users = await ask(`${urls.okta}/api/v1/users?limit=1`, okta);
  const next = nextLink(users.headers) ?? '';
  assert.ok(next.startsWith(`${urls.okta}/api/v1/users?`), next);
  assert.equal((await ask(next, okta)).status, 200);

  const { clientId, clientSecret } = credentials.intune;
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  };
  const token = (await ask(`${urls.entra}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) }))
    .body as { access_token: string };
  const bearer = { headers: { authorization: `Bearer ${token.access_token}` } };
  const devices = (await ask(`${urls.graph}/v1.0/deviceManagement/managedDevices?$top=2`, bearer)).body as {
    '@odata.nextLink': string;
  };
  assert.ok(devices['@odata.nextLink'].startsWith(`${urls.graph}/v1.0/deviceManagement/managedDevices?`));
  assert.equal((await ask(devices['@odata.nextLink'], bearer)).status, 200);

  assert.equal((await ask(`${urls.jamf}/api/v1/jamf-pro-version`)).status, 401);
  const elastic = { headers: { authorization: `ApiKey ${credentials.elasticsearch.encoded}` } };
  assert.equal((await ask(`${urls.elasticsearch}/`, elastic)).status, 200);
  assert.equal((await ask(`${urls.jira}/rest/api/3/myself`)).status, 401);
  assert.equal((await ask(`${origin}/okta/globex-inc/api/v1/users`)).status, 404);
  assert.equal((await ask(`${origin}/elsewhere`)).status, 404);
});

test('the same seed fails the same requests, whatever their order, and their repetition is served', async (t) => {
  const paths = Array.from({ length: 60 }, (_, i) => `/api/v1/logs?limit=${i + 1}`);
  const outcomes = async (order: readonly string[]) => {
    const { urls, okta, vendors } = await open(t, {
      faults: { rate: 0.5, childRate: 0, slowMs: 1 },
      rateClock: fixedClock(asOf),
    });
    const results = new Map<string, string>();
    for (const path of order) {
      const first = await ask(urls.okta + path, okta).then(
        ({ status }) => `${status}`,
        () => 'broken line',
      );
      results.set(path, first);
      if (first !== '200') assert.equal((await ask(urls.okta + path, okta)).status, 200);
    }
    return { results: JSON.stringify([...results].sort()), faults: vendors.server('okta', tenant)?.faults() ?? {} };
  };
  const forth = await outcomes(paths);
  const back = await outcomes([...paths].reverse());
  assert.equal(forth.results, back.results);
  assert.deepEqual(Object.keys(forth.faults).sort(), ['busy', 'error500', 'error503', 'slow', 'truncated']);
});

test('a truncated answer promises more than it sends', async (t) => {
  const { urls, okta, vendors } = await open(t);
  vendors.server('okta', tenant)?.inject('truncated');
  await assert.rejects(ask(`${urls.okta}/api/v1/users`, okta));
  assert.equal((await ask(`${urls.okta}/api/v1/users`, okta)).status, 200);
});
