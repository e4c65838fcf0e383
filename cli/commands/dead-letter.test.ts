// `tessera dead-letter replay|discard`: both are on the audit trail, with who did it and how it ended.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import { readAuditPage } from '@tessera/security';
import { Command } from 'commander';
import { openLakes } from '../open-lakes.ts';
import { auditFolder } from '../wire-audit.ts';
import { addDeadLetterCommands } from './dead-letter.ts';

const acme = must(parseTenant('acme-corp'));
let home: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-letters-'));
  process.env.TESSERA_HOME = home;
});
after(() => rm(home, { recursive: true, force: true }));

const tessera = (...args: string[]) => {
  const program = new Command().exitOverride();
  addDeadLetterCommands(program);
  return program.parseAsync(['dead-letter', ...args, '--tenant', acme], { from: 'user' });
};

test('what is done with a dead letter is on the trail, also where it fails', async () => {
  const settings = readSettings(process.env);
  const lakes = await openLakes(settings);
  const { deadLetters } = lakes.openLake(acme);
  const id = 'fetch.okta.log';
  const failed = { code: 'VENDOR_REFUSED', message: 'no', history: [], attempts: 1, run: 'r1', firstAt: 'x', at: 'x' };
  await deadLetters.put(id, { id, stage: 'fetch', input: {}, ...failed });
  try {
    await tessera('discard', id, '--why', 'ticket 7');
    assert.deepEqual(await deadLetters.list(), []);
    await assert.rejects(tessera('discard', id), { code: 'DEAD_LETTER_UNKNOWN' });
    // Of a tenant that is not configured here nothing can be run again.
    await assert.rejects(tessera('replay', id), { code: 'TENANT_NOT_CONFIGURED' });
  } finally {
    lakes.close();
  }
  const { items } = await readAuditPage(auditFolder(settings), { tenant: acme }, 100);
  const acts = items.map(({ kind, action, object, purpose, code }) => [kind, action, object, purpose, code]);
  assert.deepEqual(acts, [
    ['intent', 'dead-letter.discard', id, 'ticket 7', undefined],
    ['outcome', 'dead-letter.discard', id, 'ticket 7', undefined],
    ['intent', 'dead-letter.discard', id, undefined, undefined],
    ['outcome', 'dead-letter.discard', id, undefined, 'DEAD_LETTER_UNKNOWN'],
    ['intent', 'dead-letter.replay', id, undefined, undefined],
    ['outcome', 'dead-letter.replay', id, undefined, 'TENANT_NOT_CONFIGURED'],
  ]);
});
