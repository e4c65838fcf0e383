// `tessera token mint`: an access token of the demo's issuer, for trying the interfaces by hand.
import { must, parseTenant, readSettings } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import type { Command } from 'commander';

interface MintOptions {
  readonly tenant: string;
  readonly user: string;
  readonly groups: string;
  readonly ttl: string;
  readonly org?: string;
  readonly region?: string;
  readonly teams?: string;
  readonly clearance?: string;
  readonly amr?: string;
  readonly authTime?: string;
}

const listed = (names: string | undefined) => names?.split(',').filter(Boolean);

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('Access tokens of the demo issuer');
  token
    .command('mint')
    .description('print an access token (demo issuer only)')
    .requiredOption('--tenant <slug>', 'tenant, for example acme-corp')
    .requiredOption('--user <email>', 'subject and e-mail of the token')
    .option('--groups <names>', 'groups, separated by commas', 'analyst')
    .option('--ttl <seconds>', 'life of the token; TESSERA_TOKEN_MINUTES may end it earlier', '900')
    .option('--org <id>', 'organisation within the tenant, for example acme-corp-hq')
    .option('--region <name>', 'region of the person')
    .option('--teams <names>', 'teams, separated by commas')
    .option('--clearance <level>', 'public, internal, confidential or pii')
    .option('--amr <methods>', 'how the person signed in, separated by commas (default: pwd,mfa)')
    .option('--auth-time <seconds>', 'when the person signed in, in seconds since 1970 (default: now)')
    .action(async (options: MintOptions) => {
      const settings = readSettings(process.env);
      const minted = await mintDemoToken(settings, {
        tenant: must(parseTenant(options.tenant)),
        user: options.user,
        groups: listed(options.groups) ?? [],
        ttlSeconds: Number(options.ttl),
        org: options.org,
        region: options.region,
        teams: listed(options.teams),
        clearance: options.clearance,
        amr: listed(options.amr),
        authTime: options.authTime === undefined ? undefined : Number(options.authTime),
      });
      process.stdout.write(`${minted}\n`);
    });
}
