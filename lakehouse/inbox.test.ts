// The inbox of deliveries: durable, sealed, one a body, and a damaged one keeps nobody waiting.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, type FaultCode, must, parseTenant } from '@tessera/base';
import type { ObjectSealing } from './contract.ts';
import { createFolderStore } from './folder-store.ts';
import { openInbox } from './inbox.ts';
import { sealObjects } from './sealed-objects.ts';

/** Turned around, with a mark: enough to tell sealed from plain. */
const sealing: ObjectSealing = {
  on: true,
  isSealed: (body) => body[0] === 0xee,
  seal: async (_, plain) => Buffer.concat([Buffer.from([0xee]), Buffer.from(plain).reverse()]),
  open: async (_, sealed) => Buffer.from(sealed.subarray(1)).reverse(),
};

function open(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'inbox-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = createFolderStore(folder);
  const inbox = openInbox(sealObjects(store, sealing, folder), store.delete, must(parseTenant('acme-corp')));
  return { inbox, fileOf: (id: string) => path.join(folder, 'tenant-acme-corp', 'inbox', 'okta', 'log', `${id}.json`) };
}
const delivery = (text: string) => ({
  receivedAt: new Date('2026-01-01T00:00:00Z'),
  records: 1,
  body: Buffer.from(text),
});

test('a delivery comes back as it came, once however often it came, until it is removed', async (t) => {
  const { inbox, fileOf } = open(t);
  const id = await inbox.put('okta', 'log', delivery('{"a":"é\\n"}\n'));
  assert.equal(await inbox.put('okta', 'log', delivery('{"a":"é\\n"}\n')), id);
  const other = await inbox.put('okta', 'log', delivery('{}'));
  assert.doesNotMatch(readFileSync(fileOf(id)).toString('latin1'), /"a":"/, 'it is sealed');
  const found = await inbox.list('okta', 'log', 10);
  const first = found.find((one) => one.id === id);
  assert.deepEqual(
    [found.length, Buffer.from(first?.body ?? []).toString(), first?.records, first?.receivedAt.toISOString()],
    [2, '{"a":"é\\n"}\n', 1, '2026-01-01T00:00:00.000Z'],
  );
  assert.equal((await inbox.list('okta', 'log', 1)).length, 1);
  assert.deepEqual(await inbox.list('jira', 'log', 10), []);
  await inbox.remove('okta', 'log', id);
  await inbox.remove('okta', 'log', id);
  assert.deepEqual(
    (await inbox.list('okta', 'log', 10)).map((one) => one.id),
    [other],
  );
  assert.equal((await inbox.waiting()).deliveries, 1);
});

test('a damaged delivery is told, stays, keeps no other waiting, and is whole again when it is sent again', async (t) => {
  const { inbox, fileOf } = open(t);
  const id = await inbox.put('okta', 'log', delivery('{"n":1}'));
  const good = await inbox.put('okta', 'log', delivery('{"n":2}'));
  const file = fileOf(id);
  const bytes = readFileSync(file);
  bytes[2] = (bytes[2] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const told: FaultCode[] = [];
  const found = await inbox.list('okta', 'log', 10, (fault) =>
    told.push(fault instanceof Fault ? fault.code : 'INTERNAL'),
  );
  assert.deepEqual([found.map((one) => one.id), told], [[good], ['RAW_PAGE_CORRUPT']]);
  assert.equal((await inbox.waiting()).deliveries, 2);
  await inbox.put('okta', 'log', delivery('{"n":1}'));
  assert.equal((await inbox.list('okta', 'log', 10)).length, 2);
});
