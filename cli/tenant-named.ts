// A tenant that a command names must be here: a name that was mistyped is a refusal, never an empty answer or an act upon nobody.
import { Fault, must, parseTenant, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { openLakes } from './open-lakes.ts';
import { readConfigs } from './open-pipeline.ts';

/** Commands that may name a tenant which is not here, each with why. */
export const anyTenant: Readonly<Record<string, string>> = {
  'audit list': 'a trail outlives its tenant',
  'audit verify': 'a trail outlives its tenant',
  'audit erase-subject': 'a trail outlives its tenant',
  'key erase': 'what is erased may be configured no more',
  'policy explain': 'asks rules, which are the same for every tenant',
  'secret set': 'a secret may be there before the file that names it',
  'sql-user remove': 'an account may be left of a tenant that is gone',
  'tenant drill': 'a backup may be of a tenant that never was here',
  'tenant erase': 'what is erased may be configured no more',
  'tenant restore': 'brings a tenant that is not here yet',
};

/** `quarantine list`, from the command itself. */
export const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/** TENANT_NOT_CONFIGURED where the command's `--tenant` is neither configured here nor has ever been run here: who was taken out of the configuration can still be looked at. */
export async function checkTenantNamed(command: Command): Promise<void> {
  const { tenant: named } = command.opts<{ readonly tenant?: string }>();
  if (named === undefined || pathOf(command) in anyTenant) return;
  const tenant = must(parseTenant(named));
  const settings = readSettings(process.env);
  const { configs } = await readConfigs(settings.home);
  if (configs.some((config) => config.tenant === tenant)) return;
  const lakes = await openLakes(settings);
  try {
    const lake = lakes.openLake(tenant);
    if ((await lake.leases.newest()) ?? (await lake.releases.latest())) return;
  } finally {
    lakes.close();
  }
  throw new Fault('TENANT_NOT_CONFIGURED', { tenant });
}
