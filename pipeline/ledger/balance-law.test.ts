// Law: whatever pages come, with duplicates, bad records and deletions, the ledger balances, by what staging told and by the pages alone; and a row too many or too few never does.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { bronzeTable, connectors, readBronzeState, type StreamFacts, stageStream } from '@tessera/ingest';
import fc from 'fast-check';
import { testLake } from '../../ingest/test-lake.ts';
import { balance, isOpen } from './balance.ts';
import type { Group } from './contract.ts';
import { openLedger } from './ledger-store.ts';
import { rawLines } from './raw-lines.ts';

const known = connectors.find(({ source }) => source === 'jira')?.streams.find(({ name }) => name === 'statuses');
const things = (mode: StreamFacts['mode']): StreamFacts => {
  assert.ok(known);
  return {
    ...known,
    ...{ name: 'things', mode, records: '$[*]', primaryKey: ['id'], occurredAt: mode === 'events' ? 'at' : undefined },
    columns: {
      id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
      n: { type: 'BIGINT', path: '$.n', required: true, about: 'Number.' },
      at: { type: 'TIMESTAMPTZ', path: '$.at', about: 'At.' },
    },
  } as StreamFacts;
};

async function lab(t: TestContext, stream: StreamFacts) {
  const { lake, engine, needs, now } = await testLake(t);
  let runs = 0;
  return async (pages: readonly (readonly object[])[]) => {
    const run = `run-${String(++runs).padStart(4, '0')}`;
    const entries = [];
    for (const [i, records] of pages.entries()) {
      const body = Buffer.from(JSON.stringify(records));
      const note = JSON.stringify({ cursor: null, records: records.length, bytes: body.byteLength });
      const about = {
        source: 'jira',
        stream: stream.name,
        run,
        page: i + 1,
        request: 'GET /things',
        status: 200,
      } as const;
      entries.push(await lake.raw.put({ ...about, receivedAt: now(), body, cursor: note }));
    }
    const since = (await readBronzeState(bronzeTable(lake, 'jira', stream))).version;
    const account = openLedger(lake).accountOf(run, 'jira', stream.name);
    // Pages that hold next to nothing good are refused as a whole, and are not staged.
    const staged = await stageStream({ ...needs('jira', run), account }, stream, { entries, complete: true }).catch(
      () => undefined,
    );
    if (staged === undefined) return [];
    const part = {
      ...{ source: 'jira' as const, stream: stream.name, run, facts: stream, toStage: `1-${pages.length}` },
      records: pages.flat().length,
    } as const;
    const its = { lake, engine, orgId: 'acme-corp-hq', ownerOf: () => undefined };
    const told = await rawLines(its, { ...part, since });
    const counted = await rawLines(its, { ...part, since: undefined });
    return [...told, ...counted];
  };
}

const record = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  n: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 2 }) as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.constant('none') },
  ),
});
const pages = fc.array(fc.array(record, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 });

for (const mode of ['snapshot', 'events'] as const)
  test(`whatever pages of ${mode} come, every record landed or has its reason`, async (t) => {
    const run = await lab(t, things(mode));
    await fc.assert(
      fc.asyncProperty(pages, async (given) => {
        const at = (id: string) => `2026-01-0${(id.codePointAt(0) ?? 97) - 96}T00:00:00Z`;
        const lines = await run(given.map((page) => page.map((one) => ({ ...one, at: at(one.id) }))));
        assert.deepEqual(lines.filter(isOpen), []);
      }),
      { numRuns: 12 },
    );
  });

test('two sides balance only where they hold the same rows, in whatever pieces they come', () => {
  const group = fc.record({
    day: fc.constantFrom('2026-01-01', '2026-01-02'),
    hash: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  });
  const one = ({ day, hash }: { day: string; hash: bigint }): Group => ({
    ...{ day, reason: null, rows: 1 },
    sum: String(hash),
    xor: String(hash),
  });
  const about = { hop: 'raw-bronze', source: null, object: 'x' } as const;
  fc.assert(
    fc.property(fc.array(group, { minLength: 1 }), fc.nat(), (rows, pick) => {
      const all = rows.map(one);
      assert.deepEqual(balance(about, all, all.toReversed()).filter(isOpen), []);
      const at = pick % rows.length;
      const [lost] = balance(about, all, all.toSpliced(at, 1)).filter(isOpen);
      assert.deepEqual([lost?.problem, lost?.date, lost?.unexplained], ['lost', rows[at]?.day, 1]);
      const [twice] = balance(about, all, [...all, ...all.slice(at, at + 1)]).filter(isOpen);
      assert.deepEqual([twice?.problem, twice?.unexplained], ['doubled', -1]);
      const other = { ...all[at], sum: '0', xor: '0' } as Group;
      assert.equal(balance(about, all, all.with(at, other)).find(isOpen)?.problem, 'changed');
    }),
  );
});
