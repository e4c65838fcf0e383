// Who is let in by each scheme: the reference vector of the specification, and every way to be almost right.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hookSchemes, type SchemeName, schemeNames } from './hook-schemes.ts';

const at = new Date('2026-03-01T00:00:00Z');
const seconds = (ms: number) => String(Math.floor((at.getTime() + ms) / 1000));
const reader = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name];

/** The scheme's own signing, written once more. */
function sign(scheme: SchemeName, secret: string, body: string, sentMs = 0): Record<string, string> {
  if (scheme === 'authorization') return { authorization: secret };
  if (scheme === 'bearer') return { authorization: `Bearer ${secret}` };
  if (scheme === 'hub')
    return { 'x-hub-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key)
    .update(`msg_1.${seconds(sentMs)}.${body}`)
    .digest('base64');
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds(sentMs), 'webhook-signature': `v1,${signature}` };
}
function judge(
  scheme: SchemeName,
  headers: Readonly<Record<string, string>>,
  body: string,
  secrets: readonly string[],
  now = at,
) {
  const given = { header: reader(headers), now, secrets };
  const { admits, isSigned } = hookSchemes[scheme];
  return admits(given) && isSigned({ ...given, body: Buffer.from(body) });
}

test("the specification's reference vector is signed, among other signatures too, and one letter of the body more is not", () => {
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
  const now = new Date(1614265330_000);
  const body = '{"test": 2432232314}';
  assert.equal(judge('standard', headers, body, secrets, now), true);
  const several = { ...headers, 'webhook-signature': `v1a,xxxx v1,AAAA ${headers['webhook-signature']}` };
  assert.equal(judge('standard', several, body, secrets, now), true);
  assert.equal(judge('standard', headers, `${body} `, secrets, now), false);
  const later = { ...headers, 'webhook-timestamp': '1614265331' };
  assert.equal(judge('standard', later, body, secrets, now), false, 'the time is signed, too');
  const another = { ...headers, 'webhook-id': 'msg_2' };
  assert.equal(judge('standard', another, body, secrets, now), false, 'and the id');
});

test('attack 154: a Standard Webhook is taken from five minutes back to five ahead, however well it is signed', () => {
  const secret = hookSchemes.standard.newSecret();
  const taken = [-301_000, -300_000, 0, 300_000, 301_000].map((ms) =>
    judge('standard', sign('standard', secret, '{}', ms), '{}', [secret]),
  );
  assert.deepEqual(taken, [false, true, true, true, false]);
});

test('in every scheme the secret and the one before it open the door, and no other secret, body, cut or missing header does', () => {
  fc.assert(
    fc.property(fc.constantFrom(...schemeNames), fc.string(), fc.string(), (scheme, body, other) => {
      const { newSecret } = hookSchemes[scheme];
      const [now, before, stranger] = [newSecret(), newSecret(), newSecret()];
      const secrets = [now, before];
      const headers = sign(scheme, now, body);
      assert.equal(judge(scheme, headers, body, secrets), true);
      assert.equal(judge(scheme, sign(scheme, before, body), body, secrets), true);
      assert.equal(judge(scheme, sign(scheme, stranger, body), body, secrets), false);
      assert.equal(judge(scheme, {}, body, secrets), false);
      assert.equal(judge(scheme, headers, body, []), false, 'a hook without a secret is closed');
      const signsBody = scheme === 'hub' || scheme === 'standard';
      if (signsBody && other !== body) assert.equal(judge(scheme, headers, other, secrets), false);
      for (const name of Object.keys(headers)) {
        const { [name]: value = '', ...rest } = headers;
        assert.equal(judge(scheme, rest, body, secrets), false, name);
        assert.equal(judge(scheme, { ...rest, [name]: value.slice(0, -1) }, body, secrets), false, name);
      }
    }),
    { numRuns: 100 },
  );
});

test('headers that are no such headers are not listened to: before the body is read', () => {
  const secret = hookSchemes.standard.newSecret();
  const good = sign('standard', secret, '{}');
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { ...good, 'webhook-id': '' },
    { ...good, 'webhook-id': 'x'.repeat(257) },
    { ...good, 'webhook-timestamp': `${seconds(0)}.5` },
    { ...good, 'webhook-timestamp': '1e9' },
    { ...good, 'webhook-timestamp': 'NaN' },
    { ...good, 'webhook-signature': 'v2,abc' },
    { ...good, 'webhook-signature': `${'v2,x '.repeat(10)}${good['webhook-signature']}` },
  ];
  for (const headers of wrong)
    assert.equal(hookSchemes.standard.admits({ header: reader(headers), now: at, secrets: [secret] }), false);
  for (const signature of ['', 'sha1=ab', `sha256=${'0'.repeat(63)}`, `sha256=${'z'.repeat(64)}`])
    assert.equal(
      hookSchemes.hub.admits({ header: reader({ 'x-hub-signature': signature }), now: at, secrets: [secret] }),
      false,
    );
});
