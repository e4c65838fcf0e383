// A tenant's file: what is taken, and that whatever is wrong with it is refused before anything runs, by place and without its values.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectors } from '@tessera/ingest';
import { checkConnections, parseTenantConfig, readTenantConfigs, resolveSettings } from './index.ts';

const good = {
  tenant: 'acme-corp',
  displayName: 'Acme',
  timeZone: 'Europe/Paris',
  orgId: 'acme-hq',
  connections: [
    {
      source: 'jira',
      settings: { url: 'https://acme.atlassian.net', email: 'reader@acme.example' },
      secrets: { apiToken: { env: 'ACME_JIRA' } },
    },
  ],
};
const invalid = (message: RegExp) => ({ code: 'TENANT_CONFIG_INVALID', message });

async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenants-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

test('the example of the documentation is a tenant that the connectors take', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../docs/how-to/add-a-tenant.md'), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const config = parseTenantConfig(JSON.parse(example), 'the example');
  await checkConnections(config, connectors, { EXAMPLE_JIRA_TOKEN: 'token' });
});

test('files are read in order of name, others are left alone, and an absent folder holds no tenants', async (t) => {
  const folder = await folderWith(t, {
    'b.json': JSON.stringify({ ...good, tenant: 'globex-inc' }),
    'a.json': JSON.stringify(good),
    'notes.txt': 'not a tenant',
  });
  assert.deepEqual(
    (await readTenantConfigs(folder)).map(({ tenant }) => tenant),
    ['acme-corp', 'globex-inc'],
  );
  assert.deepEqual(await readTenantConfigs(path.join(folder, 'nowhere')), []);
});

const wrongs: Readonly<Record<string, [object, RegExp]>> = {
  'a tenant name that is a path': [{ ...good, tenant: '../acme' }, /at tenant: .*hyphens/],
  'a time zone that is none': [{ ...good, timeZone: 'Mars/Base' }, /at timeZone: .*IANA/],
  'an unknown field': [{ ...good, roles: [] }, /"roles"/],
  'an unknown source': [
    { ...good, connections: [{ ...good.connections[0], source: 'gitlab' }] },
    /at connections\.0\.source/,
  ],
  'a secret that stands in the file itself': [
    { ...good, connections: [{ ...good.connections[0], secrets: { apiToken: 'val-4711' } }] },
    /at connections\.0\.secrets\.apiToken/,
  ],
  'a source that is connected twice': [
    { ...good, connections: [good.connections[0], good.connections[0]] },
    /at connections: .*once/,
  ],
};
for (const [what, [config, message]] of Object.entries(wrongs)) {
  test(`${what} is refused with the file and the place`, async (t) => {
    const folder = await folderWith(t, { 'acme.json': JSON.stringify(config) });
    await assert.rejects(readTenantConfigs(folder), (fault: Error) => {
      assert.match(fault.message, /acme\.json, at /);
      assert.match(fault.message, message);
      assert.doesNotMatch(fault.message, /val-4711/);
      return true;
    });
  });
}

test('a file that is no JSON, and a tenant in two files, are refused by file name', async (t) => {
  const broken = await folderWith(t, { 'acme.json': '{"tenant": ' });
  await assert.rejects(readTenantConfigs(broken), invalid(/acme\.json.*not JSON/));
  const twice = await folderWith(t, { 'a.json': JSON.stringify(good), 'b.json': JSON.stringify(good) });
  await assert.rejects(readTenantConfigs(twice), invalid(/b\.json, at tenant: acme-corp is configured in .*a\.json/));
});

test('a setting that the connector does not know, or a missing one, is refused with tenant, connection and name', async () => {
  const check = (settings: object) =>
    checkConnections(
      parseTenantConfig({ ...good, connections: [{ ...good.connections[0], settings }] }, 'x'),
      connectors,
      { ACME_JIRA: 'val-4711' },
    );
  await check({ url: 'https://acme.atlassian.net', email: 'reader@acme.example' });
  const where = 'Tenant acme-corp, at connections.0: ';
  await assert.rejects(
    check({ baseUrl: 'https://acme.atlassian.net', email: 'x' }),
    invalid(new RegExp(`${where}.*url`)),
  );
  await assert.rejects(check({ url: 'https://acme.atlassian.net' }), invalid(/jira connection.* at email/));
  await assert.rejects(check({ url: 'http://acme.atlassian.net', email: 'x' }), invalid(/at url: must be https/));
});

test('a secret that is nowhere stops nobody: its connection is told, by where it was looked for; one in a file is read without its line end', async (t) => {
  const folder = await folderWith(t, { token: 'val-4711\n' });
  const config = (apiToken: object) =>
    parseTenantConfig({ ...good, connections: [{ ...good.connections[0], secrets: { apiToken } }] }, 'x');
  const told = async (apiToken: object, env = {}) =>
    (await checkConnections(config(apiToken), connectors, env, async () => undefined)).map(
      ({ source, fault }) => `${source} ${fault.code} ${fault.message}`,
    );
  const missing = async (apiToken: object, place: RegExp, env = {}) => {
    const [first, ...others] = await told(apiToken, env);
    assert.match(first ?? '', /^jira SECRET_MISSING .*'apiToken'/);
    assert.match(first ?? '', place);
    assert.deepEqual(others, []);
  };
  await missing({ env: 'ACME_JIRA' }, /environment variable ACME_JIRA/, { ACME_JIRA: ' ' });
  await missing({ file: path.join(folder, 'none') }, /file .*none/);
  await missing({ sealed: 'jira' }, /tessera secret set --name jira/);
  assert.deepEqual(await told({ env: 'ACME_JIRA' }, { ACME_JIRA: 'val-4711' }), []);
  const [connection] = config({ file: path.join(folder, 'token') }).connections;
  assert.ok(connection);
  assert.equal((await resolveSettings(connection, {})).apiToken, 'val-4711');
});

test('a sealed secret is asked of the tenant that the file names, by the name that it gives', async () => {
  const [connection] = good.connections;
  const sealed = parseTenantConfig(
    { ...good, connections: [{ ...connection, secrets: { apiToken: { sealed: 'jira' } } }] },
    'x',
  );
  const asked: string[] = [];
  const secretOf = async (tenant: string, name: string) => {
    asked.push(`${tenant}/${name}`);
    return 'val-4711';
  };
  assert.deepEqual(await checkConnections(sealed, connectors, {}, secretOf), []);
  assert.deepEqual(asked, ['acme-corp/jira']);
});
