// An issuer that rotates, fails, lies and recovers, by a clock that the test sets.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { createTokenVerifier, type Issuer } from './index.ts';
import { type Behaviour, makeKey, type SigningKey, signText, startIssuer } from './scripted-issuer.case.ts';

const start = new Date('2026-03-01T12:00:00Z');
const minute = 60_000;

async function world(t: TestContext) {
  const server = await startIssuer();
  t.after(() => server.close());
  const clock = fixedClock(start);
  const issuer: Issuer = { issuer: server.url, audience: 'api://tessera', clients: ['app'], tenants: '*' };
  const verify = createTokenVerifier({ issuers: [issuer], now: clock, issuerTimeoutMs: 1_000 });
  const token = (key: SigningKey, more: object = {}) => {
    const seconds = Math.floor(clock().getTime() / 1000);
    const claims = {
      sub: 'u1',
      iss: server.url,
      aud: 'api://tessera',
      client_id: 'app',
      iat: seconds,
      exp: seconds + 36_000,
    };
    return signText(JSON.stringify({ ...claims, tenant_id: 'acme-corp', groups: ['analyst'], ...more }), key);
  };
  return {
    server,
    verify,
    token,
    wait: (ms: number) => clock.set(new Date(clock().getTime() + ms)),
    taken: async (one: string) =>
      verify(one).then(
        () => 200,
        (error: { status: number }) => error.status,
      ),
  };
}

test('attack 22: the first tokens of a new key cost one request, and none of them is refused', async (t) => {
  const { server, taken, token } = await world(t);
  const [first, second] = [await makeKey('k1'), await makeKey('k2')];
  server.publish([first.jwk]);
  assert.equal(await taken(await token(first)), 200);
  assert.equal(server.asked(), 1);
  server.publish([first.jwk, second.jwk]);
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => token(second, { sub: `u${i}` })));
  assert.deepEqual(new Set(await Promise.all(tokens.map(taken))), new Set([200]));
  assert.equal(server.asked(), 2);
  assert.equal(await taken(await token(first)), 200);
});

test('attack 22: a flood of key ids that nobody has costs at most ten requests a minute, and good tokens go on', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const [key, thief] = [await makeKey('k1'), await makeKey('x')];
  server.publish([key.jwk]);
  const good = await token(key);
  assert.equal(await taken(good), 200);
  for (let second = 0; second < 60; second += 1) {
    for (let i = 0; i < 5; i += 1) assert.equal(await taken(await token({ ...thief, kid: `x${second}-${i}` })), 401);
    if (second % 10 === 0) assert.equal(await taken(good), 200);
    wait(1000);
  }
  assert.ok(server.asked() <= 10, `asked ${server.asked()} times`);
});

const outages: Readonly<Record<string, Behaviour>> = {
  'is down': (response) => response.destroy(),
  'answers 500': (response) => response.writeHead(500).end('{}'),
  'answers with a page': (response) => response.writeHead(200).end('<html></html>'),
  'answers {}': (response) => response.end('{}'),
  'has no keys': (response, what) => (what === 'keys' ? response.end('{"keys":[]}') : response.destroy()),
  'sends 10 MB': (response) => response.end(`{"keys":["${'x'.repeat(10_000_000)}"]}`),
  'takes 30 s': () => {},
  'sends elsewhere': (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/keys' }).end(),
  'names another issuer': (response) => response.end('{"issuer":"https://evil.tld","jwks_uri":"https://evil.tld/k"}'),
};
for (const [what, behaviour] of Object.entries(outages)) {
  test(`attack 24: an issuer that ${what}: 503 at a cold start, then kept keys for an hour, then 503`, async (t) => {
    const { server, taken, token, wait } = await world(t);
    const key = await makeKey('k1');
    server.publish([key.jwk]);
    server.behave(behaviour);
    const good = await token(key);
    assert.equal(await taken(good), 503);
    server.behave(undefined);
    wait(minute);
    assert.equal(await taken(good), 200);
    server.behave(behaviour);
    for (const minutes of [9, 2, 30, 18]) {
      wait(minutes * minute);
      assert.equal(await taken(good), 200);
    }
    // Another's key is not taken for a known one just because nobody answers.
    assert.equal(await taken(await token(await makeKey('k1'))), 401);
    wait(2 * minute);
    assert.equal(await taken(good), 503);
    assert.equal(await taken(await token(key, { sub: 'u2' })), 503);
    server.behave(undefined);
    wait(minute);
    assert.equal(await taken(good), 200);
  });
}

test('attack 24: an answer with no key of ours in it is an outage, not the end of all keys', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const key = await makeKey('k1');
  server.publish([key.jwk]);
  const good = await token(key);
  assert.equal(await taken(good), 200);
  server.publish([]);
  wait(11 * minute);
  assert.equal(await taken(good), 200);
});

test('attack 25: a key that cannot be used is skipped, and all others work', async (t) => {
  const { server, taken, token } = await world(t);
  const [key, twin, other] = [await makeKey('k1'), await makeKey('twin'), await makeKey('twin')];
  const { kid: _, ...nameless } = twin.jwk;
  server.publish([
    nameless,
    { kty: 'OKP', crv: 'Ed25519', kid: 'ed', x: 'AAAA' },
    { kty: 'EC', crv: 'P-256', kid: 'ec', x: '!', y: '!' },
    { kty: 'oct', kid: 'k0', k: 'c2VjcmV0' },
    { kty: 'RSA', kid: 'small', n: 'AQAB', e: 'AQAB' },
    { ...twin.jwk, kid: 'enc', use: 'enc' },
    { ...twin.jwk, kid: 'broken', n: '!'.repeat(342) },
    'not a key',
    null,
    twin.jwk,
    other.jwk,
    key.jwk,
  ]);
  assert.equal(await taken(await token(key)), 200);
  for (const one of [twin, other, { ...twin, kid: 'enc' }]) assert.equal(await taken(await token(one)), 401);
});

test('attack 26: a key taken away is dead within ten minutes, for remembered tokens too', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const [lost, next] = [await makeKey('k1'), await makeKey('k2')];
  server.publish([lost.jwk, next.jwk]);
  const remembered = await token(lost);
  assert.equal(await taken(remembered), 200);
  server.publish([next.jwk]);
  wait(10 * minute);
  assert.equal(await taken(remembered), 401);
  assert.equal(await taken(await token(lost, { sub: 'u2' })), 401);
  assert.equal(await taken(await token(next)), 200);
});

test('attack 26: a key that was exchanged under the same id is dead within ten minutes', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const [lost, next] = [await makeKey('k1'), await makeKey('k1')];
  server.publish([lost.jwk]);
  const remembered = await token(lost);
  assert.equal(await taken(remembered), 200);
  server.publish([next.jwk]);
  wait(10 * minute);
  assert.equal(await taken(remembered), 401);
  assert.equal(await taken(await token(next)), 200);
});

test('attack 26: whoever remembers a token verifies it anew once an exchanged key was seen, however fresh the keys are', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const [lost, next] = [await makeKey('k1'), await makeKey('k1')];
  server.publish([lost.jwk]);
  const remembered = await token(lost);
  assert.equal(await taken(remembered), 200);
  server.publish([next.jwk]);
  wait(minute);
  assert.equal(await taken(remembered), 200);
  // An id that nobody has makes us ask, and so see the exchange.
  assert.equal(await taken(await token(await makeKey('k9'))), 401);
  assert.equal(await taken(remembered), 401);
});

test('while keys are fresh a remembered token asks the issuer nothing', async (t) => {
  const { server, taken, token, wait } = await world(t);
  const key = await makeKey('k1');
  server.publish([key.jwk]);
  const good = await token(key);
  for (let i = 0; i < 20; i += 1) {
    assert.equal(await taken(good), 200);
    wait(10_000);
  }
  assert.equal(server.asked(), 1);
});
