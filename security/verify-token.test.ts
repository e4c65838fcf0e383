// Tokens that must be taken and tokens that must not, against a real key set.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createTokenVerifier, type Issuer, readBearer } from './index.ts';

const now = fixedClock('2026-03-01T12:00:00Z');
const seconds = Math.floor(now().getTime() / 1000);
const issuer: Issuer = {
  issuer: 'https://login.example/oauth2/default',
  audience: 'api://tessera',
  clients: ['tessera-app'],
};
const good = {
  sub: 'u1',
  iss: issuer.issuer,
  aud: issuer.audience,
  client_id: 'tessera-app',
  iat: seconds - 10,
  exp: seconds + 300,
  tenant_id: 'acme-corp',
  groups: ['analyst'],
};

let key: CryptoKey;
let jwks: { keys: JWK[] };
before(async () => {
  const pair = await generateKeyPair('RS256');
  key = pair.privateKey;
  jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }] };
});
const verifier = () => createTokenVerifier({ issuers: [issuer], now, keysOf: async () => createLocalJWKSet(jwks) });
const sign = (claims: object, header: object = {}) =>
  new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a good token gives its tenant, groups and subject', async () => {
  const access = await verifier()(await sign(good));
  assert.deepEqual(
    { tenant: access.tenant, subject: access.subject, groups: access.groups },
    { tenant: 'acme-corp', subject: 'u1', groups: ['analyst'] },
  );
});

const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([claim]) => claim !== name));
const refused: readonly (readonly [why: string, claims: object])[] = [
  ['another issuer', { ...good, iss: 'https://login.example/oauth2/default/' }],
  ['another audience', { ...good, aud: 'api://tessera-x' }],
  ['our audience among others', { ...good, aud: ['api://tessera', 'api://other'] }],
  ['an empty audience', { ...good, aud: [] }],
  ['no audience', without('aud')],
  ['another client', { ...good, client_id: 'other' }],
  ['no client', without('client_id')],
  ['a client that is a list', { ...good, client_id: ['tessera-app'] }],
  ['expired beyond the skew', { ...good, exp: seconds - 31 }],
  ['no expiry', without('exp')],
  ['issued in the future', { ...good, iat: seconds + 60 }],
  ['not yet valid', { ...good, nbf: seconds + 60 }],
];
for (const [why, claims] of refused) {
  test(`a token with ${why} is refused`, async () => {
    await assert.rejects(verifier()(await sign(claims)), { code: 'TOKEN_INVALID' });
  });
}

test('a token that expired within the skew of 30 s is still taken', async () => {
  assert.equal((await verifier()(await sign({ ...good, exp: seconds - 29 }))).tenant, 'acme-corp');
});

test('a remembered token is refused once it has expired', async () => {
  const clock = fixedClock(now());
  const verify = createTokenVerifier({ issuers: [issuer], now: clock, keysOf: async () => createLocalJWKSet(jwks) });
  const token = await sign(good);
  await verify(token);
  clock.set(new Date((seconds + 331) * 1000));
  await assert.rejects(verify(token), { code: 'TOKEN_INVALID' });
});

test('unsigned and symmetric tokens are refused', async () => {
  for (const alg of ['none', 'None', 'HS256']) {
    await assert.rejects(verifier()(`${encode({ alg, kid: 'k1' })}.${encode(good)}.AAAA`), { code: 'TOKEN_INVALID' });
    await assert.rejects(verifier()(`${encode({ alg, kid: 'k1' })}.${encode(good)}.`), { code: 'TOKEN_INVALID' });
  }
  const publicKey = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
  const forged = await new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(publicKey);
  await assert.rejects(verifier()(forged), { code: 'TOKEN_INVALID' });
});

test('a token without a key id, or with a strange one, is refused', async () => {
  for (const kid of [undefined, '../../etc/passwd', '__proto__', 7]) {
    await assert.rejects(verifier()(await sign(good, { kid })), { code: 'TOKEN_INVALID' });
  }
});

test('a signed payload that names a claim twice is refused', async () => {
  const payload = JSON.stringify(good).replace('"tenant_id"', '"tenant_id":"globex-inc","tenant_id"');
  const { CompactSign } = await import('jose');
  const token = await new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(key);
  await assert.rejects(verifier()(token), { code: 'TOKEN_INVALID' });
});

for (const tenant of [
  undefined,
  null,
  '',
  0,
  false,
  ' acme ',
  'acme,globex',
  ['acme'],
  { $ne: 1 },
  'Acme',
  '__proto__',
  'аcme',
]) {
  test(`a tenant claim of ${JSON.stringify(tenant) ?? 'nothing'} is refused`, async () => {
    await assert.rejects(verifier()(await sign({ ...good, tenant_id: tenant })), { code: 'CLAIM_REFUSED' });
  });
}
for (const groups of [undefined, [], 'analyst', ['*'], [' analyst'], [7]]) {
  test(`groups of ${JSON.stringify(groups) ?? 'nothing'} are refused: there is no default group`, async () => {
    await assert.rejects(verifier()(await sign({ ...good, groups })), { code: 'CLAIM_REFUSED' });
  });
}

test('a token whose header points to a key elsewhere causes no request', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/jwks`;
  await assert.rejects(verifier()(await sign({ ...good, iss: url }, { jku: url, x5u: url })), {
    code: 'TOKEN_INVALID',
  });
  assert.equal(asked, 0);
});

test('keys are discovered from the issuer, and an outage at a cold start is 503', async () => {
  let isDown = true;
  const server = createServer((request, response) => {
    if (isDown) return void response.writeHead(500).end('<html>');
    const body = request.url?.endsWith('/jwks') ? jwks : { issuer: local, jwks_uri: `${local}/jwks` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const local = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const verify = createTokenVerifier({ issuers: [{ ...issuer, issuer: local }], now });
  const token = await sign({ ...good, iss: local });
  await assert.rejects(verify(token), { code: 'ISSUER_UNAVAILABLE', status: 503 });
  isDown = false;
  assert.equal((await verify(token)).tenant, 'acme-corp');
});

test('the token is read from one Authorization header and nowhere else', () => {
  assert.equal(readBearer({ rawHeaders: ['Authorization', 'bearer a.b.c'] }), 'a.b.c');
  assert.throws(() => readBearer({ rawHeaders: [] }), { code: 'TOKEN_MISSING', status: 401 });
  assert.throws(() => readBearer({ rawHeaders: ['authorization', 'Bearer a.b.c', 'Authorization', 'Bearer d.e.f'] }), {
    code: 'TOKEN_AMBIGUOUS',
  });
  assert.throws(() => readBearer({ rawHeaders: ['authorization', 'Bearer a.b.c', 'x-cube-authorization', 'd.e.f'] }), {
    code: 'TOKEN_AMBIGUOUS',
  });
  for (const header of ['Basic YTpi', 'Bearer  a.b.c', 'Bearer a.b.c extra', 'Bearer', 'a.b.c']) {
    assert.throws(() => readBearer({ rawHeaders: ['authorization', header] }), { code: 'TOKEN_INVALID' });
  }
});
