// A mistyped tenant, table, release or number is a refusal with every command that takes one: the commands are those of the tree itself.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { openLakes } from './open-lakes.ts';
import { tesseraProgram } from './program.ts';
import { anyTenant, pathOf } from './tenant-named.ts';

let home: string;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-named-'));
  process.env.TESSERA_HOME = home;
  await mkdir(path.join(home, 'demo'), { recursive: true });
  const tenant = {
    ...{ tenant: 'acme-corp', displayName: 'Acme', timeZone: 'Europe/Paris', orgId: 'acme-hq', connections: [] },
  };
  const demo = { asOf: '2026-01-01T00:00:00.000Z', tenants: [tenant] };
  await writeFile(path.join(home, 'demo', 'pipeline.json'), JSON.stringify(demo));
});
after(() => rm(home, { recursive: true, force: true }));

const leavesOf = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
const takesTenant = (command: Command) => command.options.some(({ long }) => long === '--tenant');
const takers = leavesOf(tesseraProgram()).filter(takesTenant).map(pathOf);

/** Values for options and arguments that take not every word. */
const values: Readonly<Record<string, string>> = {
  ...{ '--source': 'okta', '--to': '1', '--until': '2026-01-01' },
  stream: 'okta.log',
};
function argumentsOf(name: string, tenant: string): string[] {
  const command = leavesOf(tesseraProgram()).find((leaf) => pathOf(leaf) === name);
  assert.ok(command);
  const options = command.options
    .filter((option) => option.mandatory && option.long !== '--tenant')
    .flatMap(({ long, argChoices }) => [long ?? '', argChoices?.[0] ?? values[long ?? ''] ?? 'x']);
  const positional = command.registeredArguments.filter(({ required }) => required);
  return [...name.split(' '), ...positional.map((one) => values[one.name()] ?? 'x'), '--tenant', tenant, ...options];
}

const tessera = async (...args: string[]) => {
  const program = tesseraProgram().exitOverride();
  for (const command of [program, ...program.commands, ...leavesOf(program)])
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  await program.parseAsync(args, { from: 'user' });
};

test('every command with --tenant is refused a tenant that is not here, or says why it may name one', async () => {
  for (const name of Object.keys(anyTenant)) assert.ok(takers.includes(name), `${name} takes no tenant`);
  const checked = takers.filter((name) => !(name in anyTenant));
  assert.ok(checked.length > 30, `${checked.length} commands`);
  for (const name of checked)
    await assert.rejects(tessera(...argumentsOf(name, 'no-such')), { code: 'TENANT_NOT_CONFIGURED' }, name);
  const left = await readdir(home, { recursive: true });
  assert.deepEqual(
    left.filter((file) => file.includes('no-such')),
    [],
    'nothing was written for it',
  );
});

test('who is configured, and who was run once and is configured no more, may be named', async () => {
  await tessera('pipeline', 'history', '--tenant', 'acme-corp');
  const gone = must(parseTenant('gone-corp'));
  await assert.rejects(tessera('quarantine', 'list', '--tenant', gone), { code: 'TENANT_NOT_CONFIGURED' });
  const lakes = await openLakes(readSettings(process.env));
  await lakes.openLake(gone).leases.take({ holder: 'test', ttlMs: 1000 });
  lakes.close();
  await tessera('quarantine', 'list', '--tenant', gone);
});

test('a mistyped table, release, source or number is a refusal', async () => {
  const acme = ['--tenant', 'acme-corp'];
  await assert.rejects(tessera('table', 'history', ...acme, '--table', 'nope'), { code: 'TABLE_UNKNOWN' });
  await assert.rejects(tessera('release', 'show', ...acme, '--number', '7'), { code: 'RELEASE_UNKNOWN' });
  const invalid = { code: 'commander.invalidArgument' };
  await assert.rejects(tessera('release', 'show', ...acme, '--number', 'x'), invalid);
  await assert.rejects(tessera('ledger', 'show', ...acme, '--source', 'oktta'), invalid);
  const counted = leavesOf(tesseraProgram()).filter(({ options }) => options.some(({ long }) => long === '--most'));
  assert.ok(counted.length >= 4);
  for (const most of ['x', '0', '-1', '1.5', ''])
    for (const leaf of counted)
      await assert.rejects(tessera(...argumentsOf(pathOf(leaf), 'acme-corp'), '--most', most), invalid, pathOf(leaf));
});
