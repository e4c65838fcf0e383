// The suite that every connector passes, against a healthy vendor that its own test describes and this suite makes ill.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, type TesseraEvent } from '@tessera/base';
import type { OpenStream, SourceConnector } from './define-connector.ts';
import { readNote } from './page-note.ts';
import { pathSteps, pathsOf } from './record-sql.ts';
import { findRecordVersions } from './record-versions.ts';
import { type StubAnswer, type StubCall, stubVendor } from './stub-vendor.ts';
import { type SourceNeeds, syncSource } from './sync-source.ts';
import { syncStream } from './sync-stream.ts';
import { type TestLake, testLake } from './test-lake.ts';

export interface ConnectorCase {
  readonly connector: SourceConnector;
  /** Settings for a vendor at this URL, secrets included. */
  settings(url: string): unknown;
  /** Texts that may turn up nowhere but in the calls. */
  readonly secrets: readonly string[];
  /** The healthy vendor: signs us in, and has records for every stream, two pages of them where the stream pages. Deterministic. */
  answer(call: StubCall, url: string): StubAnswer;
  /** Answers of 429 as the vendor words them, with the wait that they ask for at `at`. */
  readonly busy: { readonly headers: Readonly<Record<string, string>>; readonly waitMs: number };
  readonly at?: string;
}

type Illness = (call: StubCall, answer: StubAnswer) => StubAnswer;

interface Ward extends TestLake {
  readonly streams: readonly OpenStream[];
  /** From now on every answer passes through this. */
  ill(with_: Illness | undefined): void;
}

async function admit(t: TestContext, about: ConnectorCase): Promise<Ward> {
  const lake = await testLake(t, about.at);
  let illness: Illness | undefined;
  const vendor = await stubVendor(t, (call, url) => {
    const answer = about.answer(call, url);
    return illness === undefined ? answer : illness(call, answer);
  });
  const needs = { web: vendor.web, now: lake.now, sleep: async (ms: number) => void lake.slept.push(ms) };
  const streams = await about.connector.open(about.settings(vendor.url), needs);
  return {
    ...lake,
    streams,
    ill: (with_) => {
      illness = with_;
    },
  };
}

/** Content of the streams' bronze tables, without what differs from run to run. */
async function contents(ward: Ward, source: SourceConnector['source'], streams = ward.streams) {
  return Promise.all(
    streams.map(async (stream) => ({
      stream: stream.name,
      rows: await ward.rows(source, stream, 'select _key, _hash, _deleted from bronze order by all'),
    })),
  );
}

/** The stream and those that it asks for its parents, in the connector's order. */
function lineage(ward: Ward, stream: OpenStream): readonly OpenStream[] {
  const asked = [stream.parent?.stream, ...(stream.parent?.touchedBy ?? []).map((other) => other.stream)];
  const above = ward.streams.filter(({ name }) => asked.includes(name)).flatMap((other) => lineage(ward, other));
  return ward.streams.filter((other) => other === stream || above.includes(other));
}

/** Runs the streams that this one asks for its parents while the vendor is well, then this one while it is ill. */
async function syncOneIll(ward: Ward, about: ConnectorCase, stream: OpenStream, illness: Illness) {
  const { source } = about.connector;
  for (const before of lineage(ward, stream).filter((other) => other !== stream)) {
    await syncStream(ward.needs(source, 'run-1'), before, ward.streams);
  }
  ward.events.length = 0;
  ward.slept.length = 0;
  ward.ill(illness);
  return syncStream(ward.needs(source, 'run-2'), stream, ward.streams);
}

/** The illness for the first data call only: signing in again is no data call. */
function once(sick: (answer: StubAnswer) => StubAnswer): Illness {
  let done = false;
  return (call, answer) => {
    if (done || /token/.test(call.path)) return answer;
    done = true;
    return sick(answer);
  };
}

/** Registers the suite's tests. */
export function connectorContract(about: ConnectorCase): void {
  const { source, streams } = about.connector;

  test(`${source}: a healthy vendor's pages land in every stream, none in quarantine`, async (t) => {
    const ward = await admit(t, about);
    const report = await syncSource(ward.needs(source, 'run-1'), ward.streams);
    assert.deepEqual(
      report.failed.map(({ stream, fault }) => [stream, fault.message]),
      [],
    );
    for (const { stream, rows, quarantined, unreadable, drift } of report.streams) {
      assert.ok(rows > 0, `${stream} has rows`);
      assert.deepEqual(
        { stream, quarantined, unreadable, drift },
        { stream, quarantined: 0, unreadable: [], drift: {} },
      );
    }
    for (const stream of ward.streams) {
      const [row] = await ward.rows(
        source,
        stream,
        `select count(*) filter (_key is null or _hash is null or tenant_id <> 'acme-corp'
        or org_id <> 'acme-corp-hq' or source_system <> '${source}' or ingest_at is null) as bad from bronze`,
      );
      assert.equal(row?.bad, 0, `${stream.name} has its key columns`);
      const ends = await ward.rows(source, stream, 'select unnest([min(_key), max(_key)]) as key from bronze');
      for (const { key } of ends) {
        const { record } = (await findRecordVersions(ward, source, stream, String(key))).at(-1) ?? {};
        assert.ok(record != null, `raw has a whole record of ${stream.name}`);
        assert.equal(typeof JSON.parse(record), 'object');
      }
    }
  });

  test(`${source}: the same pages again add nothing, and a run without news commits nothing (attack 137)`, async (t) => {
    const ward = await admit(t, about);
    const first = await syncSource(ward.needs(source, 'run-1'), ward.streams);
    assert.deepEqual(first.failed, []);
    const before = await contents(ward, source);
    await syncSource(ward.needs(source, 'run-2'), ward.streams);
    assert.deepEqual(await contents(ward, source), before);
    const third = await syncSource(ward.needs(source, 'run-3'), ward.streams);
    const fourth = await syncSource(ward.needs(source, 'run-4'), ward.streams);
    const versions = (report: typeof third) => report.streams.map(({ stream, version }) => [stream, version]);
    assert.deepEqual(versions(fourth), versions(third));
  });

  for (const { name } of streams) {
    const pick = (ward: Ward) => ward.streams.find((stream) => stream.name === name) as OpenStream;
    const retried = (events: readonly TesseraEvent[]) =>
      events.flatMap((event) => (event.event === 'page.retried' ? [event.code] : []));

    test(`${source} ${name}: 429 is VENDOR_BUSY, waited for as long as the vendor says, and then goes on (attack 142)`, async (t) => {
      const ward = await admit(t, about);
      const illness = once(() => ({ status: 429, headers: about.busy.headers, body: {} }));
      const report = await syncOneIll(ward, about, pick(ward), illness);
      assert.ok(report.rows > 0);
      assert.deepEqual(retried(ward.events), ['VENDOR_BUSY']);
      const waited = ward.slept[0] ?? 0;
      assert.ok(waited >= about.busy.waitMs && waited < about.busy.waitMs + 1000, `waited ${waited} ms`);
    });

    test(`${source} ${name}: a 503 and a body that breaks off are asked again, and what came is kept (attack 141)`, async (t) => {
      const ward = await admit(t, about);
      let calls = 0;
      const report = await syncOneIll(ward, about, pick(ward), (call, answer) => {
        if (/token/.test(call.path) || ++calls > 2) return answer;
        if (calls === 1) return { status: 503, body: 'upstream connect error' };
        return { ...answer, cut: true };
      });
      assert.ok(report.rows > 0);
      assert.deepEqual(retried(ward.events), ['VENDOR_UNAVAILABLE', 'VENDOR_UNAVAILABLE']);
      const kept = (await ward.lake.raw.list(source, name, 'run-2')).filter((entry) => readNote(entry).unusable);
      assert.equal(kept.length, 1);
      assert.ok((await ward.lake.raw.read(kept[0]!)).byteLength > 0);
    });

    test(`${source} ${name}: a run killed after its first page goes on, under its own name or a new one, and loses and doubles nothing`, async (t) => {
      const whole = await admit(t, about);
      const sync = (ward: Ward, needs: SourceNeeds) => syncSource(needs, lineage(ward, pick(ward)));
      await sync(whole, whole.needs(source, 'run-1'));
      const expected = await contents(whole, source, [pick(whole)]);
      for (const again of ['run-1', 'run-2']) {
        const ward = await admit(t, about);
        const needs = ward.needs(source, 'run-1');
        let left = 1;
        const { raw } = needs.lake;
        const put: typeof raw.put = async (page) => {
          if (page.stream === name && left-- <= 0) throw new Error('killed');
          return raw.put(page);
        };
        await sync(ward, { ...needs, lake: { ...needs.lake, raw: { ...raw, put } } });
        const report = await sync(ward, ward.needs(source, again));
        assert.deepEqual(report.failed, []);
        assert.deepEqual(await contents(ward, source, [pick(ward)]), expected);
      }
    });

    test(`${source} ${name}: a page of another shape is PAGE_MALFORMED without its values, and kept`, async (t) => {
      const ward = await admit(t, about);
      const shape = (call: StubCall, answer: StubAnswer): StubAnswer =>
        /token/.test(call.path) ? answer : { body: { surprise: 'val-4711' } };
      const fault = await syncOneIll(ward, about, pick(ward), shape).then(
        () => assert.fail('it was taken'),
        (error: unknown) => error,
      );
      assert.ok(fault instanceof Fault && fault.code === 'PAGE_MALFORMED', String(fault));
      assert.doesNotMatch(fault.message, /val-4711/);
      const kept = await ward.lake.raw.list(source, name, 'run-2');
      assert.ok(kept.length > 0 && kept.every((entry) => readNote(entry).unusable));
      assert.match(Buffer.from(await ward.lake.raw.read(kept[0]!)).toString(), /val-4711/);
    });

    test(`${source} ${name}: a record without its required field goes to quarantine with the path, and the rest of the page lands (attack 144)`, async (t) => {
      const ward = await admit(t, about);
      const stream = pick(ward);
      const field = requiredPath(stream);
      // The first record is doubled without the field, so that the rest of the page is what it was.
      const spoil = (answer: StubAnswer): StubAnswer => ({
        ...answer,
        body: withSpoiltCopy(stream, answer.body, field),
      });
      const report = await syncOneIll(ward, about, stream, (call, answer) =>
        /token/.test(call.path) ? answer : spoil(answer),
      );
      assert.ok(report.rows > 0 && report.quarantined > 0, JSON.stringify(report));
      const [record] = await ward.lake.quarantine.list();
      assert.ok(record?.reason.includes(field) && record.reason.endsWith('is missing'), record?.reason);
    });

    test(`${source} ${name}: a refusal is not asked again`, async (t) => {
      const ward = await admit(t, about);
      const refusal = syncOneIll(ward, about, pick(ward), () => ({ status: 403, body: {} }));
      await assert.rejects(refusal, { code: 'VENDOR_REFUSED' });
      assert.deepEqual(ward.slept, []);
    });
  }

  test(`${source}: no secret is in an event, a fault, a sidecar or a table's log`, async (t) => {
    const ward = await admit(t, about);
    await syncSource(ward.needs(source, 'run-1'), ward.streams);
    ward.ill(() => ({ status: 500, body: {} }));
    const failed = await syncSource(ward.needs(source, 'run-2'), ward.streams);
    const files = globSync('**/*.json', { cwd: ward.folder }).map((file) =>
      readFileSync(path.join(ward.folder, file), 'utf8'),
    );
    assert.ok(files.length > 0);
    const told = [
      JSON.stringify(ward.events),
      ...failed.failed.map(({ fault }) => `${fault.stack} ${JSON.stringify(fault)}`),
      ...files,
    ];
    for (const text of told)
      for (const secret of about.secrets) assert.ok(!text.includes(secret), `found in ${text.slice(0, 200)}`);
  });

  test(`${source}: bad settings are refused by name, without their values`, async () => {
    const needs = { web: () => Promise.reject(new Error('no call')), now: () => new Date(0), sleep: async () => {} };
    const spoilt = { ...(about.settings('https://vendor.example') as object), nonsense: 'val-4711' };
    const isClear = (fault: unknown) => {
      assert.ok(fault instanceof Fault && fault.code === 'SOURCE_SETTINGS_INVALID');
      assert.match(fault.message, /nonsense/);
      assert.doesNotMatch(fault.message, /val-4711/);
      return true;
    };
    await assert.rejects(about.connector.open(spoilt, needs), isClear);
    assert.throws(() => about.connector.check(spoilt), isClear);
    for (const name of about.connector.settingNames) {
      const wrong = { ...(about.settings('https://vendor.example') as object), [name]: ['val-4711'] };
      assert.throws(
        () => about.connector.check(wrong),
        (fault: unknown) => {
          assert.ok(fault instanceof Fault && fault.code === 'SOURCE_SETTINGS_INVALID', name);
          assert.match(fault.message, new RegExp(`at ${name}`));
          assert.doesNotMatch(fault.message, /val-4711/);
          return true;
        },
      );
    }
  });
}

/** A required field that stands in the record itself. */
function requiredPath(stream: OpenStream): string {
  const carried = Object.keys(stream.nested?.carry ?? {});
  const column = Object.entries(stream.columns).find(
    ([name, { required, path }]) => required === true && !carried.includes(name) && !(stream.keyed && path === '$.key'),
  );
  assert.ok(column !== undefined, `${stream.name} requires nothing`);
  return pathsOf(column[1])[0] ?? '';
}

function withSpoiltCopy(stream: OpenStream, body: unknown, field: string): unknown {
  const copy: unknown = structuredClone(typeof body === 'string' ? JSON.parse(body) : body);
  if (stream.keyed) {
    const members = walk(copy, stream.records);
    if (typeof members === 'object' && members !== null) Object.assign(members, { spoilt: {} });
    return copy;
  }
  const list = recordLists(copy, stream.records).flatMap((records) =>
    stream.nested === undefined ? [records] : records.flatMap((group) => recordLists(group, stream.nested?.path ?? '')),
  );
  for (const records of list) {
    if (records[0] === undefined) continue;
    const spoilt = structuredClone(records[0]) as Record<string, unknown>;
    const steps = pathSteps(field) ?? [];
    const holder = steps.slice(0, -1).reduce((at, step) => at[step] as Record<string, unknown>, spoilt);
    delete holder[steps.at(-1) ?? ''];
    records.push(spoilt);
  }
  return copy;
}

/** The arrays at `$.a.b[*]`. */
function recordLists(json: unknown, at: string): unknown[][] {
  const found = walk(json, at.replace(/\[\*\]$/, ''));
  return Array.isArray(found) ? [found] : [];
}

const walk = (json: unknown, at: string): unknown =>
  (pathSteps(at) ?? []).reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], json);
