// Who is dispatched when: each due input in exactly one quarter, nobody twice at once, nobody kept by another, and nothing rare forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant, type Tenant } from '@tessera/base';
import { parseTenantConfig } from '@tessera/pipeline';
import fc from 'fast-check';
import { type DispatchNeeds, dispatchQuarter, dispatchWoken, quarterMs, type RunRequest } from './dispatch.ts';

const at = new Date('2026-03-10T10:07:00Z');
const settings = { pages: 7, apartMs: 0 };
const tenant = (name: string) => must(parseTenant(name));
const configured = (name: string, schedule?: object) =>
  parseTenantConfig(
    {
      tenant: name,
      displayName: name,
      timeZone: 'Asia/Kolkata',
      orgId: `${name}-hq`,
      connections: [
        { source: 'okta', settings: {} },
        { source: 'jira', settings: {}, ...(schedule ? { schedule } : {}) },
      ],
    },
    name,
  );

function world(configs: readonly ReturnType<typeof configured>[], running: readonly string[] = []) {
  const started = new Map<string, RunRequest>();
  const later: unknown[] = [];
  const failed: (Tenant | undefined)[] = [];
  const slept: number[] = [];
  const needs: DispatchNeeds = {
    async *tenants() {
      yield* [tenant('broken-inc'), ...configs.map((config) => config.tenant)];
    },
    async configOf(name) {
      const found = configs.find((config) => config.tenant === name);
      if (!found) throw new Error('unreadable');
      return found;
    },
    running: async () => new Set(running.map(tenant)),
    start: async (name, input) => {
      if (started.has(name)) return false;
      started.set(name, input);
      return true;
    },
    later: async (request) => void later.push(request),
    sleep: async (ms) => void slept.push(ms),
    failed: (name) => void failed.push(name),
  };
  return { needs, started, later, failed, slept };
}

test('starts every tenant once a quarter, whatever another’s configuration is like and however often it is called', async () => {
  const { needs, started, failed } = world([configured('acme-corp'), configured('globex-inc')]);
  assert.deepEqual((await dispatchQuarter(needs, at, settings)).started.sort(), ['acme-corp', 'globex-inc']);
  assert.deepEqual((await dispatchQuarter(needs, new Date('2026-03-10T10:14:59Z'), settings)).started, []);
  assert.deepEqual([...started.keys()].sort(), ['acme-corp-20260310T1000', 'globex-inc-20260310T1000']);
  assert.deepEqual(started.get('acme-corp-20260310T1000'), {
    tenant: 'acme-corp',
    sources: ['okta', 'jira'],
    pages: 7,
  });
  assert.deepEqual(failed, ['broken-inc', 'broken-inc']);
});

test('a run under way is not doubled: the quarter comes again, what is due once a day is asked for later', async () => {
  // 15:30 in Kolkata is 10:00 UTC.
  const daily = configured('acme-corp', { cron: '30 15 * * *' });
  const { needs, started, later } = world([daily, configured('globex-inc')], ['acme-corp', 'globex-inc']);
  await dispatchQuarter(needs, at, settings);
  assert.deepEqual([started.size, later], [0, [{ tenant: 'acme-corp', sources: ['jira'] }]]);
});

test('a day of quarters asks a daily input once and the others 96 times, whatever the minute', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), async (minute, hour) => {
      const { needs, started } = world([configured('acme-corp', { cron: `${minute} ${hour} * * *` })]);
      for (let i = 0; i < 96; i++) await dispatchQuarter(needs, new Date(at.getTime() + i * quarterMs), settings);
      const asked = [...started.values()].flatMap(({ sources = [] }) => sources);
      assert.equal(asked.filter((source) => source === 'okta').length, 96);
      assert.equal(asked.filter((source) => source === 'jira').length, 1);
    }),
    { numRuns: 25 },
  );
});

test('the order changes from quarter to quarter, and many tenants still start within a minute', async () => {
  const configs = Array.from({ length: 300 }, (_, i) => configured(`t${i}`));
  const firsts = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const { needs, slept } = world(configs);
    const { started } = await dispatchQuarter(needs, new Date(at.getTime() + i * quarterMs), {
      pages: 7,
      apartMs: 900,
    });
    firsts.add(started[0] ?? '');
    assert.equal(started.length, 300);
    assert.ok(slept.reduce((sum, ms) => sum + ms, 0) <= 60_000);
  }
  assert.ok(firsts.size > 1);
});

test('of woken tenants one run each is started; what cannot run now, or is no request, stays in the queue', async () => {
  const { needs, started, failed } = world([], ['globex-inc']);
  const id = (n: number) => `0b0ec6d8-7f7c-4f6d-8b8e-1f2d3c4b5a6${n}`;
  const bodies = [
    '{"tenant":"acme-corp"}',
    '{"tenant":"acme-corp"}',
    '{"tenant":"globex-inc"}',
    '{"tenant":"../x"}',
    '{',
  ];
  const messages = bodies.map((body, i) => ({ messageId: id(i), body }));
  const { batchItemFailures } = await dispatchWoken(needs, messages, 7);
  assert.deepEqual([...started], [[`acme-corp-${id(0)}`, { tenant: 'acme-corp', pages: 7 }]]);
  assert.deepEqual(
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    [1, 2, 3, 4].map(id),
  );
  assert.equal(failed.length, 2);
});
