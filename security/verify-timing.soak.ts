// How long a refusal takes must not tell why: medians over ten thousand tokens of each kind, interleaved so that a noisy moment meets all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { createTokenVerifier } from './index.ts';
import { makeKey, signText, startIssuer } from './scripted-issuer.case.ts';

const rounds = 10_000;

test('attack 34: an unknown person, a bad signature, an expired token and a foreign one are refused within 1 ms of each other', async (t) => {
  const server = await startIssuer();
  t.after(() => server.close());
  const [key, thief] = [await makeKey('k1'), await makeKey('k1')];
  server.publish([key.jwk]);
  const now = fixedClock('2026-03-01T12:00:00Z');
  const seconds = now().getTime() / 1000;
  const issuer = { issuer: server.url, audience: 'api://tessera', clients: ['app'], tenants: '*' as const };
  const verify = createTokenVerifier({ issuers: [issuer], now });
  const good = {
    sub: 'u1',
    iss: server.url,
    aud: issuer.audience,
    client_id: 'app',
    iat: seconds,
    exp: seconds + 300,
    tenant_id: 'acme-corp',
    groups: ['analyst'],
  };
  const tokens: Readonly<Record<string, string>> = {
    'an unknown tenant': await signText(JSON.stringify({ ...good, tenant_id: 'Nobody' }), key),
    'a bad signature': await signText(JSON.stringify(good), thief),
    expired: await signText(JSON.stringify({ ...good, exp: seconds - 60 }), key),
    'a foreign audience': await signText(JSON.stringify({ ...good, aud: 'api://other' }), key),
  };
  const times = new Map<string, number[]>(Object.keys(tokens).map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, token] of Object.entries(tokens)) {
      const started = performance.now();
      await verify(token).catch(() => {});
      times.get(kind)?.push(performance.now() - started);
    }
  }
  const medians = [...times].map(([kind, all]) => [kind, all.sort((a, b) => a - b)[rounds / 2] ?? Number.NaN] as const);
  const values = medians.map(([, median]) => median);
  t.diagnostic(medians.map(([kind, median]) => `${kind} ${median.toFixed(3)} ms`).join(', '));
  assert.ok(Math.max(...values) - Math.min(...values) < 1);
});
