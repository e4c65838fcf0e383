// Okta's event hooks, from the vendor's door to the served copy: who may deliver, what 200 means, and that an event is there once whichever way it came.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createOktaEventHook, renderDelivery } from '@tessera/demo';
import { openLedger } from '@tessera/pipeline';
import { asOf, smallWorld } from '../vendors/small-world.ts';
import { newHome, openReceiver, type Receiver } from './receiver.ts';

const world = smallWorld();
const { log } = world.okta;
/** What Okta had an hour and fifty minutes before now: the last 50 events are news. */
const known = log.length - 50;
const before50 = new Date(Date.parse(asOf) - 3_600_000 - 50 * 60_000);

let home: string;
let receiver: Receiver;
let address: string;
let secret: string;
before(async () => {
  home = await newHome();
  receiver = await openReceiver(home, world);
  const made = await receiver.registry.create(receiver.tenant, 'okta');
  address = receiver.urlOf(made.hook);
  secret = made.secret;
});
after(async () => {
  await receiver.close();
  await rm(home, { recursive: true, force: true });
});

const eventText = (uuid: string, more: object = {}): string =>
  JSON.stringify({ ...JSON.parse(log.json(0)), uuid, published: receiver.clock().toISOString(), ...more });
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}, url = address) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: secret, ...headers },
    body,
  });
const count = async (where = 'true') =>
  Number((await receiver.bronze(`select count(*) as n from bronze where ${where}`))[0]?.n);
const waiting = async () => (await receiver.lake.inbox.waiting()).deliveries;

test('before the first release what arrives waits for the rest, and then nothing of it is lost', async () => {
  receiver.clock.set(before50);
  const early = await post(renderDelivery([log.json(known - 1)], receiver.clock()));
  assert.equal(early.status, 200);
  await receiver.runArrived();
  assert.equal(await receiver.lake.releases.latest(), undefined);
  assert.equal(await waiting(), 1);
  await receiver.poll();
  assert.equal(await count(), known);
  await receiver.runArrived();
  assert.deepEqual([await waiting(), await count()], [0, known], 'the poll had it already');
});

test('an event of the vendor is in the answers without the vendor being asked, and the poll after it doubles nothing (attack 137)', async () => {
  receiver.clock.set(asOf);
  const hook = createOktaEventHook({ url: address, secret, now: receiver.clock });
  assert.equal(await hook.verify(), true);
  const { asked, turns } = receiver;
  const before = [asked.length, turns.length];
  receiver.sleep(true);
  // Out of order, and each twice.
  assert.deepEqual(await hook.deliver(log, known + 25, log.length), [200]);
  assert.deepEqual(await hook.deliver(log, known, known + 25), [200]);
  assert.deepEqual(await hook.deliver(log, known, log.length), [200]);
  receiver.sleep(false);
  assert.equal(await waiting(), 3);
  await receiver.runArrived();
  assert.deepEqual(
    [asked.length, turns.length],
    [before[0], Number(before[1]) + 1],
    'one turn, no request to the vendor',
  );
  assert.equal(await waiting(), 0);
  assert.deepEqual([await count(), await count('_page is not null')], [log.length, log.length]);
  const [served] = await receiver.gold('select count(*) as n, count(distinct event_id) as ids from fact_auth_event');
  assert.deepEqual([Number(served?.n), Number(served?.ids)], [log.length, log.length]);

  const release = (await receiver.lake.releases.latest())?.number;
  await receiver.poll();
  assert.ok(asked.length > Number(before[0]), 'now the vendor was asked, and gave the same events');
  assert.equal(await count(), log.length);
  assert.equal((await receiver.lake.releases.latest())?.number, release, 'and the release is the same');
});

test('the ledger says that they were received by hook, and which of them it had', async () => {
  const entries = await openLedger(receiver.lake).entries(20);
  const lines = entries.flatMap((entry) => entry.lines).filter(({ object }) => object === 'log');
  const byHook = lines.filter(({ added }) => added['received by hook'] !== undefined);
  assert.ok(byHook.length > 0);
  for (const { hop, from, to, added, unexplained } of byHook) {
    assert.deepEqual([hop, from, unexplained], ['source-raw', 0, 0]);
    assert.equal(added['received by hook'], to);
  }
  // 100 came by hook in that run, 50 of them for the second time.
  const told = lines.filter(({ hop, reasons }) => hop === 'raw-bronze' && reasons.duplicate === 50);
  assert.ok(told.length > 0, JSON.stringify(lines.map(({ hop, reasons }) => [hop, reasons])));
  assert.deepEqual(
    entries.filter(({ balanced }) => !balanced),
    [],
  );
});

test('attack 154: without the secret, with another, or with one that is almost it, the answer is 401 and empty', async () => {
  const delivery = renderDelivery([eventText('forged')], receiver.clock());
  const wrong = ['', 'x', secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), `Bearer ${secret}`];
  for (const authorization of wrong) {
    const answer = await post(delivery, { authorization });
    assert.deepEqual([answer.status, await answer.text()], [401, ''], authorization.length.toString());
  }
  assert.equal(await waiting(), 0);
});

test('attack 154: what is too old, or of a time to come, is 401 and empty, however well it is signed', async () => {
  const at = (ms: number) => renderDelivery([eventText('old')], new Date(receiver.clock().getTime() + ms));
  for (const ms of [-3_600_001, -86_400_000, 300_001]) {
    const answer = await post(at(ms));
    assert.deepEqual([answer.status, await answer.text()], [401, ''], `${ms}`);
  }
  assert.equal(await waiting(), 0);
});

test('a hook that is not there is answered as any place that is not: unknown, of another source, removed', async () => {
  const delivery = renderDelivery([eventText('nowhere')], receiver.clock());
  const unknown = '0'.repeat(32);
  for (const url of [receiver.urlOf(unknown), address.replace('/okta/', '/jira/'), receiver.urlOf('__proto__')]) {
    const answer = await post(delivery, {}, url);
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [404, 'ROUTE_UNKNOWN']);
    const challenge = await fetch(url, { headers: { 'x-okta-verification-challenge': 'x' } });
    assert.equal(challenge.status, 404);
  }
  assert.doesNotMatch(JSON.stringify(receiver.events), new RegExp(unknown), 'and no event says what was asked for');
});

test('what is no delivery is 400, says where and not what, and nothing of it is kept', async () => {
  const good = JSON.parse(renderDelivery([eventText('a')], receiver.clock())) as { data: { events: object[] } };
  const bodies: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, Readonly<Record<string, string>>?])[] = [
    ['no JSON', '{"data":'],
    ['a list', '[]'],
    ['no events', JSON.stringify({ ...good, data: { events: [] } })],
    [
      'an event without a uuid',
      JSON.stringify({ ...good, data: { events: [{ published: asOf, eventType: 's3cret' }] } }),
    ],
    ['a time that is none', renderDelivery([eventText('b', { published: 's3cret' })], receiver.clock())],
    ['no time of sending', JSON.stringify({ data: good.data })],
    ['too deep', renderDelivery([`{"uuid":"d","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`], receiver.clock())],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['another type', JSON.stringify(good), { 'content-type': 'text/plain' }],
    ['no type', JSON.stringify(good), { 'content-type': '' }],
    ['packed', JSON.stringify(good), { 'content-encoding': 'gzip' }],
  ];
  for (const [name, body, headers] of bodies) {
    const answer = await post(body, headers);
    const text = await answer.text();
    assert.equal(answer.status, 400, `${name}: ${text}`);
    assert.doesNotMatch(text, /s3cret/, name);
  }
  const large = await post(renderDelivery([eventText('c', { debugContext: 'x'.repeat(1_000_000) })], receiver.clock()));
  assert.equal(large.status, 413);
  const noChallenge = await fetch(address);
  assert.equal(noChallenge.status, 400);
  const put = await fetch(address, { method: 'PUT', headers: { authorization: secret }, body: '{}' });
  assert.equal(put.status, 404);
  assert.equal(await waiting(), 0);
});

test('attack 154: a replay while the first waits is one delivery, and one after it adds nothing', async () => {
  receiver.sleep(true);
  const rows = await count();
  const delivery = renderDelivery([eventText('replayed')], receiver.clock());
  for (let i = 0; i < 5; i++) assert.equal((await post(delivery)).status, 200);
  assert.equal(await waiting(), 1);
  await receiver.runArrived();
  assert.equal(await count(), rows + 1);
  assert.equal((await post(delivery)).status, 200);
  await receiver.runArrived();
  assert.deepEqual([await count(), await waiting()], [rows + 1, 0]);
});

test('a record that cannot be taken goes to quarantine, and the others of its delivery are there', async () => {
  const rows = await count();
  const bad = [1, 2, 3, 4, 5, 6].map((n) => eventText(`bad-${n}`, { actor: { id: { nested: true } } }));
  const delivery = renderDelivery([...bad, eventText('good')], receiver.clock());
  assert.equal((await post(delivery)).status, 200);
  await receiver.runArrived();
  assert.equal(await count(), rows + 1);
  assert.equal((await receiver.lake.quarantine.list()).filter(({ record }) => /bad-\d/.test(record)).length, 6);
  assert.equal(await waiting(), 0);
});

test('attack 154: a flood gets 429 and when to come again; each 200 of it is kept, and other refusals cost no disk', async () => {
  const { clock } = receiver;
  const answers = await Promise.all(
    // 10 kB each, more than are allowed at once.
    Array.from({ length: 260 }, (_, i) =>
      post(
        renderDelivery([eventText(`flood-${i}`, { debugContext: { debugData: { x: 'x'.repeat(9000) } } })], clock()),
      ).then(async (answer) => ({
        status: answer.status,
        wait: answer.headers.get('retry-after'),
        text: await answer.text(),
      })),
    ),
  );
  const taken = answers.filter(({ status }) => status === 200).length;
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(taken + refused.length, answers.length);
  assert.ok(refused.length > 0 && taken > 0, `${taken} taken`);
  for (const { wait } of refused) assert.ok(Number(wait) >= 1, `${wait}`);
  assert.equal(await waiting(), taken);
  await receiver.runArrived();
  assert.equal(await count("uuid like 'flood-%'"), taken);
  receiver.sleep(false);
});

test('an event that arrives wakes its tenant by itself, and is answered without anybody asking for a run', async (t) => {
  const { clock, turns } = receiver;
  const before = turns.length;
  const started = performance.now();
  // The flood used up what may come at once.
  receiver.pass(60_000);
  receiver.sleep(false);
  assert.equal((await post(renderDelivery([eventText('woken')], clock()))).status, 200);
  const served = async () =>
    Number((await receiver.gold("select count(*) as n from fact_auth_event where event_id = 'woken'"))[0]?.n);
  // Bounded only so that a tenant that is never woken fails here and not at the runner's end.
  for (let looks = 0; (await served()) === 0 && looks < 1200; looks++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.diagnostic(`${Math.round(performance.now() - started)} ms from the delivery to the answer`);
  assert.equal(await served(), 1);
  assert.deepEqual(
    turns.slice(before).filter((sources) => sources !== ''),
    [],
    'no input was asked',
  );
});

test('a rotated hook takes the old secret for a day more, and a removed one is gone', async () => {
  const { registry, tenant, clock } = receiver;
  const made = await registry.create(tenant, 'okta');
  const rotated = await registry.rotate(tenant, made.hook);
  assert.notEqual(rotated.secret, made.secret);
  await assert.rejects(registry.rotate(tenant, 'f'.repeat(32)), { code: 'HOOK_UNKNOWN' });
  const { createHookFinder } = await import('../../cli/hook-registry.ts');
  let ticks = 0;
  const { secrets } = receiver.lakes.keys;
  const needs = { secrets, tenants: [{ tenant, sources: ['okta' as const] }], now: clock, ticks: () => ticks };
  const finder = createHookFinder(needs);
  const hook = await finder.find('okta', made.hook);
  assert.deepEqual(
    [made.secret, rotated.secret, ''].map((given) => hook?.admits(() => given)),
    [true, true, false],
  );
  clock.set(new Date(clock().getTime() + 86_400_001));
  const later = await finder.find('okta', made.hook);
  assert.deepEqual(
    [made.secret, rotated.secret].map((given) => later?.admits(() => given)),
    [false, true],
  );
  clock.set(asOf);
  await registry.remove(tenant, made.hook);
  ticks += 5000;
  assert.equal(await finder.find('okta', made.hook), undefined);
  const elsewhere = createHookFinder({ ...needs, tenants: [{ tenant, sources: ['jira'] }] });
  assert.equal(await elsewhere.find('okta', rotated.hook), undefined, 'a source without a connection has no hooks');
  assert.doesNotMatch(JSON.stringify(await secrets.list(tenant)), new RegExp(rotated.secret));
});
