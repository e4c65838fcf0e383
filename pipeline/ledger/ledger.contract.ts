// For the ledger's tests: a tenant with one source, whose lake can be harmed between two stages of a run.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { bronzeTable, connectors } from '@tessera/ingest';
import type { DeltaTable } from '@tessera/lakehouse';
import { loadProject, openTables } from '@tessera/transforms';
import {
  authDocument,
  elasticsearchKey,
  healthyElasticsearch,
  searchAnswer,
} from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../../ingest/stub-vendor.ts';
import { testLake } from '../../ingest/test-lake.ts';
import { createHandlers, parseTenantConfig, stageContext } from '../index.ts';
import { runStateMachine } from '../run-state-machine.ts';
import type { RunState } from '../stages/contract.ts';
import { openLedger } from './ledger-store.ts';

type Before = Partial<Record<'stage' | 'merge' | 'reconcile', () => Promise<void>>>;

export async function scene(t: TestContext) {
  const { lake, engine, events, now, needs, folder } = await testLake(t);
  let documents = [authDocument('a')];
  const vendor = await stubVendor(t, (call) =>
    call.path === '/_search' ? { body: searchAnswer(documents) } : healthyElasticsearch(call),
  );
  const config = parseTenantConfig(
    {
      tenant: 'acme-corp',
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: 'acme-hq',
      connections: [{ source: 'elasticsearch', settings: { url: vendor.url, apiKey: elasticsearchKey } }],
    },
    'x',
  );
  const { sleep, observe } = needs('elasticsearch', 'x');
  const run = {
    ...{ lake, engine, connectors, web: vendor.web, env: {}, now, sleep, observe },
    serving: { build: async () => {} },
    models: await loadProject(),
  };
  const stream = connectors.find(({ source }) => source === 'elasticsearch')?.streams[0];
  assert.ok(stream);
  // Bronze with all its columns, not only those that models read.
  const tables = new Map([
    ...openTables(lake, run.models),
    ['elasticsearch__auth_logs', bronzeTable(lake, 'elasticsearch', stream)],
  ]);
  let minute = 0;
  /** One run, with something done to the lake before a stage; undefined where it failed. */
  const pipeline = async (before: Before = {}): Promise<RunState | undefined> => {
    now.set(new Date(Date.UTC(2026, 0, 1, 0, 15 * minute++)));
    const handlers = createHandlers(() => stageContext(run, config));
    const hooked = Object.entries(handlers).map(([name, handle]) => [
      name,
      async (input: unknown) => {
        await before[name as keyof Before]?.();
        return handle(input);
      },
    ]);
    const name = `run-${String(minute).padStart(4, '0')}`;
    return runStateMachine(Object.fromEntries(hooked), { tenant: 'acme-corp', run: name }, 0).then(
      (state) => state as RunState,
      () => undefined,
    );
  };
  const rewrite = (name: string, sql: (rows: string) => string) => async () => {
    const table = tables.get(name) as DeltaTable;
    const { sql: rows } = await table.scan();
    await engine.session(async (session) => {
      await session.run(`create or replace temp table kept as ${rows}`);
      await table.overwrite(session, { sql: sql('kept') });
    });
  };
  /** What was built is built again, whole. */
  const rebuild = async () => {
    const properties = { built_from: JSON.stringify({ code: '', vars: {}, tables: {}, wholes: {} }) };
    for (const { name } of run.models.models) {
      const table = tables.get(name) as DeltaTable;
      if (!/auth|login/.test(name) || (await table.version()) < 0) continue;
      const { sql } = await table.scan();
      await engine.session((session) =>
        table.append(session, { sql: `select * from (${sql}) limit 0` }, { properties }),
      );
    }
  };
  const remember = async (name: string) => {
    const { sql } = await (tables.get(name) as DeltaTable).scan();
    await engine.query(`create or replace table memory.main.as_it_was as ${sql}`);
    return rewrite(name, () => 'select * from memory.main.as_it_was');
  };
  return {
    ...{ lake, engine, events, pipeline, rewrite, rebuild, remember, folder, tables, run, config },
    give: (next: ReturnType<typeof authDocument>[]) => {
      documents = next;
    },
    alerts: () => events.filter(({ event }) => event === 'ledger.unbalanced'),
  };
}

export const places = [
  {
    hop: 'raw-bronze',
    table: 'elasticsearch__auth_logs',
    object: 'auth_logs',
    before: 'merge',
    column: 'event_outcome',
  },
  {
    hop: 'bronze-silver',
    table: 'elastic_auth_events',
    object: 'elastic_auth_events',
    before: 'reconcile',
    column: 'outcome',
  },
  { hop: 'silver-gold', table: 'fact_auth_event', object: 'fact_auth_event', before: 'reconcile', column: 'outcome' },
] as const;
const idOf = (table: string) => (table === 'elasticsearch__auth_logs' ? 'id' : `split_part(event_id, '/', 2)`);
export const harms = {
  lost: (rows: string, table: string) => `select * from ${rows} where ${idOf(table)} <> 'b'`,
  doubled: (rows: string, table: string) =>
    `select * from ${rows} union all select * from ${rows} where ${idOf(table)} = 'b'`,
  changed: (rows: string, table: string, column: string) =>
    `select * replace (case when ${idOf(table)} = 'b' then 'mended' else ${column} end as ${column}) from ${rows}`,
} as const;

/** One row is lost, doubled or changed at a hop: it is named, holds the release back, is told once, and lets go when it is mended. */
export function testHarm({ hop, table, object, before, column }: (typeof places)[number], problem: keyof typeof harms) {
  const harm = harms[problem];
  test(`a row that is ${problem} between ${hop.replace('-', ' and ')} is named, holds the release back, and is told once`, async (t) => {
    const { pipeline, give, rewrite, rebuild, remember, lake, alerts, events } = await scene(t);
    assert.equal((await pipeline())?.notified?.release, 1);
    give([authDocument('a'), authDocument('b'), authDocument('c')]);
    let mend = async () => {};
    const spoil = async () => {
      mend = await remember(table);
      await rewrite(table, (rows) => harm(rows, table, column))();
      if (hop === 'raw-bronze') await rebuild();
    };
    assert.equal(await pipeline({ [before]: spoil }), undefined);
    assert.equal((await lake.releases.latest())?.number, 1, 'the last good release stays');
    give([]);
    const open = await openLedger(lake).open();
    const line = open?.lines.find((one) => one.hop === hop);
    assert.deepEqual(
      [line?.object, line?.date, line?.problem, line?.unexplained],
      [object, '2025-12-31', problem, { lost: 1, doubled: -1, changed: 0 }[problem]],
    );
    const [letter] = await lake.deadLetters.list();
    assert.equal(letter?.code, 'LEDGER_UNBALANCED');
    assert.equal(await pipeline(), undefined, 'and so it stays');
    assert.equal(alerts().length, 1);
    await mend();
    await rebuild();
    const after = await pipeline();
    const left = JSON.stringify([await openLedger(lake).open(), await lake.deadLetters.list()]);
    assert.equal(after?.notified?.release, 2, left);
    assert.equal(await openLedger(lake).open(), undefined);
    assert.equal(events.filter(({ event }) => event === 'ledger.balanced').length, 1);
  });
}
