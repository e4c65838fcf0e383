// Tokens that must be taken and tokens that must not, signed by real keys that a real issuer publishes.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fixedClock, must, parseTenant } from '@tessera/base';
import { exportSPKI, SignJWT } from 'jose';
import { createTokenVerifier, type Issuer, readBearer } from './index.ts';
import { makeKey, type ScriptedIssuer, type SigningKey, signText, startIssuer } from './scripted-issuer.case.ts';

const now = fixedClock('2026-03-01T12:00:00Z');
const seconds = Math.floor(now().getTime() / 1000);
let issuer: Issuer;
let good: Record<string, unknown>;
let server: ScriptedIssuer;
let key: SigningKey;
before(async () => {
  server = await startIssuer();
  key = await makeKey('k1');
  server.publish([key.jwk]);
  issuer = { issuer: server.url, audience: 'api://tessera', clients: ['tessera-app'], tenants: '*' };
  good = {
    sub: 'u1',
    iss: issuer.issuer,
    aud: issuer.audience,
    client_id: 'tessera-app',
    iat: seconds - 10,
    exp: seconds + 300,
    tenant_id: 'acme-corp',
    groups: ['analyst'],
  };
});
after(() => server.close());

const verifier = (more: Partial<Issuer> = {}) => createTokenVerifier({ issuers: [{ ...issuer, ...more }], now });
const sign = (claims: object, header: object = {}) => signText(JSON.stringify(claims), key, header);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = { code: 'TOKEN_INVALID', status: 401 };
const claimRefused = { code: 'CLAIM_REFUSED', status: 403 };

test('a good token gives all that is known of its bearer, and nothing that can be changed', async () => {
  const access = await verifier()(
    await sign({
      ...good,
      jti: 't1',
      org: 'acme-corp-hq',
      region: 'emea',
      teams: ['security', 'security'],
      clearance: 'confidential',
      amr: ['pwd', 'mfa'],
      auth_time: seconds - 60,
      shoe_size: 43,
    }),
  );
  assert.deepEqual(access, {
    tenant: 'acme-corp',
    subject: 'u1',
    email: undefined,
    name: undefined,
    groups: ['analyst'],
    org: 'acme-corp-hq',
    region: 'emea',
    teams: ['security'],
    clearance: 'confidential',
    amr: ['pwd', 'mfa'],
    authTime: seconds - 60,
    issuer: issuer.issuer,
    client: 'tessera-app',
    tokenId: 't1',
    issuedAt: seconds - 10,
    expiresAt: seconds + 300,
  });
  for (const part of [access, access.groups, access.teams, access.amr]) assert.ok(Object.isFrozen(part));
});

test('a token is good for so long at most as we say, whatever it says of itself', async () => {
  const brief = createTokenVerifier({ issuers: [issuer], now, maxAgeSeconds: 120 });
  const token = await sign(good);
  assert.equal((await brief(token)).expiresAt, seconds - 10 + 120);
  const old = await sign({ ...good, iat: seconds - 151 });
  await assert.rejects(brief(old), { code: 'TOKEN_INVALID' });
  assert.equal((await verifier()(old)).expiresAt, seconds + 300);
});

test('the client may be called cid, as Okta does, but two names must mean one client', async () => {
  const { client_id: _, ...rest } = good;
  assert.equal((await verifier()(await sign({ ...rest, cid: 'tessera-app' }))).client, 'tessera-app');
  assert.equal((await verifier()(await sign({ ...good, cid: 'tessera-app' }))).client, 'tessera-app');
  await assert.rejects(verifier()(await sign({ ...good, cid: 'other' })), invalid);
});

test('attack 1: unsigned tokens are refused, however none is written', async () => {
  for (const alg of ['none', 'None', 'nOnE'])
    for (const third of ['', 'AAAA', '   ', '%20'])
      await assert.rejects(verifier()(`${encode({ alg, kid: 'k1' })}.${encode(good)}.${third}`), invalid);
  const [header, payload] = (await sign(good)).split('.');
  for (const third of ['', '   ', '.']) await assert.rejects(verifier()(`${header}.${payload}.${third}`), invalid);
});

test('attack 2: a symmetric signature by the public key is refused, in every form of that key', async () => {
  const publicKey = await crypto.subtle.importKey(
    'jwk',
    key.jwk,
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['verify'],
  );
  const pem = await exportSPKI(publicKey);
  const forms = [pem, pem.replace(/\n/g, ''), JSON.stringify(key.jwk), key.jwk.n ?? ''].map((text) =>
    Buffer.from(text),
  );
  forms.push(Buffer.from(await crypto.subtle.exportKey('spki', publicKey)), Buffer.from(key.jwk.n ?? '', 'base64url'));
  for (const form of forms) {
    const forged = await new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(form);
    await assert.rejects(verifier()(forged), invalid);
  }
});

test('attacks 4 and 5: without a key id, or with a strange one, a token is refused', async () => {
  const verify = verifier();
  const asked = server.asked();
  const kids = [undefined, '', '../../etc/passwd', "' or 1=1--", '\0', 'k'.repeat(10_000), ['k1'], 7, null, {}];
  for (const kid of kids) await assert.rejects(verify(await sign(good, { kid })), invalid);
  // The path could be a name like any other (base64 has slashes): it is looked for among the keys, and nowhere else.
  assert.equal(server.asked() - asked, 1);
  for (const kid of ['__proto__', 'constructor', 'toString'])
    await assert.rejects(verify(await sign(good, { kid })), invalid);
});

test('attack 6: a token whose header brings a key is refused, and nothing is asked of where it points', async (t) => {
  let asked = 0;
  const thief = createServer((_, response) => {
    asked += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  t.after(() => thief.close());
  await new Promise((resolve) => thief.once('listening', resolve));
  const url = `http://127.0.0.1:${(thief.address() as { port: number }).port}/keys`;
  const stolen = await makeKey('k1');
  for (const header of [{ jku: url }, { x5u: url }, { jwk: stolen.jwk }, { x5c: ['AAAA'] }]) {
    await assert.rejects(verifier()(await signText(JSON.stringify(good), stolen, header)), invalid);
    await assert.rejects(verifier()(await sign(good, header)), invalid);
  }
  assert.equal(asked, 0);
});

test('attacks 8, 30 and 33: an issuer is compared letter by letter, and one that is not ours is never asked', async () => {
  const verify = verifier();
  const asked = server.asked();
  const other = await startIssuer();
  other.publish([key.jwk]);
  for (const iss of [
    other.url,
    `${issuer.issuer}/`,
    issuer.issuer.toUpperCase(),
    `${issuer.issuer}.evil.tld`,
    issuer.issuer.replace('127.0.0.1', 'localhost'),
    '__proto__',
    7,
    null,
    [issuer.issuer],
  ])
    await assert.rejects(verify(await sign({ ...good, iss })), invalid, String(iss));
  other.close();
  assert.deepEqual([server.asked() - asked, other.asked()], [0, 0]);
});

const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([claim]) => claim !== name));
const refused: Readonly<Record<string, () => readonly object[]>> = {
  'attack 9: an audience that is missing, another, or ours among others': () => [
    without('aud'),
    ...[null, [], '', 'api://tessera-x', 'api://tesser', ['api://tessera', 'api://other'], { 0: 'api://tessera' }].map(
      (aud) => ({ ...good, aud }),
    ),
  ],
  'attack 10: another client, none, or a list of them': () => [
    without('client_id'),
    ...['other', '', null, ['tessera-app'], { tessera: 1 }].map((client) => ({ ...good, client_id: client })),
    { ...without('client_id'), cid: ['tessera-app'] },
  ],
  'attack 12: an end that is past, missing, or no whole number of seconds': () => [
    without('exp'),
    ...[seconds - 31, `${seconds + 300}`, seconds + 0.5, -1, 0, 1e308, null, [seconds + 300], true].map((exp) => ({
      ...good,
      exp,
    })),
  ],
  'attack 13: a beginning in the future, long ago, or no number': () => [
    without('iat'),
    ...[seconds + 60, seconds - 86_401, `${seconds}`, null, -5, 1.5].map((iat) => ({ ...good, iat })),
    ...[seconds + 60, `${seconds}`, null].map((nbf) => ({ ...good, nbf })),
  ],
};
for (const [name, claims] of Object.entries(refused)) {
  test(`${name} is refused`, async () => {
    const verify = verifier();
    for (const one of claims()) await assert.rejects(verify(await sign(one)), invalid, JSON.stringify(one));
  });
}

test('attacks 12 and 14: the clocks may differ by 30 s and no more', async () => {
  for (const late of [1, 29]) assert.ok(await verifier()(await sign({ ...good, exp: seconds - late })));
  for (const minutes of [-6, 6]) {
    const clock = fixedClock(new Date(now().getTime() + minutes * 60_000));
    await assert.rejects(createTokenVerifier({ issuers: [issuer], now: clock })(await sign(good)), invalid);
  }
});

test('attack 12: a remembered token is refused once it has expired', async () => {
  const clock = fixedClock(now());
  const verify = createTokenVerifier({ issuers: [issuer], now: clock });
  const token = await sign({ ...good, exp: seconds + 60 });
  await verify(token);
  clock.set(new Date((seconds + 91) * 1000));
  await assert.rejects(verify(token), invalid);
});

test('attack 16: a signed token that names a claim twice is refused', async () => {
  const twice = JSON.stringify(good).replace('"tenant_id"', '"tenant_id":"globex-inc","tenant_id"');
  const escaped = JSON.stringify(good).replace('"tenant_id"', '"tenant\\u005fid":"globex-inc","tenant_id"');
  for (const text of [twice, escaped]) await assert.rejects(verifier()(await signText(text, key)), invalid);
});

const odd: Readonly<Record<string, readonly unknown[]>> = {
  // biome-ignore format: a list of wrongs
  tenant_id: [undefined, null, '', 0, false, ' acme ', 'acme,globex', ['acme'], { $ne: 1 }, 'acme\0', 'Acme', '__proto__', 'аcme'],
  groups: [undefined, [], 'analyst', ['*'], [' analyst'], [7], { 0: 'analyst' }, null],
  org: [null, '', 7, ['hq'], { $ne: 1 }, "hq'--", 'h\nq', '*', 'hq,other', 'a'.repeat(64), '%'],
  region: [null, '', ['emea'], false, 'е'],
  teams: [null, 'security', [''], ['a', null], [['a']], { length: 1 }],
  clearance: [null, 3, ['pii'], { pii: true }, Number.MAX_VALUE],
  amr: [null, 'mfa', [7]],
  auth_time: [null, '1', -1, 1.5, seconds + 31],
  sub: ['', 7, 'u'.repeat(201)],
  jti: [7, ''],
};
for (const [claim, values] of Object.entries(odd)) {
  test(`attacks 17, 32 and 39: a claim '${claim}' that is not as it should be is refused, never widened`, async () => {
    const verify = verifier();
    for (const value of values) {
      const fault = { ...claimRefused, params: { claim } };
      await assert.rejects(verify(await sign({ ...good, [claim]: value })), fault, JSON.stringify(value));
    }
  });
}

test('attack 121: a clearance that nobody here knows is the lowest, and none is none', async () => {
  const verify = verifier();
  for (const word of ['10', 'PII', 'pii ', 'top-secret', '', '__proto__', 'Infinity'])
    assert.equal((await verify(await sign({ ...good, clearance: word }))).clearance, 'public');
  assert.equal((await verify(await sign(good))).clearance, undefined);
});

test('attack 18: claims named like parts of every object are refused and change none', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const text = JSON.stringify(good).replace('{', `{"${name}":{"groups":["admin"]},`);
    await assert.rejects(verifier()(await signText(text, key)), claimRefused);
  }
  assert.equal(Object.hasOwn(Object.prototype, 'groups'), false);
});

test('attack 29: a token signed with a secret that Cube would know is refused, whatever scope it claims', async () => {
  for (const secret of ['secret', 'playground', ''.padEnd(32, 'x')]) {
    const forged = await new SignJWT({ ...good, scope: ['dev-token'] })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    await assert.rejects(verifier()(forged), invalid);
  }
});

test('an issuer speaks for its own tenants alone: the same text for another tenant as for one that is none', async () => {
  const acme = must(parseTenant('acme-corp'));
  const verify = verifier({ tenants: [acme] });
  assert.equal((await verify(await sign(good))).tenant, acme);
  const message = async (tenant: unknown) =>
    verify(await sign({ ...good, tenant_id: tenant })).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  assert.match(await message('globex-inc'), /tenant_id/);
  assert.equal(await message('globex-inc'), await message('no-such-tenant'));
  assert.equal(await message('globex-inc'), await message(7));
});

test('of two issuers each has its own audience, clients, keys and tenants', async (t) => {
  const theirs = await startIssuer();
  t.after(() => theirs.close());
  const theirKey = await makeKey('k1');
  theirs.publish([theirKey.jwk]);
  const globex = must(parseTenant('globex-inc'));
  const second: Issuer = { issuer: theirs.url, audience: 'api://second', clients: ['second-app'], tenants: [globex] };
  const verify = createTokenVerifier({ issuers: [issuer, second], now });
  const claims = { ...good, iss: theirs.url, aud: 'api://second', client_id: 'second-app', tenant_id: globex };
  assert.equal((await verify(await signText(JSON.stringify(claims), theirKey))).issuer, theirs.url);
  await assert.rejects(verify(await sign(claims)), invalid);
  for (const swapped of [{ aud: issuer.audience }, { client_id: 'tessera-app' }])
    await assert.rejects(verify(await signText(JSON.stringify({ ...claims, ...swapped }), theirKey)), invalid);
  await assert.rejects(
    verify(await signText(JSON.stringify({ ...claims, tenant_id: 'acme-corp' }), theirKey)),
    claimRefused,
  );
});

test('attacks 20 and 21: the token is read from one Authorization header and nowhere else', () => {
  assert.equal(readBearer({ rawHeaders: ['Authorization', 'bearer a.b.c'] }), 'a.b.c');
  assert.throws(() => readBearer({ rawHeaders: [] }), { code: 'TOKEN_MISSING', status: 401 });
  const ambiguous = { code: 'TOKEN_AMBIGUOUS', status: 400 };
  for (const url of ['/x?token=a.b.c', '/x?a=1&Access_Token=a.b.c', '/x?authorization'])
    for (const rawHeaders of [[], ['authorization', 'Bearer a.b.c']])
      assert.throws(() => readBearer({ rawHeaders, url }), ambiguous, url);
  assert.throws(() => readBearer({ rawHeaders: ['cookie', 'theme=dark; token=a.b.c'] }), ambiguous);
  // A cookie of another program on this host harms nobody who says who he is.
  assert.equal(
    readBearer({ rawHeaders: ['cookie', 'token=x', 'authorization', 'Bearer a.b.c'], url: '/x?query={}' }),
    'a.b.c',
  );
  for (const second of ['Authorization', 'x-cube-authorization', 'X-Cube-Authorization'])
    assert.throws(
      () => readBearer({ rawHeaders: ['authorization', 'Bearer a.b.c', second, 'Bearer d.e.f'] }),
      ambiguous,
    );
  assert.throws(() => readBearer({ rawHeaders: ['x-cube-authorization', 'a.b.c'] }), ambiguous);
  // biome-ignore format: a list of wrongs
  for (const header of ['Basic YTpi', 'Bearer  a.b.c', 'Bearer a.b.c extra', 'Bearer a.b.c ', 'Bearer a.b\n.c', 'Bearer a.b.c==', 'Bearer', 'a.b.c', ''])
    assert.throws(() => readBearer({ rawHeaders: ['authorization', header] }), invalid, header);
});
