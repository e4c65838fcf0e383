// When inputs are due, whatever the clock does, and whose turn it is: laws over set clocks and invented work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant, type SourceName, type Tenant } from '@tessera/base';
import fc from 'fast-check';
import { nextAfter, type Rhythm, spreadOf } from './rhythm.ts';
import { type Due, duesOf, startScheduler } from './scheduler.ts';
import { parseTenantConfig } from './tenant-config.ts';
import { createTurnQueue } from './turn-queue.ts';

const tenantOf = (n: number): Tenant => must(parseTenant(`tenant-x${n}`));
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const quarter: Rhythm = { cron: '*/15 * * * *', timeZone: 'UTC' };

/** A clock and the one timer of the scheduler, both moved by hand. */
function handClock(at: string) {
  let now = Date.parse(at);
  let timer: { readonly due: number; readonly call: () => void } | undefined;
  let wakes = 0;
  return {
    now: () => new Date(now),
    wakes: () => wakes,
    wake(ms: number, call: () => void) {
      timer = { due: now + ms, call };
      return () => {
        timer = undefined;
      };
    },
    /** Lets time pass, waking as timers do. */
    async pass(ms: number) {
      const until = now + ms;
      while (timer !== undefined && timer.due <= until) {
        now = Math.max(now, timer.due);
        const { call } = timer;
        timer = undefined;
        wakes += 1;
        call();
        await settle();
      }
      now = until;
    },
    /** The machine's clock is set, its timers run on. */
    jump(ms: number) {
      now += ms;
      if (timer) timer = { ...timer, due: timer.due + ms };
    },
  };
}
const due = (tenant: Tenant, rhythm: Rhythm, more: Partial<Due> = {}): Due => ({
  tenant,
  sources: ['okta'],
  rhythm,
  catchUp: 'once',
  ...more,
});
function startWith(clock: ReturnType<typeof handClock>, dues: readonly Due[]) {
  const ran: { readonly tenant: Tenant; readonly at: number }[] = [];
  const scheduler = startScheduler(
    {
      ...clock,
      atOnce: 2,
      runTurn: async (tenant) => {
        ran.push({ tenant, at: clock.now().getTime() });
        return 'done';
      },
    },
    dues,
  );
  return { ran, scheduler };
}

test('a local time that a spring night leaves out is run once that day, one that comes twice in autumn once', () => {
  const nightly: Rhythm = { cron: '30 2 * * *', timeZone: 'America/New_York' };
  for (const [from, day] of [
    ['2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
  ] as const) {
    const times: number[] = [];
    for (let at = nextAfter(nightly, Date.parse(from)); at < Date.parse(day); at = nextAfter(nightly, at))
      times.push(at);
    assert.equal(times.length, 1, from);
  }
  const kolkata = nextAfter({ cron: '0 6 * * *', timeZone: 'Asia/Kolkata' }, Date.parse('2026-01-01T00:00:00Z'));
  assert.equal(new Date(kolkata).toISOString(), '2026-01-01T00:30:00.000Z');
});

test('a tenant’s file says when its inputs are due; a schedule that cannot be is refused by its place', () => {
  const connection = { source: 'jira', settings: {} };
  const tenant = { tenant: 'acme-corp', displayName: 'Acme', timeZone: 'Asia/Kolkata', orgId: 'acme-hq' };
  const nightly = { cron: '0 2 * * *' };
  const config = parseTenantConfig(
    {
      ...tenant,
      schedule: nightly,
      connections: [
        connection,
        { ...connection, source: 'okta', schedule: { cron: '*/5 * * * *', timeZone: 'UTC', catchUp: 'skip' } },
      ],
    },
    'x',
  );
  assert.deepEqual(
    duesOf(config, 900_000).map(({ sources, rhythm, catchUp }) => ({ sources, rhythm, catchUp })),
    [
      { sources: ['jira'], rhythm: { cron: '0 2 * * *', timeZone: 'Asia/Kolkata' }, catchUp: 'once' },
      { sources: ['okta'], rhythm: { cron: '*/5 * * * *', timeZone: 'UTC' }, catchUp: 'skip' },
    ],
  );
  for (const schedule of [
    { cron: '99 * * * *' },
    { cron: '* * * * * *' },
    { cron: '0 0 30 2 *' },
    { ...nightly, timeZone: 'Mars' },
  ])
    assert.throws(() => parseTenantConfig({ ...tenant, schedule, connections: [connection] }, 'x'), {
      code: 'TENANT_CONFIG_INVALID',
      message: /schedule\./,
    });
});

test('every tenant has its turn in each quarter of an hour, none at the same moment as all', async () => {
  const clock = handClock('2026-01-01T00:00:00Z');
  const tenants = Array.from({ length: 300 }, (_, n) => tenantOf(n));
  const { ran, scheduler } = startWith(
    clock,
    tenants.map((tenant) => due(tenant, quarter)),
  );
  await clock.pass(4 * 900_000);
  const counts = Map.groupBy(ran, ({ tenant }) => tenant);
  for (const tenant of tenants) assert.equal(counts.get(tenant)?.length, 4);
  const inOneMinute = Math.max(
    ...[...Map.groupBy(ran, ({ at }) => Math.floor(at / 60_000)).values()].map((a) => a.length),
  );
  assert.ok(inOneMinute <= 40, `${inOneMinute} of 300 in the same minute`);
  assert.equal(spreadOf('acme-corp', quarter, 0), spreadOf('acme-corp', quarter, 1e12), 'always the same place');
  assert.ok(clock.wakes() <= 4 * 300 + 60, 'woken for what is due, and once a minute at most besides');
  await scheduler.stop();
});

test('missed times are made up for once, each, or not at all', async () => {
  for (const [catchUp, expected] of [
    ['once', 1],
    ['all', 5],
    ['skip', 0],
  ] as const) {
    const clock = handClock('2026-01-01T12:00:00Z');
    const daily: Rhythm = { cron: '0 3 * * *', timeZone: 'UTC' };
    const lastRunAt = new Date('2025-12-27T04:00:00Z');
    const { ran, scheduler } = startWith(clock, [due(tenantOf(1), daily, { catchUp, lastRunAt })]);
    await clock.pass(3_600_000);
    assert.equal(ran.length, expected, catchUp);
    await scheduler.stop();
  }
});

test('a clock that is set back or forward keeps no tenant waiting longer than its period', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { minLength: 1, maxLength: 4 }),
      async (jumps) => {
        const clock = handClock('2026-03-29T00:00:00Z');
        const { ran, scheduler } = startWith(clock, [due(tenantOf(1), quarter)]);
        for (const jump of jumps) {
          clock.jump(jump);
          const before = ran.length;
          // A period and its spread, and a minute to notice.
          await clock.pass(1_860_000);
          assert.ok(ran.length > before, `after a jump of ${jump} ms`);
          assert.ok(ran.length - before <= 4, 'and not a run for each minute of the jump');
        }
        await scheduler.stop();
      },
    ),
    { numRuns: 50 },
  );
});

test('no tenant runs twice at once, at most so many run, and a backlog delays the others by no more than one turn each (attack 156)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 12 }),
      fc.array(fc.nat({ max: 11 }), { maxLength: 20 }),
      async (atOnce, backlogs, extra) => {
        const tenants = backlogs.map((_, n) => tenantOf(n));
        const left = new Map(tenants.map((tenant, n) => [tenant, backlogs[n] ?? 1]));
        const running = new Set<Tenant>();
        const order: Tenant[] = [];
        const queue = createTurnQueue(async (tenant) => {
          assert.ok(!running.has(tenant), 'once at a time');
          running.add(tenant);
          assert.ok(running.size <= atOnce);
          order.push(tenant);
          await settle();
          running.delete(tenant);
          const rest = (left.get(tenant) ?? 1) - 1;
          left.set(tenant, rest);
          return rest > 0 ? 'more' : 'done';
        }, atOnce);
        const sources: SourceName[] = ['okta'];
        const all = tenants.map((tenant) => queue.request(tenant, sources));
        await Promise.all([...all, ...extra.map((n) => queue.request(tenants[n % tenants.length]!, sources))]);
        for (const tenant of tenants) {
          assert.ok((left.get(tenant) ?? 0) <= 0, 'all work is done');
          assert.ok(order.indexOf(tenant) < tenants.length, 'everybody had a turn before anybody had two');
        }
        await queue.stop();
      },
    ),
    { numRuns: 60 },
  );
});

test('a round under way is joined; stop waits for what runs and begins nothing more', async () => {
  const clock = handClock('2026-01-01T00:00:00Z');
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const ran: Tenant[] = [];
  const scheduler = startScheduler(
    {
      ...clock,
      atOnce: 1,
      runTurn: async (tenant) => {
        ran.push(tenant);
        await gate;
        return 'done';
      },
    },
    [due(tenantOf(1), quarter), due(tenantOf(2), quarter)],
  );
  const rounds = [scheduler.runAll(), scheduler.runAll()];
  await settle();
  assert.deepEqual(ran, [tenantOf(1)]);
  const stopped = scheduler.stop();
  open();
  await Promise.all([...rounds, stopped]);
  assert.deepEqual(ran, [tenantOf(1)]);
});
