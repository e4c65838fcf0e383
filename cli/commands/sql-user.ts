// `tessera sql-user`: service accounts of the SQL API. A password is shown once, when it is made.
import { Fault, must, parseTenant, readSettings, systemClock } from '@tessera/base';
import { openAccounts } from '@tessera/sql-api';
import type { Command } from 'commander';
import { printRows } from '../print.ts';
import { tesseraPolicy } from '../tessera-policy.ts';
import { accountsFile } from '../wire-sql.ts';

interface Chosen {
  readonly tenant: string;
  readonly name: string;
  readonly role: string;
  readonly org?: string;
  readonly region?: string;
  readonly team?: readonly string[];
  readonly expires?: string;
  readonly json?: boolean;
}

const accounts = () => openAccounts(accountsFile(readSettings(process.env)), systemClock);

/** SQL_USER_INVALID where the policy binds no such group: the account could never sign in. */
function checkGroup(group: string): void {
  const { bindings } = tesseraPolicy(readSettings(process.env).policy).pack;
  if (bindings.some((binding) => binding.group === group)) return;
  const bound = bindings.map((binding) => binding.group).join(', ');
  throw new Fault('SQL_USER_INVALID', { problem: `the policy binds no group ${group} to a role; it binds ${bound}` });
}

function printSecret(made: { user: string; password: string }, asJson: boolean | undefined): void {
  if (asJson) process.stdout.write(`${JSON.stringify(made)}\n`);
  else process.stdout.write(`user      ${made.user}\npassword  ${made.password}\n`);
  process.stderr.write('The password is kept nowhere: copy it now.\n');
}

export function addSqlUserCommands(program: Command): void {
  const noun = program.command('sql-user').description('Service accounts of the SQL API');
  noun
    .command('create')
    .description('make an account; prints its password once')
    .requiredOption('--tenant <slug>', 'tenant, for example acme-corp')
    .requiredOption('--name <name>', 'what uses it, for example superset')
    .requiredOption('--role <group>', 'group whose roles it has, as the policy binds them, for example analyst')
    .option('--org <name>', 'organisation within the tenant, for a role that is scoped to one')
    .option('--region <name>', 'region, for a role that is scoped to one')
    .option('--team <names...>', 'teams, for a role that is scoped to them')
    .option('--expires <moment>', 'when it ends, for example 2027-01-31T00:00:00Z')
    .option('--json', 'as JSON')
    .action(async ({ tenant, name, role, org, region, team, expires, json }: Chosen) => {
      checkGroup(role);
      const account = { tenant: must(parseTenant(tenant)), name, role, org, region, teams: team, expiresAt: expires };
      printSecret(await accounts().create(account), json);
    });
  noun
    .command('list')
    .description('accounts with their tenants, roles and ends')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = (await accounts().list()).map(
        ({ tenant, user, role, org, region, teams, createdAt, rotatedAt, expiresAt }) => ({
          tenant,
          user,
          role,
          org: org ?? null,
          region: region ?? null,
          teams: teams?.join(', ') ?? null,
          createdAt,
          rotatedAt: rotatedAt ?? null,
          expiresAt: expiresAt ?? null,
        }),
      );
      printRows(rows, json ?? false);
    });
  noun
    .command('rotate')
    .description('give an account a new password; sessions of the old one end')
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--name <user>', 'account as listed, for example svc-superset')
    .option('--json', 'as JSON')
    .action(async ({ tenant, name, json }: Chosen) => {
      printSecret(await accounts().rotate(must(parseTenant(tenant)), name), json);
    });
  noun
    .command('remove')
    .description('remove an account; its sessions end')
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--name <user>', 'account as listed, for example svc-superset')
    .action(async ({ tenant, name }: Chosen) => {
      await accounts().remove(must(parseTenant(tenant)), name);
    });
}
