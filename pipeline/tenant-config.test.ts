// A tenant's file: what is taken, what is refused and where, and that the how-to's example is a good one.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTenantConfig, readTenantConfigs, resolveSettings, type TenantConfig } from './index.ts';

const good = {
  tenant: 'example-org',
  displayName: 'Example',
  timeZone: 'Europe/Paris',
  orgId: 'example-hq',
  connections: [],
};

async function exampleOfTheGuide(): Promise<unknown> {
  const guide = await readFile(path.join(import.meta.dirname, '..', 'docs', 'how-to', 'add-a-tenant.md'), 'utf8');
  return JSON.parse(/```json\n([\s\S]+?)```/.exec(guide)?.[1] ?? '');
}

test('the example of the guide is taken, and its connector takes the settings', async () => {
  const config = parseTenantConfig(await exampleOfTheGuide(), 'the guide');
  for (const connection of config.connections) {
    const connector = connectors.find(({ source }) => source === connection.source);
    const settings = await resolveSettings(connection, { EXAMPLE_JIRA_TOKEN: 'secret' });
    const refuse = async () => {
      throw new Error('not here');
    };
    // The settings are read before anything is asked; with no vendor there, the refusal must be the web's and not the settings'.
    await assert.rejects(
      async () => connector?.open(settings, { web: refuse, now: systemClock, sleep: async () => {} }),
      (error: { code?: string }) => error.code !== 'SOURCE_SETTINGS_INVALID',
    );
  }
});

const refused: readonly (readonly [why: string, change: object, at: string])[] = [
  ['a tenant that is a path', { tenant: '../acme' }, 'tenant'],
  ['a zone that is none', { timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['an unknown source', { connections: [{ source: 'sharepoint', settings: {} }] }, 'connections.0.source'],
  ['a field that nobody knows', { colour: 'blue' }, '(top)'],
  [
    'a secret written down',
    { connections: [{ source: 'jira', settings: {}, secrets: { apiToken: 's3cret' } }] },
    'connections.0.secrets.apiToken',
  ],
];
for (const [why, change, at] of refused) {
  test(`${why} is refused with the place, and without the value`, () => {
    assert.throws(
      () => parseTenantConfig({ ...good, ...change }, 'x.json'),
      (error: { code: string; params: { at: string }; message: string }) => {
        assert.equal(error.code, 'TENANT_CONFIG_INVALID');
        assert.equal(error.params.at, at);
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  });
}

test('a file that is not JSON is named', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-tenants-'));
  t.after(() => rm(folder, { recursive: true }));
  assert.deepEqual(await readTenantConfigs(path.join(folder, 'absent')), []);
  await writeFile(path.join(folder, 'a.json'), JSON.stringify(good));
  assert.equal((await readTenantConfigs(folder)).length, 1);
  await writeFile(path.join(folder, 'b.json'), '{');
  await assert.rejects(readTenantConfigs(folder), { code: 'TENANT_CONFIG_INVALID', message: /b\.json/ });
});

test('a secret that is nowhere is refused with the place that was looked in', async () => {
  const connection: TenantConfig['connections'][number] = {
    source: 'jira',
    settings: { url: 'https://x.example' },
    secrets: { apiToken: { env: 'NOT_SET' } },
  };
  await assert.rejects(resolveSettings(connection, {}), { code: 'SECRET_MISSING', message: /NOT_SET/ });
  assert.deepEqual(await resolveSettings(connection, { NOT_SET: ' token\n' }), {
    url: 'https://x.example',
    apiToken: 'token',
  });
});
