// The trail holds what it promises: durable before the act, nothing personal in the chain, nothing lost when the disk fails.
import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Fault, isTenant, observeNothing, systemClock, type Tenant, type TesseraEvent } from '@tessera/base';
import type { AuditEntry } from './contract.ts';
import { type AuditNeeds, createAudit } from './create-audit.ts';

const acme = 'acme-corp' as Tenant;
const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function store(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'audit-'));
  folders.push(folder);
  return path.join(folder, 'audit');
}
const open = (folder: string, needs: Partial<AuditNeeds> = {}) =>
  createAudit({ folder, now: systemClock, observe: observeNothing, ...needs });

const query: AuditEntry = {
  tenant: acme,
  kind: 'decision',
  action: 'query',
  door: 'rest',
  subject: 'ada@acme.example',
  from: '192.0.2.7',
  members: ['login_failure_rate.rate'],
  rows: 12,
  release: 3,
  decision: 'allowed',
};

async function linesOf(folder: string, chain = 'acme-corp/server') {
  const names = (await readdir(path.join(folder, chain)).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder, chain, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('an acknowledged record is in the file, and follows the one before', async () => {
  const folder = await store();
  const audit = await open(folder);
  assert.deepEqual(await audit.append(query), { sequence: 1 });
  const both = await Promise.all([audit.append(query), audit.append({ ...query, rows: 13 })]);
  assert.deepEqual(both, [{ sequence: 2 }, { sequence: 3 }]);
  const lines = await linesOf(folder);
  assert.deepEqual(
    lines.map(({ record }) => record.prev),
    ['', lines[0].hash, lines[1].hash],
  );
  assert.equal(lines[0].record.rows, 12);
  assert.equal(lines[0].payload.subject, 'ada@acme.example');
  await audit.close();
});

test('attack 185: nothing personal is in the chained part', async () => {
  const folder = await store();
  const audit = await open(folder);
  await audit.append({ ...query, purpose: 'call Bob back' });
  await audit.close();
  const [{ record, payload }] = await linesOf(folder);
  assert.doesNotMatch(JSON.stringify(record), /ada|192\.0\.2\.7|Bob/);
  assert.equal(payload.purpose, 'call Bob back');
});

test('attack 182: line breaks, terminal codes, broken JSON and a megabyte make one capped, harmless record; an unknown field makes none', async () => {
  const folder = await store();
  const audit = await open(folder);
  const nasty = 'x\r\n{"hash":1}\u001b[2J\u2028\u202e","decision":"allowed\ud800';
  await audit.append({
    ...query,
    subject: nasty,
    action: nasty,
    from: 'a'.repeat(1_000_000),
    members: Array.from({ length: 5_000 }, (_, i) => `m${i}`),
    token: 'eyJ-secret',
    rows: Number.NaN,
  } as AuditEntry);
  await audit.close();
  const lines = await linesOf(folder);
  assert.equal(lines.length, 1);
  const [{ record, payload }] = lines;
  const text = JSON.stringify(lines[0]);
  assert.ok(text.length < 20_000, String(text.length));
  assert.doesNotMatch(payload.subject, /[\p{Cc}\p{Cf}\u2028]/u);
  assert.match(payload.subject, /^x\\u\{d\}\\u\{a\}/);
  assert.equal(record.members.length, 201);
  assert.equal(record.rows, undefined);
  assert.doesNotMatch(text, /eyJ-secret/);
});

test('the work begins when its intent is in the file, and its outcome names the intent', async () => {
  const folder = await store();
  const audit = await open(folder);
  const { kind: _, decision: __, ...act } = query;
  const result = await audit.sensitive({ ...act, action: 'pii.reveal' }, async () => {
    const [intent] = await linesOf(folder);
    assert.equal(intent.record.kind, 'intent');
    return 42;
  });
  assert.equal(result, 42);
  await assert.rejects(
    audit.sensitive(act, async () => {
      throw new Fault('CLAIM_REFUSED', { claim: 'amr' });
    }),
    { code: 'CLAIM_REFUSED' },
  );
  await assert.rejects(
    audit.sensitive(act, async () => {
      throw new Error('boom');
    }),
    /boom/,
  );
  const lines = await linesOf(folder);
  assert.deepEqual(
    lines.map(({ record: { kind, of, decision, code } }) => [kind, of, decision, code]),
    [
      ['intent', undefined, 'allowed', undefined],
      ['outcome', 1, 'allowed', undefined],
      ['intent', undefined, 'allowed', undefined],
      ['outcome', 3, 'denied', 'CLAIM_REFUSED'],
      ['intent', undefined, 'allowed', undefined],
      ['outcome', 5, 'failed', 'INTERNAL'],
    ],
  );
  await audit.close();
});

test('a note is written without anybody waiting, at the latest when the store is closed', async () => {
  const folder = await store();
  const audit = await open(folder);
  for (let i = 0; i < 50; i++) audit.note(query);
  assert.equal((await linesOf(folder)).length, 0);
  await audit.close();
  assert.equal((await linesOf(folder)).length, 50);
});

test('attack 181: a store that cannot be written refuses acts, keeps notes, says so, and goes on where it stood', async () => {
  const folder = await store();
  const events: TesseraEvent[] = [];
  const audit = await open(folder, { observe: (event) => events.push(event) });
  await audit.append(query);
  // As a full or read-only disk: the chain's folder takes no file any more, and the segment no byte.
  const [segment] = (await readdir(path.join(folder, acme, 'server'))).filter((name) => name.endsWith('.jsonl'));
  const file = path.join(folder, acme, 'server', segment ?? '');
  const kept = await readFile(file);
  await rm(file);
  await mkdir(file);
  let isDone = false;
  const { kind: _, decision: __, ...act } = query;
  await assert.rejects(
    audit.sensitive(act, async () => {
      isDone = true;
    }),
    { code: 'AUDIT_UNAVAILABLE', status: 503 },
  );
  assert.equal(isDone, false);
  audit.note({ ...query, rows: 7 });
  await assert.rejects(audit.append(query), { code: 'AUDIT_UNAVAILABLE' });
  assert.ok(events.some(({ event }) => event === 'audit.failed'));
  await rmdir(file);
  await writeFile(file, kept);
  await audit.append({ ...query, rows: 8 });
  assert.deepEqual(
    (await linesOf(folder)).map(({ record }) => record.rows),
    [12, 7, 8],
  );
  await audit.close();
});

test('a disk that hangs refuses the act in time', async () => {
  const folder = await store();
  const audit = await open(folder, { timeoutMs: 0 });
  await assert.rejects(audit.append(query), { code: 'AUDIT_UNAVAILABLE' });
  await audit.close();
});

test('a half-written last line is taken away, an act without an outcome is said, and the chain goes on', async () => {
  const folder = await store();
  const first = await open(folder);
  await first.append({ ...query, kind: 'intent' });
  await first.close();
  const [segment] = (await readdir(path.join(folder, acme, 'server'))).filter((name) => name.endsWith('.jsonl'));
  await appendFile(path.join(folder, acme, 'server', segment ?? ''), '{"hash":"abc","record":{"seq');
  const events: TesseraEvent[] = [];
  const audit = await open(folder, { observe: (event) => events.push(event) });
  assert.deepEqual(await audit.append(query), { sequence: 4 });
  await audit.close();
  const lines = await linesOf(folder);
  assert.deepEqual(
    lines.map(({ record: { sequence, action, of } }) => [sequence, action, of]),
    [
      [1, 'query', undefined],
      [2, 'audit.recovered', undefined],
      [3, 'audit.interrupted', 1],
      [4, 'query', undefined],
    ],
  );
  assert.ok(events.some((event) => event.event === 'audit.recovered' && event.interrupted === 1));
});

test('a chain that is shorter than its signed head is not written to', async () => {
  const folder = await store();
  const first = await open(folder);
  await first.append(query);
  await first.append(query);
  await first.close();
  const chain = path.join(folder, acme, 'server');
  const file = path.join(chain, (await readdir(chain)).find((name) => name.endsWith('.jsonl')) ?? '');
  const [line] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, `${line}\n`);
  const audit = await open(folder);
  await assert.rejects(audit.append(query), { code: 'AUDIT_BROKEN' });
  await audit.close();
});

test('segments turn at their size, one chain through all of them; files are their owner’s alone', async () => {
  const folder = await store();
  const audit = await open(folder, { segmentBytes: 1_000 });
  for (let i = 0; i < 12; i++) await audit.append(query);
  await audit.close();
  const names = (await readdir(path.join(folder, acme, 'server'))).filter((name) => name.endsWith('.jsonl'));
  assert.ok(names.length >= 4, String(names));
  const lines = await linesOf(folder);
  for (const [i, { record }] of lines.entries()) assert.equal(record.prev, lines[i - 1]?.hash ?? '');
  assert.equal((await stat(path.join(folder, 'head-key.pem'))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const again = await open(folder, { segmentBytes: 1_000 });
  assert.deepEqual(await again.append(query), { sequence: 13 });
  await again.close();
});

test('two processes never write under one name; the command line has its own', async () => {
  const folder = await store();
  const server = await open(folder);
  await assert.rejects(open(folder), { code: 'AUDIT_BUSY' });
  const command = await open(folder, { writer: 'cli' });
  await Promise.all([server.append(query), command.append(query)]);
  await server.close();
  await command.close();
  assert.equal((await linesOf(folder, 'acme-corp/cli')).length, 1);
  await (await open(folder)).close();
});

test('a store in a folder that cannot be made is said at once', async () => {
  const folder = await store();
  await appendFile(folder, 'a file');
  await assert.rejects(open(folder), { code: 'AUDIT_UNAVAILABLE' });
  await chmod(folder, 0o600);
});

test('refusals of callers without a tenant are counted beyond a rate, in a chain that no tenant can name', async () => {
  const folder = await store();
  const at = new Date('2026-01-01T00:00:00Z');
  const audit = await open(folder, { now: () => at });
  for (let i = 0; i < 100; i++)
    audit.note({ tenant: undefined, kind: 'decision', action: 'query', door: 'rest', decision: 'denied' });
  at.setSeconds(1);
  audit.note({ tenant: undefined, kind: 'decision', action: 'query', door: 'rest', decision: 'denied' });
  await audit.close();
  const lines = await linesOf(folder, '_nobody/server');
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1).record.suppressed, 80);
  assert.equal(isTenant('_nobody'), false);
});

test('time does not go back within a chain', async () => {
  const folder = await store();
  const times = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
  const audit = await open(folder, { now: () => new Date(times.shift() ?? '2026-01-03T00:00:00.000Z') });
  await audit.append(query);
  await audit.append(query);
  await audit.close();
  assert.deepEqual(
    (await linesOf(folder)).map(({ record }) => record.at),
    ['2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
  );
});
