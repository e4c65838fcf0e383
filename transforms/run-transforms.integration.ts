// A build on a real lake: what came is added in proportion to it, to the same result as a build of everything; nothing new writes nothing.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant, type TesseraEvent } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  type Engine,
  openTenantLake,
  parseTableName,
  type TenantLake,
} from '@tessera/lakehouse';
import fc from 'fast-check';
import { bronzeColumns } from './bronze-columns.ts';
import { columnTypes } from './build/columns.ts';
import { type CaseRow, rowsAsSql } from './cases/rows-as-sql.ts';
import type { TransformVars } from './compile/vars.ts';
import { loadProject } from './load-project.ts';
import { runTransforms } from './run-transforms.ts';

const project = await loadProject();
const tenant = must(parseTenant('acme-corp'));
const vars: TransformVars = {
  tenant,
  org_id: 'acme-corp-hq',
  time_zone: 'America/New_York',
  as_of: new Date('2026-01-10T00:00:00Z'),
  display_name: 'Acme',
  status: 'active',
};
let home: string;
let engine: Engine;
let lakes = 0;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-transforms-'));
  engine = await createEngine({ scratch: path.join(home, 'scratch') });
});
after(async () => {
  engine.close();
  await rm(home, { recursive: true, force: true });
});

const openLake = async (): Promise<TenantLake> =>
  openTenantLake(await createFolderStore(path.join(home, `lake-${++lakes}`)), engine, tenant);

async function receive(lake: TenantLake, table: string, rows: readonly CaseRow[]): Promise<void> {
  const columns = bronzeColumns(table);
  await engine.session((session) =>
    lake.table('bronze', must(parseTableName(table)), { columns }).append(session, { sql: rowsAsSql(rows, columns) }),
  );
}

let runs = 0;
async function build(lake: TenantLake, more: Partial<TransformVars> = {}, released?: Record<string, number>) {
  const events: TesseraEvent[] = [];
  let statements = 0;
  const result = await engine.session((session) => {
    const counted = {
      query: (...args: Parameters<typeof session.query>) => {
        statements++;
        return session.query(...args);
      },
      run: (sql: string) => {
        statements++;
        return session.run(sql);
      },
    };
    const observe = (event: TesseraEvent) => void events.push(event);
    return runTransforms({
      lake,
      session: counted,
      models: project,
      vars: { ...vars, ...more },
      run: `run-${++runs}`,
      observe,
      released,
    });
  });
  const built = events.flatMap((event) => (event.event === 'model.built' ? [event.model] : []));
  return { ...result, built, statements };
}

async function contentOf(lake: TenantLake, name: string): Promise<unknown> {
  const model = project.models.find((one) => one.name === name)!;
  const { sql } = await lake
    .table(model.layer, must(parseTableName(name)), { columns: columnTypes(model.meta) })
    .scan();
  return engine.query(`select * from (${sql}) order by all`);
}

const user = (id: string, more: CaseRow = {}): CaseRow => ({
  id,
  login: `${id}@acme.example`,
  status: 'ACTIVE',
  created: '2025-01-01T00:00:00Z',
  ingest_at: '2026-01-05T00:00:00Z',
  ...more,
});
const event = (uuid: string, published: string, more: CaseRow = {}): CaseRow => ({
  uuid,
  _key: uuid,
  published,
  event_type: 'user.session.start',
  outcome_result: 'SUCCESS',
  actor_type: 'User',
  actor_login: 'u1@acme.example',
  transaction_id: uuid,
  ingest_at: '2026-01-05T00:00:00Z',
  ...more,
});

test('a run without new data runs no SQL and writes nothing', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  await receive(lake, 'okta__log', [event('e1', '2026-01-02T00:00:00Z')]);
  const first = await build(lake);
  assert.equal(first.changed, true);
  assert.equal(first.rows.dim_user, 1);
  assert.equal(first.rows.fact_auth_attempt, 1);
  const second = await build(lake, { as_of: new Date('2026-01-10T04:00:00Z') });
  assert.deepEqual({ ...second, tables: {} }, { tables: {}, rows: {}, changed: false, built: [], statements: 0 });
  assert.deepEqual(second.tables, first.tables);
});

test('what was built and did not come to release is told by the next run, with its rows', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  const released = (await build(lake)).tables;
  await receive(lake, 'okta__users', [user('u2')]);
  // The process ends here, before the release.
  const lost = await build(lake, {}, released);
  const second = await build(lake, {}, released);
  assert.deepEqual(second.built, []);
  assert.equal(second.changed, true);
  assert.equal(second.rows.dim_user, 2);
  assert.deepEqual([second.tables, second.rows], [lost.tables, lost.rows]);
  assert.equal((await build(lake, {}, second.tables)).changed, false);
});

test('a commit of a cursor alone builds nothing', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  const first = await build(lake);
  const columns = bronzeColumns('okta__users');
  await engine.session((session) =>
    lake
      .table('bronze', must(parseTableName('okta__users')), { columns })
      .append(session, { sql: rowsAsSql([], columns) }, { properties: { cursor: 'next' } }),
  );
  const second = await build(lake);
  assert.deepEqual([second.changed, second.built, second.statements], [false, [], 0]);
  assert.deepEqual(second.tables, first.tables);
});

test('a version of a user that changes nothing we keep stops where it came in', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  await build(lake);
  await receive(lake, 'okta__users', [user('u1', { provider_type: 'OKTA' })]);
  const second = await build(lake);
  assert.deepEqual([second.changed, second.built], [false, []]);
  assert.equal((await build(lake)).statements, 0);
});

test('the next day brings new states of that day, and builds nothing that does not look at the day', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  await receive(lake, 'okta__log', [event('e1', '2026-01-02T00:00:00Z')]);
  const first = await build(lake);
  const second = await build(lake, { as_of: new Date('2026-01-10T05:00:00Z') });
  assert.deepEqual(second.built, ['fact_user_state', 'dim_tenant']);
  assert.equal((second.rows.fact_user_state ?? 0) - (first.rows.fact_user_state ?? 0), 1);
  assert.equal(second.tables.dim_user, first.tables.dim_user);
});

test('one new page touches only what it names: facts of other months keep their files', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__log', [event('e1', '2025-11-02T00:00:00Z'), event('e2', '2025-12-02T00:00:00Z')]);
  const first = await build(lake);
  await receive(lake, 'okta__log', [event('e3', '2026-01-04T00:00:00Z')]);
  const second = await build(lake);
  assert.deepEqual(second.built, ['okta_auth_events', 'auth_attempt_events', 'fact_auth_attempt', 'fact_auth_event']);
  assert.equal((second.rows.fact_auth_event ?? 0) - (first.rows.fact_auth_event ?? 0), 1);
  const facts = lake.table('gold', must(parseTableName('fact_auth_event')), { columns: {} });
  const added = await facts.scanAddedSince(first.tables.fact_auth_event ?? -1);
  assert.deepEqual(await engine.query(`select event_id from (${added?.sql})`), [{ event_id: 'e3' }]);
});

test('a failing check names model and check, and leaves the table as it was', async () => {
  const lake = await openLake();
  await receive(lake, 'okta__users', [user('u1')]);
  const first = await build(lake);
  await receive(lake, 'okta__users', [user('u2', { org_id: null })]);
  await assert.rejects(build(lake), {
    code: 'CHECK_FAILED',
    message: /'org_id is not null' of okta_users failed on 1 row/,
  });
  const table = lake.table('gold', must(parseTableName('dim_user')), { columns: {} });
  assert.deepEqual(await engine.query(`select email from (${(await table.scan(first.tables.dim_user)).sql})`), [
    { email: 'u1@acme.example' },
  ]);
});

test('a session of several days is one attempt with its outcome, in whatever pieces its events come', async () => {
  const [steady, whole] = [await openLake(), await openLake()];
  const policy = { event_type: 'policy.evaluate_sign_on', external_session_id: 's1' };
  const pages = [
    [event('a1', '2026-01-01T08:00:00Z', { external_session_id: 's1' })],
    [event('a2', '2026-01-03T09:00:00Z', { ...policy, outcome_result: 'ALLOW' })],
    [event('b1', '2026-01-03T12:00:00Z', { external_session_id: 's2', outcome_result: 'FAILURE' })],
    [event('a3', '2026-01-05T20:00:00Z', { ...policy, outcome_result: 'ALLOW' })],
    [event('a4', '2026-01-07T20:00:00Z', { ...policy, outcome_result: 'CHALLENGE' })],
  ];
  const outcomes = [];
  for (const one of pages) {
    for (const lake of [steady, whole]) await receive(lake, 'okta__log', one);
    await build(steady);
    const rows = (await contentOf(steady, 'fact_auth_attempt')) as { started_on: unknown; outcome: string }[];
    outcomes.push(rows.map(({ outcome }) => outcome).sort());
  }
  assert.deepEqual(outcomes, [
    ['success'],
    ['success'],
    ['failure', 'success'],
    ['failure', 'success'],
    ['abandoned', 'failure'],
  ]);
  await build(whole);
  assert.deepEqual(await contentOf(steady, 'fact_auth_attempt'), await contentOf(whole, 'fact_auth_attempt'));
});

/** A page of sign-in events of a few logins, addresses and sessions within two days, and what became of the users meanwhile. */
const page = fc.record({
  events: fc.array(
    fc.record({
      minute: fc.integer({ min: 0, max: 2880 }),
      login: fc.constantFrom('u1', 'u2', 'stranger'),
      type: fc.constantFrom(
        'user.session.start',
        'user.authentication.verify',
        'policy.evaluate_sign_on',
        'user.account.lock',
        'user.session.end',
      ),
      outcome: fc.constantFrom('SUCCESS', 'FAILURE', 'CHALLENGE', 'DENY', 'SKIPPED'),
      session: fc.constantFrom(null, null, 's1', 's2', 's3'),
      address: fc.constantFrom('203.0.113.9', '198.51.100.7'),
    }),
    { maxLength: 12 },
  ),
  department: fc.constantFrom(null, null, 'Sales', 'Ops'),
  newcomer: fc.boolean(),
});
const sessionDay: Readonly<Record<string, number>> = { s1: 0, s2: 600, s3: 1800 };

test('pages one after another give the same facts as all of them at once', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 2, maxLength: 3 }), async (pages) => {
      const [steady, whole] = [await openLake(), await openLake()];
      for (const [i, one] of pages.entries()) {
        const ingest_at = new Date(Date.UTC(2026, 0, 6, i)).toISOString();
        const users = [
          ...(i === 0 || one.department ? [user('u1', { department: one.department, ingest_at })] : []),
          ...(one.newcomer ? [user('u2', { ingest_at })] : []),
        ];
        const events = one.events.map(({ minute, login, type, outcome, session, address }) => {
          // One session lasts for days; without one, neither session nor transaction names the attempt.
          const at = session === null ? minute : (sessionDay[session] ?? 0) + minute * (session === 's3' ? 3 : 1);
          const published = new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
          return event(`e${++serial}`, published, {
            event_type: type,
            outcome_result: outcome,
            actor_login: `${login}@acme.example`,
            external_session_id: session,
            transaction_id: null,
            client_ip: address,
            ingest_at,
          });
        });
        for (const lake of [steady, whole]) {
          if (users.length > 0) await receive(lake, 'okta__users', users);
          if (events.length > 0) await receive(lake, 'okta__log', events);
        }
        await build(steady);
      }
      await build(whole);
      for (const name of ['auth_attempt_events', 'fact_auth_attempt', 'fact_auth_event', 'dim_user'])
        assert.deepEqual(await contentOf(steady, name), await contentOf(whole, name), name);
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
