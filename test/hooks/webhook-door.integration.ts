// The webhook door for a tenant's own systems: documents of Elasticsearch in every shape that senders have, and webhooks of Jira, which only wake.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Json } from '@tessera/demo';
import { openLedger } from '@tessera/pipeline';
import { asOf, smallWorld } from '../vendors/small-world.ts';
import { newHome, openReceiver, type Receiver } from './receiver.ts';
import { hubHeaders, post, standardHeaders } from './sign.ts';

const minute = 60_000;
const plain = smallWorld();
const { documents } = plain.elasticsearch;
const known = 250;
/** When 250 documents were stored; document i was 400 - i minutes before asOf. */
const early = new Date(Date.parse(asOf) - (400 - known + 1) * minute);
const changedAt = new Date(early.getTime() + 5 * minute);
const goneAt = new Date(early.getTime() + 30 * minute);
const issue = (updated: Date, status: string): Json => ({
  id: '20000',
  key: 'OPS-900',
  fields: {
    summary: 'One',
    created: '2026-01-01T00:00:00.000+0000',
    updated: updated.toISOString().replace('Z', '+0000'),
    resolutiondate: null,
    project: { id: '1', key: 'OPS', name: 'Operations' },
    status: { id: '3', name: status, statusCategory: { id: 4, key: 'indeterminate', name: 'x' } },
    issuetype: { id: '1', name: 'Task', subtask: false },
  },
});
const created = new Date('2026-01-01T00:00:00Z');
const world = smallWorld({
  jira: {
    ...plain.jira,
    issues: [
      ...plain.jira.issues.slice(0, 5),
      {
        id: '20000',
        versions: [
          { from: created.toISOString(), record: issue(created, 'Old') },
          { from: changedAt.toISOString(), record: issue(changedAt, 'New') },
          { from: goneAt.toISOString(), record: undefined },
        ],
      },
    ],
  },
});

let home: string;
let receiver: Receiver;
let elastic: { readonly url: string; readonly secret: string };
let jira: { readonly url: string; readonly secret: string };
let bearer: { readonly url: string; readonly secret: string };
before(async () => {
  home = await newHome();
  receiver = await openReceiver(home, world, ['elasticsearch', 'jira']);
  receiver.sleep(true);
  receiver.clock.set(early);
  const { registry, tenant } = receiver;
  const one = await registry.create(tenant, 'elasticsearch');
  const other = await registry.create(tenant, 'jira');
  assert.deepEqual([one.scheme, other.scheme], ['standard', 'hub']);
  elastic = { url: receiver.urlOf(one.hook, 'elasticsearch'), secret: one.secret };
  jira = { url: receiver.urlOf(other.hook, 'jira'), secret: other.secret };
  const third = await registry.create(tenant, 'elasticsearch', 'bearer');
  bearer = { url: receiver.urlOf(third.hook, 'elasticsearch'), secret: third.secret };
  await receiver.poll();
});
after(async () => {
  await receiver.close();
  await rm(home, { recursive: true, force: true });
});

const count = async (where = 'true') =>
  Number(
    (await receiver.bronze(`select count(*) as n from bronze where ${where}`, 'elasticsearch', 'auth_logs'))[0]?.n,
  );
const waiting = async () => (await receiver.lake.inbox.waiting()).deliveries;
const push = (body: string, id?: string) =>
  post(elastic.url, body, standardHeaders(elastic.secret, body, id === undefined ? {} : { id }));
const wake = (webhookEvent: string, more: object = {}) => {
  const body = JSON.stringify({ timestamp: receiver.clock().getTime(), webhookEvent, ...more });
  return post(jira.url, body, hubHeaders(jira.secret, body));
};
const asked = (mount: string) => receiver.asked.filter((url) => url.startsWith(`/${mount}/`)).length;

test('documents pushed one by one, as an array, as lines or as a search answer are rows, once, without the vendor being asked', async () => {
  const texts = Array.from({ length: 50 }, (_, i) => documents.json(known + i));
  const bodies: readonly (readonly [string, string])[] = [
    [texts[0] ?? '', 'application/json'],
    [JSON.stringify(JSON.parse(texts[1] ?? ''), null, 2), 'application/json'],
    [`[${texts.slice(2, 20).join(',')}]`, 'application/json'],
    [`${texts.slice(20, 40).join('\n')}\n`, 'application/x-ndjson'],
    // The last ones a second time, too.
    [`{"took":1,"hits":{"total":{"value":15},"hits":[${texts.slice(35).join(',')}]}}`, 'application/json'],
  ];
  const before = asked('elastic');
  for (const [body, type] of bodies) {
    const headers = { ...standardHeaders(elastic.secret, body), 'content-type': type };
    const { status, text } = await post(elastic.url, body, headers);
    assert.equal(status, 200, text);
  }
  assert.deepEqual([await waiting(), await count()], [5, known]);
  await receiver.runArrived();
  assert.deepEqual([asked('elastic'), await waiting(), await count()], [before, 0, known + 50]);
  receiver.clock.set(asOf);
  await receiver.poll();
  assert.ok(asked('elastic') > before);
  assert.equal(await count(), documents.length, 'the poll found the same fifty and doubled none');
  const [served] = await receiver.gold('select count(*) as n, count(distinct event_id) as ids from fact_auth_event');
  assert.deepEqual([Number(served?.n), Number(served?.ids)], [documents.length, documents.length]);
  receiver.clock.set(changedAt);
});

test('the ledger says how many documents were received by hook, and balances', async () => {
  const entries = await openLedger(receiver.lake).entries(20);
  const lines = entries.flatMap((entry) => entry.lines).filter(({ object }) => object === 'auth_logs');
  const received = lines.map(({ added }) => added['received by hook'] ?? 0);
  assert.equal(
    received.reduce((sum, n) => sum + n, 0),
    55,
  );
  assert.deepEqual(
    entries.filter(({ balanced }) => !balanced),
    [],
  );
});

test('the same webhook-id with the same bytes costs nothing, with other bytes it is news', async () => {
  const [body, other] = ['dup-1', 'dup-2'].map((id) =>
    JSON.stringify({ ...JSON.parse(documents.json(0)), _id: id }),
  ) as [string, string];
  for (let i = 0; i < 3; i++) assert.equal((await push(body, 'msg_same')).status, 200);
  assert.equal((await push(other, 'msg_same')).status, 200);
  assert.equal(await waiting(), 2);
  await receiver.runArrived();
  assert.equal((await push(body, 'msg_same')).status, 200);
  assert.deepEqual([await waiting(), await count("id like 'dup-%'")], [0, 2]);
});

test('attack 154: what is not verified is 401 and empty in every scheme, and nothing of it is kept', async () => {
  const { registry, tenant } = receiver;
  const body = documents.json(1);
  const at = Math.floor(Date.now() / 1000);
  const moved = JSON.stringify({
    timestamp: receiver.clock().getTime() - 7_300_000,
    webhookEvent: 'jira:issue_updated',
  });
  const wrong: readonly (readonly [string, string, string, Record<string, string>])[] = [
    ['no signature', elastic.url, body, {}],
    ['another secret', elastic.url, body, standardHeaders(`whsec_${'A'.repeat(43)}=`, body)],
    ['another body', elastic.url, body, standardHeaders(elastic.secret, `${body} `)],
    ['too old', elastic.url, body, standardHeaders(elastic.secret, body, { at: at - 400 })],
    ['ahead', elastic.url, body, standardHeaders(elastic.secret, body, { at: at + 400 })],
    ['the secret itself', elastic.url, body, { authorization: elastic.secret }],
    ['no bearer', bearer.url, body, { authorization: bearer.secret }],
    ['another bearer', bearer.url, body, { authorization: `Bearer ${bearer.secret}x` }],
    ['a scheme that the hook has not', bearer.url, body, standardHeaders(bearer.secret, body)],
    ['Jira, another body', jira.url, '{}', hubHeaders(jira.secret, '{ }')],
    ['Jira, no signature', jira.url, '{}', {}],
    ['Jira, over two hours old', jira.url, moved, hubHeaders(jira.secret, moved)],
  ];
  for (const [name, url, sent, headers] of wrong) {
    const { status, text } = await post(url, sent, headers);
    assert.deepEqual([status, text], [401, ''], name);
  }
  const right = await post(bearer.url, body, { authorization: `Bearer ${bearer.secret}` });
  assert.equal(right.status, 200, right.text);
  const nowhere = await post(jira.url.replace('/jira/', '/elasticsearch/'), '{}', hubHeaders(jira.secret, '{}'));
  assert.equal(nowhere.status, 404);
  const challenge = await fetch(jira.url, { headers: { 'x-okta-verification-challenge': 'x' } });
  assert.equal(challenge.status, 404, 'only Okta asks an address to prove itself');
  await receiver.runArrived();
  assert.equal(await waiting(), 0);
  await assert.rejects(registry.create(tenant, 'jira', 'authorization'), { code: 'HOOK_SCHEME_UNSUPPORTED' });
});

test('what is no document is 400, says where and not what; too large is 413; a flood is 429 with when to come again', async () => {
  const good = JSON.parse(documents.json(2)) as Json;
  const wrong: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['an empty array', '[]'],
    ['no _id', JSON.stringify({ ...good, _id: undefined })],
    ['no _index', `${JSON.stringify(good)}\n${JSON.stringify({ ...good, _index: '' })}`],
    ['no _source', JSON.stringify({ ...good, _source: 's3cret' })],
    ['another category', JSON.stringify({ ...good, _source: { event: { category: ['s3cret'] } } })],
    ['half a line', `${JSON.stringify(good)}\n{"_index":"s3cret`],
    ['too deep', '['.repeat(100) + ']'.repeat(100)],
  ];
  for (const [name, body] of wrong) {
    const { status, text } = await push(body);
    assert.equal(status, 400, `${name}: ${text}`);
    assert.doesNotMatch(text, /s3cret/, name);
  }
  for (const body of ['{}', '{"timestamp":1,"webhookEvent":"<script>"}', '[]'])
    assert.equal((await post(jira.url, body, hubHeaders(jira.secret, body))).status, 400, body);
  assert.equal((await push(JSON.stringify({ ...good, x: 'x'.repeat(1_100_000) }))).status, 413);
  assert.equal(await waiting(), 0);

  receiver.pass(60_000);
  const flood = await Promise.all(
    Array.from({ length: 230 }, (_, i) => push(JSON.stringify({ ...good, _id: `flood-${i}` }))),
  );
  const taken = flood.filter(({ status }) => status === 200).length;
  const refused = flood.filter(({ status }) => status === 429);
  assert.deepEqual([taken + refused.length, await waiting()], [230, taken]);
  assert.ok(taken > 0 && refused.length > 0, `${taken} taken`);
  for (const { wait } of refused) assert.ok(Number(wait) >= 1, `${wait}`);
  receiver.pass(60_000);
  await receiver.runArrived();
  assert.equal(await count("id like 'flood-%'"), taken);
});

test('a webhook of Jira has Jira asked, and nobody else; what it says is not believed, and nothing of it is kept', async () => {
  const before = [asked('jira'), asked('elastic')];
  const forged = { issue: { id: '66666', key: 'OPS-666', fields: { summary: 'forged', status: { name: 'Forged' } } } };
  assert.equal((await wake('jira:issue_updated', forged)).status, 200);
  const [kept] = await receiver.lake.inbox.list('jira', 'wake-up', 10);
  assert.doesNotMatch(Buffer.from(kept?.body ?? []).toString(), /forged|OPS|updated/i);
  await receiver.runArrived();
  assert.equal(await waiting(), 0);
  const rows = await receiver.bronze('select id, status_name from bronze', 'jira', 'issues');
  assert.deepEqual(
    rows.filter(({ id }) => id === '20000').map(({ status_name }) => status_name),
    ['Old', 'New'],
  );
  assert.equal(rows.filter(({ id }) => id === '66666').length, 0);
  assert.ok(asked('jira') > Number(before[0]));
  assert.equal(asked('elastic'), before[1], 'no other source is asked');
  const [served] = await receiver.gold("select status from fact_issue where issue_id = '20000'");
  assert.equal(served?.status, 'New');
});

test('a wake-up outlives a vendor that is away: it waits until the source was asked', async () => {
  receiver.refuse(true);
  assert.equal((await wake('jira:issue_updated', { n: 1 })).status, 200);
  await receiver.runArrived();
  assert.equal(await waiting(), 1);
  receiver.refuse(false);
  await receiver.runArrived();
  assert.equal(await waiting(), 0);
});

test('a webhook of a deletion has the whole of Jira listed: the issue is gone at once', async () => {
  receiver.clock.set(goneAt);
  assert.equal((await wake('jira:issue_deleted')).status, 200);
  await receiver.runArrived();
  const gone = await receiver.bronze('select id from bronze where _deleted', 'jira', 'issue_ids');
  assert.deepEqual(
    gone.map(({ id }) => id),
    ['20000'],
  );
  assert.equal(await waiting(), 0);
});

const lacksTools = ['openssl', 'curl', 'od'].filter((tool) => spawnSync(tool, ['--help']).error !== undefined);
test('what the guide says to run pushes a document', {
  skip: lacksTools.length > 0 && `there is no ${lacksTools.join()}`,
}, async () => {
  const guide = path.join(import.meta.dirname, '..', '..', 'docs', 'how-to', 'webhooks.md');
  const script = [...(await readFile(guide, 'utf8')).matchAll(/```sh\n([^`]*)```/g)]
    .map(([, code = '']) => code)
    .find((code) => code.includes('webhook-signature'));
  assert.ok(script);
  receiver.pass(60_000);
  const body = JSON.stringify({ ...JSON.parse(documents.json(3)), _id: 'guide-1' });
  const env = { ...process.env, no_proxy: '127.0.0.1', URL: elastic.url, SECRET: elastic.secret, BODY: body };
  const { stdout } = await promisify(execFile)('bash', ['-ec', script], { env });
  assert.equal(stdout.trim(), '200');
  await receiver.runArrived();
  assert.equal(await count("id = 'guide-1'"), 1);
});
