// The demo's server: generated or recorded data, its memory of the day, its clock, and what stops it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectors } from '@tessera/ingest';
import { startDemoServer } from './demo-server.ts';

function home(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-server-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
const start = async (t: TestContext, folder: string, replay?: string) => {
  const settings = { home: folder, host: '127.0.0.1', port: 4000, demoPort: 0 };
  const server = await startDemoServer(replay === undefined ? settings : { ...settings, replay }, ['initech']);
  t.after(() => server.close());
  return server;
};
function recording(folder: string): string {
  const replay = path.join(folder, 'recorded');
  mkdirSync(path.join(replay, 'jira'), { recursive: true });
  writeFileSync(
    path.join(replay, 'jira', 'projects.json'),
    JSON.stringify([{ id: '10', key: 'REC', name: 'Recorded', projectTypeKey: 'software', avatarUrls: {} }]),
  );
  return replay;
}

test('the truth lies beside generated data, and a restart on the same folder is the same day', async (t) => {
  const folder = home(t);
  const first = await start(t, folder);
  assert.deepEqual(readdirSync(path.join(folder, 'demo', 'truth')), ['initech.json']);
  const truth = readFileSync(path.join(folder, 'demo', 'truth', 'initech.json'), 'utf8');
  writeFileSync(path.join(folder, 'demo', 'as-of.json'), JSON.stringify({ asOf: first.asOf }));
  const again = await start(t, folder);
  assert.deepEqual(again.asOf, first.asOf);
  assert.equal(readFileSync(path.join(folder, 'demo', 'truth', 'initech.json'), 'utf8'), truth);
});

test('recorded payloads are served by the vendors’ protocols, and no truth is claimed for them', async (t) => {
  const folder = home(t);
  const server = await start(t, folder, recording(folder));
  const { settings } = server.tenants[0]?.connections.find(({ source }) => source === 'jira') ?? {};
  assert.ok(settings);
  const answer = await fetch(`${settings.url}/rest/api/3/project/search`, {
    headers: { authorization: `Basic ${btoa(`${settings.email}:${settings.apiToken}`)}` },
  });
  const { values } = (await answer.json()) as { values: { key: string }[] };
  assert.deepEqual(
    values.map(({ key }) => key),
    ['REC'],
  );
  assert.equal(existsSync(path.join(folder, 'demo', 'truth')), false);
});

test('generated and recorded data are never mixed in one folder', async (t) => {
  const folder = home(t);
  const replay = recording(folder);
  await start(t, folder, replay);
  await assert.rejects(start(t, folder), { code: 'DEMO_OTHER_DATA', message: /recorded.*TESSERA_HOME/ });
});

test('a taken port, a folder without recordings and a damaged memory each stop it with a sentence', async (t) => {
  const folder = home(t);
  const running = await start(t, folder);
  const settings = { home: folder, host: '127.0.0.1', port: 4000, demoPort: Number(new URL(running.url).port) };
  await assert.rejects(startDemoServer(settings, ['initech']), { code: 'PORT_TAKEN', message: /TESSERA_DEMO_PORT/ });
  await assert.rejects(start(t, home(t), path.join(folder, 'nowhere')), {
    code: 'REPLAY_UNREADABLE',
    message: /nowhere/,
  });
  const corrected = home(t);
  await assert.rejects(start(t, corrected, path.join(folder, 'nowhere')));
  await start(t, corrected, recording(corrected));
  const damaged = home(t);
  mkdirSync(path.join(damaged, 'demo'));
  writeFileSync(path.join(damaged, 'demo', 'as-of.json'), '{"asOf":');
  await assert.rejects(start(t, damaged), { code: 'DEMO_FAILED', message: /as-of\.json is damaged/ });
});

test('the clock is set by an instant, and anything else is refused', async (t) => {
  const { url } = await start(t, home(t));
  const put = (body: string) => fetch(`${url}/demo/clock`, { method: 'PUT', body });
  assert.equal((await put('2026-01-01T00:00:00Z')).status, 200);
  assert.equal((await put('yesterday')).status, 400);
});

test('every connector takes the settings of the demo’s tenants', async (t) => {
  const { tenants } = await start(t, home(t));
  const connections = tenants.flatMap((tenant) => tenant.connections);
  assert.deepEqual(connections.map(({ source }) => source).sort(), connectors.map(({ source }) => source).sort());
  for (const { source, settings } of connections) connectors.find((one) => one.source === source)?.check(settings);
});
