// `tessera source record`: a record's versions without its values; its values with a purpose, which is on the audit trail.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, observeNothing, parseTenant, readSettings } from '@tessera/base';
import { connectors, stageStream } from '@tessera/ingest';
import { readAuditPage } from '@tessera/security';
import { Command } from 'commander';
import { openLakes } from '../open-lakes.ts';
import { auditFolder } from '../wire-audit.ts';
import { addSourceCommands } from './source.ts';

const acme = must(parseTenant('acme-corp'));
let home: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-record-'));
  process.env.TESSERA_HOME = home;
});
after(() => rm(home, { recursive: true, force: true }));

/** What the command prints. */
async function tessera(...args: string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addSourceCommands(program);
  for (const command of program.commands) for (const one of command.commands) one.exitOverride();
  const { write } = process.stdout;
  let printed = '';
  process.stdout.write = (text) => {
    printed += String(text);
    return true;
  };
  try {
    await program.parseAsync(['source', ...args, '--tenant', acme], { from: 'user' });
    return printed;
  } finally {
    process.stdout.write = write;
  }
}

test('a record is shown by its shape; with a purpose whole, which the trail says with its key and why', async () => {
  const settings = readSettings(process.env);
  const lakes = await openLakes(settings);
  const groups = connectors.flatMap(({ streams }) => streams).find(({ endpoint }) => endpoint.includes('/groups'));
  assert.ok(groups);
  const record = '{"id":"00g1","profile":{"name":"Finance Paris"},"novel":1.10}';
  const lake = lakes.openLake(acme);
  const at = new Date('2026-01-01T00:00:00Z');
  const body = Buffer.from(`[${record}]`);
  const note = JSON.stringify({ cursor: null, records: 1, bytes: body.byteLength });
  const about = { source: 'okta', stream: groups.name, run: 'r1', page: 1, request: 'GET', status: 200 } as const;
  const entry = await lake.raw.put({ ...about, receivedAt: at, body, cursor: note });
  const needs = { lake, engine: lakes.engine, orgId: 'hq', owner: undefined, observe: observeNothing };
  try {
    await stageStream({ ...needs, source: 'okta', run: 'r1' }, groups, { entries: [entry], complete: true });
  } finally {
    lakes.close();
  }
  const version = { receivedAt: at.toISOString(), page: 'r1-000001', deleted: false };
  const shape = { id: 'string', profile: { name: 'string' }, novel: 'number' };
  assert.deepEqual(JSON.parse(await tessera('record', 'okta.groups', '00g1')), [{ ...version, shape }]);
  const whole = await tessera('record', 'okta.groups', '00g1', '--purpose', 'ticket 7');
  assert.deepEqual(JSON.parse(whole), [{ ...version, record }]);
  await assert.rejects(tessera('record', 'okta.groups', 'nobody', '--purpose', 'ticket 8'), {
    code: 'RECORD_NOT_STAGED',
  });
  await assert.rejects(tessera('record', 'okta.grups', '00g1'), { code: 'commander.invalidArgument' });

  const { items } = await readAuditPage(auditFolder(settings), { tenant: acme }, 100);
  assert.deepEqual(
    items.map(({ kind, action, object, purpose, code }) => [kind, action, object, purpose, code]),
    [
      ['intent', 'record.reveal', 'okta.groups 00g1', 'ticket 7', undefined],
      ['outcome', 'record.reveal', 'okta.groups 00g1', 'ticket 7', undefined],
      ['intent', 'record.reveal', 'okta.groups nobody', 'ticket 8', undefined],
      ['outcome', 'record.reveal', 'okta.groups nobody', 'ticket 8', 'RECORD_NOT_STAGED'],
    ],
  );
});
