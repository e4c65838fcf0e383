// Attack 14: this machine's clock and an issuer's differ. Tokens are held to 30 seconds either way, and somebody hears of it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock, type TesseraEvent } from '@tessera/base';
import { createTokenVerifier, type Issuer } from './index.ts';
import { makeKey, signText, startIssuer } from './scripted-issuer.case.ts';

const minute = 60_000;

/** Asks with a token made by the issuer's clock, which is ours but for `aheadMs` of this machine. */
async function asked(t: TestContext, aheadMs: number, behind: object = {}) {
  const issuer = await startIssuer(behind);
  t.after(() => issuer.close());
  const key = await makeKey('k1');
  issuer.publish([key.jwk]);
  const trusted: Issuer = { issuer: issuer.url, audience: 'api://tessera', clients: ['app'], tenants: '*' };
  const heard: TesseraEvent[] = [];
  const verify = createTokenVerifier({
    issuers: [trusted],
    now: fixedClock(new Date(Date.now() + aheadMs)),
    observe: (event) => void heard.push(event),
  });
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { sub: 'u1', iss: issuer.url, aud: 'api://tessera', client_id: 'app', tenant_id: 'acme-corp' };
  const made = { ...claims, groups: ['analyst'], iat: seconds, exp: seconds + 240 };
  const status = await verify(await signText(JSON.stringify(made), key)).then(
    () => 200,
    (error: { status: number }) => error.status,
  );
  const skews = heard.flatMap((event) => (event.event === 'clock.compared' ? [event] : []));
  return { status, skews };
}
const near = (ms: number, wanted: number) => assert.ok(Math.abs(ms - wanted) < 25_000, `${ms} is not about ${wanted}`);

test('attack 14: five minutes behind, the token of the future is refused, and both of its signs are told', async (t) => {
  const { status, skews } = await asked(t, -5 * minute);
  assert.equal(status, 401);
  assert.deepEqual(
    skews.map(({ by }) => by),
    ['answer', 'token'],
  );
  for (const { ms } of skews) near(ms, -5 * minute);
});

test('attack 14: five minutes ahead, the token that has ended by then is refused, and the skew is told', async (t) => {
  const { status, skews } = await asked(t, 5 * minute);
  assert.equal(status, 401);
  assert.deepEqual(
    skews.map(({ by }) => by),
    ['answer'],
  );
  near(skews[0]?.ms ?? 0, 5 * minute);
});

test('attack 14: clocks that agree let the token in and say so, which ends an alarm', async (t) => {
  const { status, skews } = await asked(t, 0);
  assert.equal(status, 200);
  near(skews[0]?.ms ?? Number.NaN, 0);
});

test('attack 14: an answer that a cache has kept is as old as it says, and no clock is wrong', async (t) => {
  const headers = { date: new Date(Date.now() - 10 * minute).toUTCString(), age: '600' };
  const { status, skews } = await asked(t, 0, headers);
  assert.equal(status, 200);
  near(skews[0]?.ms ?? Number.NaN, 0);
});
