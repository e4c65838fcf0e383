// `tessera secret set|list|remove`: what connections sign in with, sealed under the tenant's key. A value goes in and is never shown.
import { userInfo } from 'node:os';
import { must, parseTenant, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { printRows } from '../print.ts';
import { readSecret } from '../read-secret.ts';
import { openAudit } from '../wire-audit.ts';
import { openKeys } from '../wire-keys.ts';

interface Named {
  readonly tenant: string;
  readonly name: string;
}

/** The act with its intent before and its outcome after it; the name is told, the value is not. */
async function audited<T>({ tenant, name }: Named, action: string, work: () => Promise<T>): Promise<T> {
  const audit = await openAudit(readSettings(process.env), 'cli');
  try {
    const subject = `os:${userInfo().username}`;
    return await audit.sensitive(
      { tenant: must(parseTenant(tenant)), action, door: 'cli', subject, object: name },
      work,
    );
  } finally {
    await audit.close();
  }
}

export function addSecretCommands(program: Command): void {
  const secret = program.command('secret').description('Secrets of connections, sealed under their tenant’s key');

  secret
    .command('set')
    .description('keep a secret: its value is read from stdin, or asked for; never give it as an argument')
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--name <name>', 'name, as "sealed" in the tenant’s file says it')
    .action(async (options: Named) => {
      const tenant = must(parseTenant(options.tenant));
      const { secrets } = openKeys(readSettings(process.env));
      const value = await readSecret(`Value of ${options.name} (not shown): `);
      await audited(options, 'secret.set', () => secrets.set(tenant, options.name, value));
      process.stdout.write(`Kept. It is used from the next pipeline run of ${tenant} on.\n`);
    });

  secret
    .command('list')
    .description('names of the tenant’s secrets, and when each was set')
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--json', 'as JSON')
    .action(async (options: { tenant: string; json?: boolean }) => {
      const { secrets } = openKeys(readSettings(process.env));
      const listed = await secrets.list(must(parseTenant(options.tenant)));
      printRows(
        listed.map(({ name, setAt }) => ({ name, set: setAt })),
        options.json ?? false,
      );
    });

  secret
    .command('remove')
    .description('remove a secret; connections that name it fail from the next run on')
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--name <name>', 'name')
    .action(async (options: Named) => {
      const { secrets } = openKeys(readSettings(process.env));
      const removed = await audited(options, 'secret.remove', () =>
        secrets.remove(must(parseTenant(options.tenant)), options.name),
      );
      process.stdout.write(removed ? 'Removed.\n' : 'There is no secret of that name.\n');
      if (!removed) process.exitCode = 1;
    });
}
