// The name of the served policy: what readiness tells and what every decision was made by are one.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Tenant } from '@tessera/base';
import { createHttpApp } from '@tessera/platform';
import { pack, parseClaims, policyId } from '@tessera/security';
import { policyName, tesseraPolicy } from './tessera-policy.ts';

test('attack 216: a process that is ready says by which policy; the smallest change of it is another name', async () => {
  const waiting = ['acme-corp' as Tenant];
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => waiting,
    policy: policyName,
    verifyToken: () => Promise.reject(new Error('nobody signs in here')),
    decideRights: tesseraPolicy().decideRights,
    audit: { append: async () => ({ sequence: 1 }), note: () => {} },
    mountCube: () => {},
    application: import.meta.dirname,
    observe: () => {},
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`);
    return [answer.status, ((await answer.json()) as { policy?: string }).policy];
  };
  try {
    assert.deepEqual(await ready(), [503, undefined]);
    waiting.length = 0;
    assert.deepEqual(await ready(), [200, policyName]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const claims = { sub: 'u1', iss: 'https://issuer.example', exp: 4e9, tenant_id: 'acme-corp', groups: ['viewer'] };
  assert.equal(tesseraPolicy().decideRights(parseClaims(claims, 'app')).policy, policyName);
  assert.notEqual(policyId({ ...pack, denies: [] }), policyName);
});
