// `tessera access revoke|restore|list`: takes a person's rights away at once, whatever his token still says.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { must, parseTenant, readSettings } from '@tessera/base';
import type { Revocation } from '@tessera/security';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { printRows } from '../print.ts';
import { readRevocations, revocationFile } from '../revocation-file.ts';

interface Whom {
  readonly tenant: string;
  readonly subject?: string;
  readonly everybody?: boolean;
}

export function addAccessCommands(program: Command): void {
  const access = program.command('access').description('Rights of persons, before their tokens end');

  access
    .command('revoke')
    .description(
      'refuse every token that the person (or everybody of the tenant) has by now; a running server obeys within a second',
    )
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--subject <sub>', "the person, by the token's subject")
    .option('--everybody', 'everybody of the tenant')
    .action(async (whom: Whom, command: Command) => {
      const { tenant, subject } = chosen(whom, command);
      await audited({ tenant, action: 'access.revoke', object: subject ?? 'everybody' }, () =>
        change((list) => [
          ...list.filter((one) => !isAbout(one, tenant, subject)),
          { tenant, subject, until: Math.floor(Date.now() / 1000) },
        ]),
      );
      process.stdout.write(`Tokens of ${subject ?? 'everybody'} at ${tenant} issued until now are refused.\n`);
    });

  access
    .command('restore')
    .description('take a revocation back: tokens that have not ended are good again')
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--subject <sub>', "the person, by the token's subject")
    .option('--everybody', 'everybody of the tenant')
    .action(async (whom: Whom, command: Command) => {
      const { tenant, subject } = chosen(whom, command);
      await audited({ tenant, action: 'access.restore', object: subject ?? 'everybody' }, () =>
        change((list) => list.filter((one) => !isAbout(one, tenant, subject))),
      );
      process.stdout.write(`The revocation of ${subject ?? 'everybody'} at ${tenant} is taken back.\n`);
    });

  access
    .command('list')
    .description('revocations in force')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const list = readRevocations(revocationFile(readSettings(process.env)));
      printRows(
        list.map(({ tenant, subject, until }) => ({
          tenant,
          subject: subject ?? 'everybody',
          issued_until: new Date(until * 1000).toISOString(),
        })),
        options.json ?? false,
      );
    });
}

function chosen({ tenant, subject, everybody }: Whom, command: Command) {
  if ((subject === undefined) === (everybody !== true))
    command.error('error: say either --subject or --everybody', { exitCode: 2 });
  return { tenant: must(parseTenant(tenant)), subject: subject ?? null };
}

const isAbout = (one: Revocation, tenant: string, subject: string | null) =>
  one.tenant === tenant && one.subject === subject;

/** Written beside its place and moved there, so that a server never reads half of it. */
async function change(next: (list: readonly Revocation[]) => readonly Revocation[]): Promise<void> {
  const file = revocationFile(readSettings(process.env));
  await mkdir(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(next(readRevocations(file)), null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(beside, file);
}
