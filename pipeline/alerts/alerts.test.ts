// Alerts against real receivers: one alert for all tenants, told again and resolved, delivered once across restarts, and without a secret in any log.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedClock, must, parseTenant, type SourceName, type TesseraEvent } from '@tessera/base';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import type { StaleSource } from '../freshness/watch-freshness.ts';
import { type AlertBook, type BookSettings, settle, take } from './alert-book.ts';
import { openChannels, readAlertConfig } from './alert-config.ts';
import { openAlertStore } from './alert-store.ts';
import { createAlerter } from './alerter.ts';
import { type RuleName, ruleNames, ruleOf, signalsOf } from './rules.ts';

const start = Date.parse('2026-03-01T10:00:00Z');
const minute = 60_000;
const tenantOf = (n: number) => must(parseTenant(`tenant-${n}`));
const secretUrl = 'T0000-s3cret-path';

const settings: BookSettings = { groupMs: 30_000, widerMs: 5 * minute, againMs: 240 * minute, isSilenced: () => false };
const kinds = (told: ReturnType<typeof settle>) => told.notifications.map(({ kind }) => kind);

test('an outage that affects 300 tenants is one alert, told again when more join, while it stays and when it ends', () => {
  let book: AlertBook = {};
  const raise = (n: number, at: number) => {
    book = take(book, 'dead-letter', { isRaised: true, subject: 'okta', tenant: tenantOf(n) }, at);
  };
  for (let n = 0; n < 300; n++) raise(n, start + n * 50);
  const tell = (at: number) => {
    const told = settle(book, at, settings);
    book = told.book;
    return told;
  };
  assert.deepEqual(kinds(tell(start + 20_000)), [], 'the others are waited for');
  const first = tell(start + 31_000);
  assert.deepEqual(kinds(first), ['firing']);
  assert.deepEqual([first.notifications[0]?.tenantCount, first.notifications[0]?.tenants.length], [300, 20]);
  assert.deepEqual(kinds(tell(start + 32_000)), [], 'once');
  raise(999, start + minute);
  assert.deepEqual(kinds(tell(start + 2 * minute)), [], 'not for every single one');
  assert.deepEqual(kinds(tell(start + 6 * minute)), ['wider']);
  assert.deepEqual(kinds(tell(start + 246 * minute)), ['still']);
  for (const n of [999, ...Array(300).keys()])
    book = take(book, 'dead-letter', { isRaised: false, subject: 'okta', tenant: tenantOf(n) }, start + 300 * minute);
  const last = tell(start + 300 * minute);
  assert.deepEqual([kinds(last), last.notifications[0]?.tenantCount, last.book], [['resolved'], 301, {}]);
});

test('whatever comes in whatever order: nothing is told twice, and every alert that was told of is resolved in the end', () => {
  const step = fc.record({
    rule: fc.constantFrom(...ruleNames),
    isRaised: fc.boolean(),
    subject: fc.constantFrom('a', 'b'),
    n: fc.nat({ max: 3 }),
    wait: fc.integer({ min: 0, max: 400 * minute }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let book: AlertBook = {};
      let at = start;
      const open = new Map<string, number>();
      const ids = new Set<string>();
      const tell = () => {
        const told = settle(book, at, settings);
        for (const { id, alert, kind } of told.notifications) {
          assert.ok(!ids.has(id), 'each notification has an id of its own');
          ids.add(id);
          assert.equal(kind === 'firing', !open.has(alert), 'it begins with firing');
          if (kind === 'resolved') open.delete(alert);
          else open.set(alert, at);
        }
        book = told.book;
        assert.deepEqual(settle(book, at, settings).notifications, []);
      };
      for (const { rule, isRaised, subject, n, wait } of steps) {
        at += wait;
        book = take(book, rule, { isRaised, subject, tenant: tenantOf(n) }, at);
        tell();
      }
      for (const rule of ruleNames)
        for (const subject of ['a', 'b'])
          for (const n of [0, 1, 2, 3]) book = take(book, rule, { isRaised: false, subject, tenant: tenantOf(n) }, at);
      tell();
      assert.deepEqual([book, open.size], [{}, 0]);
    }),
    { numRuns: 200 },
  );
});

const tenant = tenantOf(1);
const run = { tenant, run: 'r' };
const failed = { ...run, event: 'run.failed', message: 'm' } as const;
const ended = { ...run, event: 'run.ended', release: 1, changed: false, ms: 1 } as const;
const unbalanced = { ...run, event: 'ledger.unbalanced', object: 'o', date: 'd', unexplained: 1, lines: 1 } as const;
const staged = { event: 'rows.staged', tenant, source: 'okta', stream: 'log', version: 1 } as const;
const checked = { event: 'source.checked', tenant, source: 'okta', served: true, checkedAt: 1 } as const;
const source = { event: 'source.failed', tenant, source: 'okta', stream: 'log', message: 'm' } as const;
/** Event, and the rules that it raises (+) or clears (-). */
const table: readonly [TesseraEvent, readonly string[]][] = [
  [{ ...failed, stage: 'merge', code: 'INTERNAL' }, ['+run-failed']],
  [{ ...failed, stage: 'merge', code: 'LEASE_LOST' }, ['+lease-lost']],
  [{ ...failed, stage: 'merge', code: 'STORE_FULL' }, ['+run-failed', '+store-full']],
  [{ ...failed, stage: 'reconcile', code: 'INTERNAL' }, ['+run-failed']],
  [{ ...failed, stage: 'reconcile', code: 'STORE_FULL' }, ['+run-failed', '+store-full']],
  [{ ...failed, stage: 'reconcile', code: 'LEDGER_UNBALANCED' }, ['+run-failed', '+ledger-unbalanced']],
  [{ ...failed, stage: 'notify', code: 'COPY_DIFFERS' }, ['+run-failed', '+ledger-unbalanced']],
  [{ ...unbalanced, hop: 'gold-served' }, ['+ledger-unbalanced']],
  [{ ...unbalanced, hop: 'raw-bronze' }, ['+ledger-unbalanced']],
  [{ ...run, event: 'ledger.balanced' }, ['-ledger-unbalanced']],
  [ended, ['-run-failed', '-ledger-unbalanced']],
  [{ ...source, code: 'VENDOR_UNAVAILABLE' }, ['+dead-letter']],
  [{ ...checked, end: 'complete' }, ['-dead-letter']],
  [{ ...checked, end: 'failed' }, []],
  [{ event: 'records.foreign', tenant, source: 'okta', stream: 'log', records: 1 }, ['+foreign-records']],
  [{ ...staged, rows: 90, quarantined: 10 }, ['+quarantine-grows']],
  [{ ...staged, rows: 90, quarantined: 9 }, []],
  [{ ...staged, rows: 90, quarantined: 0 }, ['-quarantine-grows']],
  [{ event: 'audit.failed', tenant, code: 'STORE_FULL', waiting: 1 }, ['+audit-unavailable']],
  [{ event: 'audit.lost', tenant, records: 1 }, ['+audit-unavailable']],
  [{ event: 'canary.checked', tenant, right: false, step: 'answer', ms: 1 }, ['+canary-wrong']],
  [{ event: 'canary.checked', tenant, right: true, step: 'answer', ms: 1 }, ['-canary-wrong']],
  [{ event: 'policy.differs', processes: 2 }, ['+policies-differ']],
  [{ event: 'policy.agrees' }, ['-policies-differ']],
  [{ event: 'clock.jumped', ms: 3_600_000 }, ['+clock-skew']],
  [{ event: 'request.refused', tenant, route: '/', code: 'ISSUER_UNAVAILABLE' }, ['+issuer-unavailable']],
  [{ event: 'request.refused', tenant, route: '/', code: 'TOKEN_INVALID' }, []],
];
test('which event raises and clears which rule', () => {
  const raised = new Set<string>(['source-stale']);
  for (const [event, expected] of table) {
    const said = [...signalsOf(event)].map(([rule, { isRaised }]) => `${isRaised ? '+' : '-'}${rule}`);
    assert.deepEqual(said, expected, JSON.stringify(event));
    for (const one of said) if (one.startsWith('+')) raised.add(one.slice(1));
  }
  assert.deepEqual([...raised].sort(), [...ruleNames].sort(), 'every rule is in the table');
});

test('three failed runs in a row wake somebody, two and a good one do not; what nobody clears ends by itself', () => {
  const rule: RuleName = 'run-failed';
  let book: AlertBook = {};
  const say = (isRaised: boolean, at: number) => {
    book = take(book, rule, { isRaised, subject: 'runs', tenant }, at);
    const told = settle(book, at, { ...settings, groupMs: 0 });
    book = told.book;
    return kinds(told);
  };
  const said = [true, true, false, true, true, true].map((isRaised, n) => say(isRaised, start + n * minute));
  assert.deepEqual(said, [[], [], [], [], [], ['firing']]);
  book = take({}, 'lease-lost', { isRaised: true, subject: 'lease', tenant }, start);
  book = settle(book, start + 31_000, settings).book;
  const quiet = ruleOf('lease-lost').quietMs ?? 0;
  assert.deepEqual(kinds(settle(book, start + quiet - 1, settings)), []);
  assert.deepEqual(kinds(settle(book, start + quiet, settings)), ['resolved']);
});

interface Received {
  readonly id: string;
  readonly kind?: string;
  readonly body: string;
  readonly signature: string | undefined;
}

/** A receiver whose status may be changed. */
async function receiver(t: TestContext) {
  const received: Received[] = [];
  const answer = { status: 200 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { kind } = JSON.parse(body) as { kind?: string };
    const header = (name: string) => request.headers[name] as string | undefined;
    if (answer.status < 300)
      received.push({
        id: header('idempotency-key') ?? '',
        body,
        signature: header('x-tessera-signature'),
        ...(kind ? { kind } : {}),
      });
    response.writeHead(answer.status, answer.status === 302 ? { location: '/elsewhere' } : {}).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secretUrl}`;
  return { url, received, answer };
}

/** An alerter on a home of its own; `restart` makes another on the same home. */
async function alerts(t: TestContext, channels: readonly object[], env: Record<string, string> = {}) {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-alerts-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const file = path.join(home, 'alerts.json');
  await writeFile(file, JSON.stringify({ groupSeconds: 0, channels }));
  const now = fixedClock(new Date(start));
  const events: TesseraEvent[] = [];
  const stale: StaleSource[] = [];
  const restart = async () => {
    const config = await readAlertConfig(file);
    return createAlerter({
      config,
      channels: await openChannels(config, file, env),
      store: openAlertStore(home),
      now,
      stale: async () => stale,
      observe: (event) => void events.push(event),
    });
  };
  const later = (ms: number) => now.set(new Date(now().getTime() + ms));
  return { home, events, stale, restart, later, alerter: await restart() };
}
const outage: TesseraEvent = { event: 'canary.checked', tenant, right: false, step: 'answer', ms: 1 };

test('a webhook is signed and a Slack-shaped one has its text escaped; each gets one notification', async (t) => {
  const [hook, slack] = [await receiver(t), await receiver(t)];
  const { alerter } = await alerts(
    t,
    [
      { name: 'hook', kind: 'webhook', url: { env: 'HOOK' }, secret: { env: 'KEY' } },
      { name: 'slack', kind: 'slack', url: { env: 'SLACK' } },
    ],
    { HOOK: hook.url, SLACK: slack.url, KEY: 'signing-key' },
  );
  alerter.observe({ event: 'source.failed', tenant, source: 'okta', stream: 'x', code: 'INTERNAL', message: 'm' });
  alerter.observe({ ...outage, step: '<!channel>' });
  await alerter.tick();
  await alerter.tick();
  assert.deepEqual([hook.received.length, slack.received.length], [2, 2]);
  const [one] = hook.received;
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(one?.signature ?? '') ?? [];
  assert.equal(signature, createHmac('sha256', 'signing-key').update(`${seconds}.${one?.body}`).digest('hex'));
  assert.deepEqual(Object.keys(JSON.parse(slack.received[0]?.body ?? '')), ['text']);
  const texts = slack.received.map(({ body }) => body).join();
  assert.match(texts, /&lt;!channel&gt;/);
  assert.doesNotMatch(texts, /<!/);
});

test('a receiver that is down loses nothing and gets nothing twice, across restarts; the log has no address of it', async (t) => {
  const hook = await receiver(t);
  const { home, restart, later, events, alerter } = await alerts(t, [{ name: 'hook', kind: 'webhook', url: hook.url }]);
  hook.answer.status = 503;
  alerter.observe(outage);
  await alerter.tick();
  const second = await restart();
  await second.tick();
  assert.deepEqual(hook.received, [], 'its turn has not come yet');
  hook.answer.status = 302;
  later(6_000);
  await second.tick();
  assert.deepEqual(hook.received, [], 'a redirect is not followed');
  hook.answer.status = 200;
  later(60_000);
  await second.tick();
  const third = await restart();
  await third.tick();
  assert.deepEqual(
    hook.received.map(({ kind }) => kind),
    ['firing'],
  );
  third.observe({ ...outage, right: true });
  await third.tick();
  await (await restart()).tick();
  assert.deepEqual(
    hook.received.map(({ kind }) => kind),
    ['firing', 'resolved'],
  );
  assert.equal(new Set(hook.received.map(({ id }) => id)).size, 2);
  const log = JSON.stringify(events) + (await readFile(path.join(home, 'alerts', 'state.json'), 'utf8'));
  assert.doesNotMatch(log, new RegExp(secretUrl));
  assert.match(log, /"alert.raised"/);
});

test('an e-mail arrives by SMTP with its id and its tenants', async (t) => {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, _, done) {
      let mail = '';
      for await (const chunk of stream) mail += chunk;
      mails.push(mail);
      done();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  const mail = { name: 'mail', kind: 'email', host: '127.0.0.1', port, tls: 'none' };
  const { alerter } = await alerts(t, [{ ...mail, from: 'tessera@example.com', to: ['ops@example.com'] }]);
  alerter.observe(outage);
  await alerter.tick();
  assert.equal(mails.length, 1);
  assert.match(mails[0] ?? '', /Subject: Alert \(critical\): canary-wrong/);
  assert.match(mails[0] ?? '', /Message-ID: <[0-9a-f]{24}@tessera>/);
  assert.match(mails[0] ?? '', /Tenants: tenant-1/);
});

test('staleness raises and clears with time alone, also when it ended during a restart; a silence is kept until it ends', async (t) => {
  const hook = await receiver(t);
  const { home, stale, restart, later, alerter } = await alerts(t, [{ name: 'hook', kind: 'webhook', url: hook.url }]);
  const okta: SourceName = 'okta';
  const until = new Date(start + 60 * minute).toISOString();
  await openAlertStore(home).silence({ id: 'a1', rule: 'source-stale', until, by: 'me', why: 'moving house' });
  stale.push({ tenant, source: okta, checkedAt: null });
  await alerter.tick();
  assert.deepEqual(hook.received, []);
  later(61 * minute);
  await alerter.tick();
  await alerter.tick();
  stale.length = 0;
  await (await restart()).tick();
  assert.deepEqual(
    hook.received.map(({ kind }) => kind),
    ['firing', 'resolved'],
  );
});

test('a file that is wrong is refused by place and without its values', async (t) => {
  const wrongs: readonly [object, RegExp][] = [
    [{ name: 'a', kind: 'webhook', url: `http://example.com/${secretUrl}` }, /channels\.0: its url must be https/],
    [{ name: 'a', kind: 'slack', url: { env: 'NOT_SET' } }, /channels\.0: its secret is not set/],
    [{ name: 'a', kind: 'pager', url: secretUrl }, /channels\.0/],
    [
      {
        name: 'a',
        kind: 'email',
        host: 'mx.example.com',
        tls: 'none',
        user: 'u',
        password: { env: 'P' },
        from: 'a@b.example',
        to: ['c@d.example'],
      },
      /a password needs TLS/,
    ],
  ];
  for (const [channel, said] of wrongs)
    await assert.rejects(alerts(t, [channel], { P: secretUrl }), (error: Error) => {
      assert.match(error.message, said);
      assert.doesNotMatch(error.message, new RegExp(secretUrl));
      return true;
    });
});

test('attack 14: a clock that is more than 30 s from the issuer is an alert, until both agree again', async (t) => {
  const hook = await receiver(t);
  const { alerter } = await alerts(t, [{ name: 'hook', kind: 'webhook', url: hook.url }]);
  const compared = (ms: number): TesseraEvent => ({
    ...{ event: 'clock.compared', issuer: 'https://login.example/oauth2/x', by: 'answer', ms },
  });
  alerter.observe(compared(-29_000));
  await alerter.tick();
  assert.equal(hook.received.length, 0);
  alerter.observe(compared(-300_000));
  await alerter.tick();
  assert.match(hook.received[0]?.body ?? '', /clock-skew.*clock beside login\.example/);
  alerter.observe(compared(100));
  await alerter.tick();
  assert.deepEqual(
    hook.received.map(({ kind }) => kind),
    ['firing', 'resolved'],
  );
});
