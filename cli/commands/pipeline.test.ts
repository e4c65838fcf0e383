// `tessera pipeline pause|resume|backfill`: each is on the audit trail, with who did it and how it ended, and a paused tenant is not read again.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import { readAuditPage } from '@tessera/security';
import { Command } from 'commander';
import { auditFolder } from '../wire-audit.ts';
import { addPipelineCommands } from './pipeline.ts';

const acme = must(parseTenant('acme-corp'));
let home: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-pause-'));
  process.env.TESSERA_HOME = home;
  await mkdir(path.join(home, 'tenants'));
  const okta = { source: 'okta', settings: { url: 'https://acme.okta.com' }, secrets: { token: { env: 'NONE' } } };
  const tenant = { tenant: acme, displayName: 'Acme', timeZone: 'UTC', orgId: 'acme-hq', connections: [okta] };
  await writeFile(path.join(home, 'tenants', 'acme-corp.json'), JSON.stringify(tenant));
});
after(() => rm(home, { recursive: true, force: true }));

const tessera = (...args: string[]) => {
  const program = new Command().exitOverride();
  addPipelineCommands(program);
  return program.parseAsync(['pipeline', ...args, '--tenant', acme], { from: 'user' });
};

test('what stops a tenant and what reads it again is on the trail, also where it fails', async () => {
  const span = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'];
  const again = ['backfill', '--source', 'okta', '--stream', 'log', ...span];
  await tessera('pause', '--why', 'ticket 7');
  await assert.rejects(tessera(...again), { code: 'TENANT_PAUSED' });
  await assert.rejects(tessera(...again, '--anyway'), { code: 'SECRET_MISSING' });
  await tessera('resume');
  const { items } = await readAuditPage(auditFolder(readSettings(process.env)), { tenant: acme }, 100);
  const window = 'okta log 2026-01-01T00:00:00Z/2026-01-02T00:00:00Z';
  const acts = items.map(({ kind, action, object, purpose, code }) => [kind, action, object, purpose, code]);
  assert.deepEqual(acts, [
    ['intent', 'pipeline.pause', undefined, 'ticket 7', undefined],
    ['outcome', 'pipeline.pause', undefined, 'ticket 7', undefined],
    ['intent', 'pipeline.backfill', window, undefined, undefined],
    ['outcome', 'pipeline.backfill', window, undefined, 'TENANT_PAUSED'],
    ['intent', 'pipeline.backfill', window, undefined, undefined],
    ['outcome', 'pipeline.backfill', window, undefined, 'SECRET_MISSING'],
    ['intent', 'pipeline.resume', undefined, undefined, undefined],
    ['outcome', 'pipeline.resume', undefined, undefined, undefined],
  ]);
});
