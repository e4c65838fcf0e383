// Power BI as it is switched on: by a file, for the dashboards that it names, by people who see all rows.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { observeNothing, type Tenant } from '@tessera/base';
import { parseTenantConfig } from '@tessera/pipeline';
import { type Access, parseClaims, readAudit } from '@tessera/security';
import { openPowerBi, powerBiFile } from './power-bi.ts';
import { tesseraPolicy } from './tessera-policy.ts';
import { auditFolder, openAudit, wireEmbeds } from './wire-audit.ts';

const acme = 'acme-corp' as Tenant;
const origin = 'https://portal.example';
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const asked: string[] = [];
const standIn = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push(`${request.url} ${body}`);
  const isSignIn = request.url?.endsWith('/token');
  const made = { token: 'made-there', tokenId: id(9), expiration: '2026-07-01T12:05:00Z' };
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify(isSignIn ? { access_token: 'entra' } : made));
});
let home: string;
let there: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'power-bi-'));
  standIn.listen(0, '127.0.0.1');
  await new Promise((resolve) => standIn.once('listening', resolve));
  there = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
  await writeFile(path.join(home, 'secret'), 's3cret\n');
});
after(async () => {
  standIn.close();
  await rm(home, { recursive: true, force: true });
});

const good = () => ({
  entraTenant: 'contoso.example',
  clientId: id(1),
  clientSecret: { file: path.join(home, 'secret') },
  workspaceId: id(2),
  reports: { overview: { reportId: id(3), datasetId: id(4) } },
  loginUrl: there,
  apiUrl: there,
});
const write = (config: object | string) =>
  writeFile(powerBiFile({ home }), typeof config === 'string' ? config : JSON.stringify(config));
const person = (groups: readonly string[], more: object = {}): Access =>
  parseClaims(
    { sub: groups.join('-'), iss: 'https://issuer.example', exp: 4e9, tenant_id: acme, groups, ...more },
    'app',
  );

test('the dashboards that the file names are made by Power BI, the others here; rows that it cannot be held to are refused', async () => {
  await write(good());
  const audit = await openAudit({ home, auditHome: undefined, auditHeads: undefined }, 'server', observeNothing);
  const settings = { home, auditHome: undefined, auditHeads: undefined };
  const config = parseTenantConfig(
    { tenant: acme, displayName: 'A', timeZone: 'UTC', orgId: 'a', embedOrigins: [origin], connections: [] },
    'test',
  );
  const { decideRights, decideViewerRights } = tesseraPolicy();
  const verifyToken = () => Promise.reject(new Error('nobody signs in here'));
  const { embeds } = await wireEmbeds({
    settings,
    configs: [config],
    verifyToken,
    decideRights,
    decideViewerRights,
    audit,
  });
  const call = { from: undefined, request: undefined };
  const wanted = { dashboard: 'overview' as const, origin, viewer: 'v1', locks: [] };
  const locked = { ...wanted, locks: [{ dimension: 'department', values: ['Sales'] }] };
  try {
    const steward = person(['steward']);
    assert.equal((await embeds.mint(steward, locked, call)).token, 'made-there');
    assert.match(asked[0] ?? '', /client_secret=s3cret&/);
    assert.match(asked[1] ?? '', /acme-corp\/[0-9a-f]{32}.*department.*Sales/);
    assert.match((await embeds.mint(steward, { ...wanted, dashboard: 'mttr' }, call)).url, /^\/embed\/mttr\//);
    const narrow = person(['steward', 'org-analyst'], { org: `${acme}-hq` });
    await assert.rejects(embeds.mint(narrow, wanted, call), { code: 'EMBED_ROWS_REFUSED' });
    assert.match((await embeds.mint(narrow, { ...wanted, dashboard: 'mfa-adoption' }, call)).url, /^\/embed\//);
    await assert.rejects(embeds.mint(person(['viewer']), wanted, call), { code: 'ACTION_DENIED' });
    assert.equal(asked.length, 2);
  } finally {
    await audit.close();
  }
  const said: (string | undefined)[] = [];
  for await (const { code, decision } of readAudit(auditFolder(settings), { tenant: acme }))
    if (decision === 'denied') said.push(code);
  assert.deepEqual(said, ['EMBED_ROWS_REFUSED', 'ACTION_DENIED']);
});

test('no file is no Power BI; a file that cannot be understood stops the start, and tells no secret', async () => {
  await rm(powerBiFile({ home }), { force: true });
  assert.equal(await openPowerBi({ home }, {}), undefined);
  const wrong: readonly (object | string)[] = [
    '{',
    { ...good(), clientSecret: 's3cret' },
    { ...good(), clientSecret: { env: 'TESSERA_SECRET' } },
    { ...good(), clientSecret: { env: 'NOT_SET' } },
    { ...good(), clientSecret: { file: path.join(home, 'nowhere') } },
    { ...good(), reports: {} },
    { ...good(), reports: { admin: { reportId: id(3), datasetId: id(4) } } },
    { ...good(), workspaceId: '../groups' },
    { ...good(), apiUrl: 'http://api.powerbi.example' },
    { ...good(), more: 1 },
  ];
  for (const config of wrong) {
    await write(config);
    await assert.rejects(openPowerBi({ home }, {}), (error: Error & { code?: string }) => {
      assert.deepEqual([error.code, /s3cret/.test(error.message)], ['POWER_BI_INVALID', false], JSON.stringify(config));
      return true;
    });
  }
});
