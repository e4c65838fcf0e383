// Quarantine and dead letters over HTTP: who may do what, what each is shown, and what the trail has of it. A real server, lake and trail.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Fault, fixedClock, must, observeNothing, parseTenant } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTenantConfig, type RunNeeds } from '@tessera/pipeline';
import { createDesk, createHttpApp } from '@tessera/platform';
import { type Access, type Action, createAudit, parseClaims, readAuditPage } from '@tessera/security';
import { testLake } from '../../ingest/test-lake.ts';

const now = fixedClock('2026-07-01T12:00:00Z');
const seconds = now().getTime() / 1000;
const acme = must(parseTenant('acme-corp'));
const canary = 'canary-7f@example.test';
const claims = {
  ...{ sub: 'jane', exp: seconds + 600, iss: 'https://issuer.test', tenant_id: 'acme-corp' },
  ...{ groups: ['operator', 'steward'], amr: ['pwd', 'mfa'], auth_time: seconds - 60 },
};
const callers: Readonly<Record<string, Access>> = Object.fromEntries(
  Object.entries({
    both: {},
    operator: { groups: ['operator'] },
    reader: { groups: ['reader'] },
    viewer: { groups: ['viewer'] },
    stale: { auth_time: seconds - 601 },
    scoped: { groups: ['operator', 'steward', 'scoped'] },
    globex: { tenant_id: 'globex-inc' },
  }).map(([name, more]) => [name, parseClaims({ ...claims, ...more }, 'app')]),
);
const actionsOf: Readonly<Record<string, readonly Action[]>> = {
  operator: ['quarantine.read', 'quarantine.operate', 'pipeline.read', 'pipeline.operate'],
  reader: ['quarantine.read', 'pipeline.read'],
  steward: ['pii.reveal'],
};

test('the desk of quarantine and dead letters', async (t) => {
  const { lake, engine, folder, needs } = await testLake(t);
  const globex = await testLake(t);
  const audit = await createAudit({ folder: path.join(folder, 'audit'), now, observe: observeNothing });
  t.after(() => audit.close());
  const config = parseTenantConfig(
    { tenant: 'acme-corp', displayName: 'Acme', timeZone: 'Europe/Paris', orgId: 'acme-hq', connections: [] },
    'x',
  );
  const record = JSON.stringify({ name: 'Ops', profile: { mail: canary }, [canary]: 1 });
  const found = { source: 'okta', stream: 'groups', run: 'r1', page: 1, reason: '$.id is missing', record } as const;
  await lake.quarantine.put([{ ...found, at: new Date('2026-06-30T00:00:00Z') }]);
  const failed = { code: 'VENDOR_REFUSED', message: 'no', history: [], attempts: 1, run: 'r1', firstAt: 'x', at: 'x' };
  await lake.deadLetters.put('fetch.okta.log', { id: 'fetch.okta.log', stage: 'fetch', input: {}, ...failed });
  const [only] = await lake.quarantine.list();
  const id = only?.id ?? '';
  const its = { ...needs('okta', 'x'), lake, engine, connectors } as unknown as RunNeeds;

  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.test', clientId: 'app', audience: 'api' },
    ...{ sources: [], status: () => undefined, waitingFor: () => [], mountCube: () => {}, application: folder },
    observe: observeNothing,
    verifyToken: async (bearer) => {
      const access = callers[bearer];
      if (!access) throw new Fault('TOKEN_INVALID', {});
      return access;
    },
    audit,
    decideRights: ({ groups }) => ({
      ...{ id: 'r', policy: 'p', roles: groups, masked: new Set() },
      members: { measures: new Set(), dimensions: new Map(), segments: new Set() },
      rows: groups.includes('scoped') ? { issues: [{ member: 'issues.team', values: ['a'], rule: 's' }] } : {},
      actions: new Set(groups.flatMap((group) => actionsOf[group] ?? [])),
    }),
    desk: createDesk({
      ...{ audit, now, lakeOf: (tenant) => (tenant === acme ? lake : globex.lake) },
      parkedOf: async (tenant) => (tenant === acme ? 3 : 0),
      parkedStatesOf: async (tenant) =>
        tenant === acme ? [{ id: 'd/p', device: 'd', since: '2026-01-01T00:00:00Z' }] : [],
      operate: (tenant, work) => work({ ...its, lake: tenant === acme ? lake : globex.lake }, config),
    }),
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  const ask = async (who: string, route: string, body?: object) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${who}`, 'content-type': 'application/json' };
    const response = await fetch(url + route, { ...init, headers });
    const text = await response.text();
    return { status: response.status, text, json: JSON.parse(text) };
  };

  const table: readonly (readonly [
    who: string,
    route: string,
    body: object | undefined,
    status: number,
    code?: string,
  ])[] = [
    ['nobody', '/quarantine', undefined, 401, 'TOKEN_INVALID'],
    ['viewer', '/quarantine', undefined, 403, 'ACTION_DENIED'],
    ['viewer', `/quarantine/${id}`, undefined, 403, 'ACTION_DENIED'],
    ['viewer', '/dead-letters', undefined, 403, 'ACTION_DENIED'],
    ['reader', '/quarantine', undefined, 200],
    ['reader', `/quarantine/${id}`, undefined, 200],
    ['reader', `/quarantine/${id}?purpose=look`, undefined, 403, 'ACTION_DENIED'],
    ['reader', `/quarantine/${id}/replay`, {}, 403, 'ACTION_DENIED'],
    ['reader', `/quarantine/${id}/discard`, { why: 'x' }, 403, 'ACTION_DENIED'],
    ['reader', '/dead-letters/fetch.okta.log/discard', { why: 'x' }, 403, 'ACTION_DENIED'],
    ['operator', `/quarantine/${id}?purpose=look`, undefined, 403, 'ACTION_DENIED'],
    ['scoped', `/quarantine/${id}?purpose=look`, undefined, 403, 'ACTION_DENIED'],
    ['stale', `/quarantine/${id}?purpose=look`, undefined, 401, 'STEP_UP_NEEDED'],
    ['both', `/quarantine/${id}?other=1`, undefined, 400, 'BODY_INVALID'],
    ['both', `/quarantine/${id}/replay`, { force: true }, 400, 'BODY_INVALID'],
    ['globex', `/quarantine/${id}`, undefined, 404, 'RECORD_UNKNOWN'],
    ['globex', `/quarantine/${id}/fix`, { record: '{}' }, 404, 'RECORD_UNKNOWN'],
    ['globex', '/dead-letters/fetch.okta.log', undefined, 404, 'DEAD_LETTER_UNKNOWN'],
    ['both', '/quarantine/..%2f..%2freleases', undefined, 404, 'RECORD_UNKNOWN'],
    ['reader', '/dead-letters/fetch.okta.log', undefined, 200],
  ];
  for (const [who, route, body, status, code] of table) {
    const answer = await ask(who, route, body);
    assert.deepEqual(
      [answer.status, status < 400 ? undefined : answer.json.code],
      [status, code],
      `${who} ${route}: ${answer.text}`,
    );
    assert.doesNotMatch(answer.text, /canary/, `${who} ${route} shows a value`);
  }
  const shape = await ask('reader', `/quarantine/${id}`);
  assert.deepEqual(shape.json.shape, { name: 'string', profile: { mail: 'string' }, '…': '1 more' });
  assert.equal((await ask('both', `/quarantine/${id}?purpose=ticket 7`)).json.record, record);

  assert.equal((await ask('operator', `/quarantine/${id}/replay`, {})).json.state, 'still bad');
  const fixed = JSON.stringify({ id: 'g1', profile: { name: 'Ops' } });
  const first = await ask('operator', `/quarantine/${id}/fix`, { record: fixed });
  const again = await ask('operator', `/quarantine/${id}/fix`, { record: fixed });
  assert.deepEqual([first.json.state, first.json.rows, again.json.rows], ['fixed', 1, 0], first.text + again.text);
  const listed = (await ask('reader', '/quarantine')).json;
  assert.deepEqual([listed.records[0].state, listed.parked], ['fixed', 3]);
  const waiting = { parked: 3, states: [{ id: 'd/p', device: 'd', since: '2026-01-01T00:00:00Z' }] };
  assert.deepEqual((await ask('reader', '/parked')).json, waiting);
  assert.equal((await ask('operator', '/dead-letters/fetch.okta.log/discard', { why: 'old' })).json.discarded, true);
  assert.deepEqual((await ask('reader', '/dead-letters')).json.letters, []);

  const trail = await readAuditPage(path.join(folder, 'audit'), { tenant: acme }, 500);
  const text = JSON.stringify(trail.items);
  assert.doesNotMatch(text, /canary/);
  for (const action of ['quarantine.reveal', 'quarantine.fix', 'dead-letter.discard'])
    assert.ok(text.includes(`"action":"${action}"`), `${action} is on the trail`);
});
