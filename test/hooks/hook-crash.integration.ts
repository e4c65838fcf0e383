// The receiver killed between its 200 and staging, and at any other moment: every event that was accepted is in bronze, once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { renderDelivery } from '@tessera/demo';
import { asOf, smallWorld } from '../vendors/small-world.ts';
import { newHome, openReceiver } from './receiver.ts';
import { hubHeaders, post, standardHeaders } from './sign.ts';

const kills = Number(process.env.TESSERA_TEST_KILLS ?? 4);

test(`attack 154: killed ${kills} times, no accepted event is lost or doubled`, async (t) => {
  const home = await newHome();
  t.after(() => rm(home, { recursive: true, force: true }));
  const first = await openReceiver(home);
  const { hook, secret } = await first.registry.create(first.tenant, 'okta');
  await first.poll();
  await first.close();

  const accepted: string[] = [];
  for (let round = 0; round < kills; round++) {
    // The first dies right after its 200, with nothing staged; the others between 0 and 3 s after they opened.
    const child = await start(home, hook, round === 0 ? 'asleep' : 'awake');
    const dies = round === 0 ? undefined : setTimeout(() => child.kill(), (round * 997) % 3000);
    for (let n = 0; n < 400 && !child.isGone(); n++) {
      const uuids = [0, 1, 2].map((i) => `kill-${round}-${n}-${i}`);
      const status = await deliver(child.url, secret, uuids).catch(() => 0);
      if (status === 200) accepted.push(...uuids);
      if (round === 0) child.kill();
    }
    child.kill();
    await child.gone;
    clearTimeout(dies);
  }

  const last = await openReceiver(home);
  try {
    await last.runArrived();
    assert.equal((await last.lake.inbox.waiting()).deliveries, 0);
    const rows = await last.bronze("select uuid, count(*) as n from bronze where uuid like 'kill-%' group by uuid");
    const found = new Map(rows.map(({ uuid, n }) => [String(uuid), Number(n)]));
    assert.deepEqual(
      accepted.filter((uuid) => found.get(uuid) !== 1),
      [],
      'each accepted event is there once',
    );
    assert.deepEqual(
      [...found].filter(([, n]) => n !== 1),
      [],
    );
    const [served] = await last.gold("select count(*) as n from fact_auth_event where event_id like 'kill-%'");
    assert.equal(Number(served?.n), found.size, 'and in the served copy');
    assert.ok(accepted.length > kills, `${accepted.length} accepted`);
    process.stdout.write(`${kills} kills, ${accepted.length} events accepted, ${found.size} found once\n`);
  } finally {
    await last.close();
  }
});

test('killed right after its 200, a pushed document is in bronze and a wake-up still has its source asked', async (t) => {
  const home = await newHome();
  t.after(() => rm(home, { recursive: true, force: true }));
  const sources = ['elasticsearch', 'jira'] as const;
  const first = await openReceiver(home, smallWorld(), sources);
  const pushes = await first.registry.create(first.tenant, 'elasticsearch');
  const wakes = await first.registry.create(first.tenant, 'jira');
  await first.poll();
  const text = JSON.stringify({ ...JSON.parse(first.world.elasticsearch.documents.json(0)), _id: 'kill-1' });
  await first.close();

  const child = await start(home, pushes.hook, 'asleep', sources);
  const pushed = await post(child.url, text, standardHeaders(pushes.secret, text));
  const webhook = JSON.stringify({ timestamp: Date.parse(asOf), webhookEvent: 'jira:issue_updated' });
  const jira = child.url.replace(`elasticsearch/${pushes.hook}`, `jira/${wakes.hook}`);
  const woken = await post(jira, webhook, hubHeaders(wakes.secret, webhook));
  child.kill();
  await child.gone;
  assert.deepEqual([pushed.status, woken.status], [200, 200]);

  const last = await openReceiver(home, smallWorld(), sources);
  try {
    assert.equal((await last.lake.inbox.waiting()).deliveries, 2);
    await last.runArrived();
    assert.equal((await last.lake.inbox.waiting()).deliveries, 0);
    const counted = "select count(*) as n from bronze where id = 'kill-1'";
    const [found] = await last.bronze(counted, 'elasticsearch', 'auth_logs');
    assert.equal(Number(found?.n), 1);
    assert.ok(last.asked.some((url) => url.startsWith('/jira/')));
    assert.ok(!last.asked.some((url) => url.startsWith('/elastic/')));
  } finally {
    await last.close();
  }
});

async function deliver(url: string, secret: string, uuids: readonly string[]): Promise<number> {
  const events = uuids.map((uuid) =>
    JSON.stringify({
      ...{ uuid, published: asOf, eventType: 'user.session.start', outcome: { result: 'SUCCESS' } },
      actor: { id: '00u1', type: 'User', alternateId: 'ada@acme.example', displayName: 'Ada' },
    }),
  );
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: secret },
    body: renderDelivery(events, new Date(asOf)),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Resolves when it has told its address. */
function start(home: string, hook: string, mode: string, sources: readonly string[] = ['okta']) {
  const child = spawn(process.execPath, [
    path.join(import.meta.dirname, 'receiver-child.ts'),
    home,
    hook,
    mode,
    sources.join(),
  ]);
  let problems = '';
  child.stderr.on('data', (text) => (problems += text));
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return new Promise<{ url: string; gone: Promise<void>; kill: () => void; isGone: () => boolean }>(
    (resolve, reject) => {
      child.stdout.once('data', (text) =>
        resolve({
          url: String(text).trim(),
          gone,
          kill: () => void child.kill('SIGKILL'),
          isGone: () => child.exitCode !== null || child.signalCode !== null,
        }),
      );
      void gone.then(() => reject(new Error(problems)));
    },
  );
}
