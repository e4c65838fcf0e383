// A tenant's own file comes before the settings, number by number.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import { readTenantConfigs } from '@tessera/pipeline';
import { limitsOfQueries, shareAmong } from './wire-doors.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'tessera-shares-'));
after(() => rm(home, { recursive: true, force: true }));
const settings = readSettings({ TESSERA_SQL_TENANT_SESSIONS: '7', TESSERA_QUERY_ROWS: '2000' });
const tenant = (name: string) => must(parseTenant(name));

async function configs(files: Readonly<Record<string, object>>) {
  const folder = path.join(home, 'tenants');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [name, more] of Object.entries(files)) {
    const config = { tenant: name, displayName: name, timeZone: 'UTC', orgId: `${name}-hq`, connections: [], ...more };
    await writeFile(path.join(folder, `${name}.json`), JSON.stringify(config));
  }
  return readTenantConfigs(folder);
}

it('sessions of the SQL API, time and rows: each where the file says it, the settings for the rest and for tenants without a file', async () => {
  const limitsOf = limitsOfQueries(
    settings,
    await configs({
      'acme-corp': { quota: { sqlSessions: 3, concurrent: 2 } },
      'globex-inc': { queryLimits: { rows: 10 } },
    }),
  );
  assert.deepEqual(limitsOf(tenant('acme-corp')), { timeoutMs: 30_000, rows: 2000, sqlSessions: 3 });
  assert.deepEqual(limitsOf(tenant('globex-inc')), { timeoutMs: 30_000, rows: 10, sqlSessions: 7 });
  assert.deepEqual(limitsOf(tenant('initech')), { timeoutMs: 30_000, rows: 2000, sqlSessions: 7 });
});

it('a number of sessions that is none is refused with its place, and it is no share of requests', async () => {
  await assert.rejects(configs({ 'acme-corp': { quota: { sqlSessions: 0 } } }), /sqlSessions/);
  const fairness = shareAmong(settings, await configs({ 'acme-corp': { quota: { sqlSessions: 1 } } }));
  assert.equal(fairness.rate(tenant('acme-corp')).perMinute, 6000);
});
