// `tessera key status|rotate|erase`: the keys of tenants, and the master key that wraps them.
import { must, parseTenant, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { eraseWholeTenant } from '../erase-tenant.ts';
import { openLakes } from '../open-lakes.ts';
import { printRows } from '../print.ts';
import { openKeys } from '../wire-keys.ts';

export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('Keys of tenants: one each, wrapped by the master key');

  key
    .command('status')
    .description('each tenant’s key: since when, wrapped by which master key, or erased')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { keyring } = openKeys(readSettings(process.env));
      await keyring.check();
      printRows(
        (await keyring.status()).map(({ tenant, state, master, madeAt, erasedAt }) => ({
          tenant,
          state,
          wrapped_by: master,
          made: madeAt,
          erased: erasedAt ?? null,
        })),
        options.json ?? false,
      );
    });

  key
    .command('rotate')
    .description('wrap every tenant’s key anew, under a new master key; everything stays readable meanwhile')
    .action(async () => {
      const { keyring } = openKeys(readSettings(process.env));
      const { tenants } = await audited({ tenant: undefined, action: 'key.rotate' }, () => keyring.rotate());
      process.stdout.write(`Wrapped anew: ${tenants} keys. Back up TESSERA_HOME/keys now.\n`);
    });

  key
    .command('erase')
    .description('destroy a tenant’s key and everything of its lake, for good; the name can never be used again')
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--confirm <slug>', 'the tenant’s name again')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .action(async (options: { tenant: string; confirm: string; reason: string }) => {
      if (options.confirm !== options.tenant) {
        process.stderr.write('Nothing was done: --confirm must say the tenant’s name again.\n');
        process.exitCode = 2;
        return;
      }
      const tenant = must(parseTenant(options.tenant));
      const settings = readSettings(process.env);
      const lakes = await openLakes(settings);
      try {
        const { objects, left } = await audited({ tenant, action: 'key.erase', purpose: options.reason }, () =>
          eraseWholeTenant(settings, lakes, tenant),
        );
        process.stdout.write(`The key of ${tenant} is gone, and ${objects} objects of its lake; ${left} are left.\n`);
        if (left > 0) process.exitCode = 1;
      } finally {
        lakes.close();
      }
    });
}
