// `tessera token mint`: an access token of the demo's issuer, for trying the interfaces by hand.
import { must, parseTenant, readSettings } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import type { Command } from 'commander';

interface MintOptions {
  readonly tenant: string;
  readonly user: string;
  readonly groups: string;
  readonly ttl: string;
}

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('Access tokens of the demo issuer');
  token
    .command('mint')
    .description('print an access token (demo issuer only)')
    .requiredOption('--tenant <slug>', 'tenant, for example acme-corp')
    .requiredOption('--user <email>', 'subject and e-mail of the token')
    .option('--groups <names>', 'groups, separated by commas', 'analyst')
    .option('--ttl <seconds>', 'life of the token', '3600')
    .action(async (options: MintOptions) => {
      const settings = readSettings(process.env);
      const minted = await mintDemoToken(settings, {
        tenant: must(parseTenant(options.tenant)),
        user: options.user,
        groups: options.groups.split(',').filter(Boolean),
        ttlSeconds: Number(options.ttl),
      });
      process.stdout.write(`${minted}\n`);
    });
}
