// `tessera hook create|list|rotate|remove`: where a vendor delivers events by itself, and the secret that it signs with. The secret is shown once.
import { userInfo } from 'node:os';
import { Fault, readSettings, type SourceName, systemClock, type Tenant } from '@tessera/base';
import { hookPath, hookSchemes, type SchemeName, schemeNames } from '@tessera/platform';
import { type Command, Option } from 'commander';
import { hookKinds } from '../hook-kinds.ts';
import { openHooks } from '../hook-registry.ts';
import { tenantOption, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';
import { openAudit } from '../wire-audit.ts';
import { openKeys } from '../wire-keys.ts';

interface Chosen {
  readonly tenant: Tenant;
  readonly url?: string;
  readonly json?: boolean;
  readonly scheme?: string;
}
interface Made {
  readonly url: string;
  readonly scheme: SchemeName;
  readonly secret: string;
}
const hooks = () => openHooks(openKeys(readSettings(process.env)).secrets, systemClock);

/** The act with its intent before and its outcome after it; the hook's address is told by its first characters only. */
async function audited<T>(tenant: Tenant, action: string, hook: string, work: () => Promise<T>): Promise<T> {
  const audit = await openAudit(readSettings(process.env), 'cli');
  try {
    const subject = `os:${userInfo().username}`;
    return await audit.sensitive({ tenant, action, door: 'cli', subject, object: hook.slice(0, 8) }, work);
  } finally {
    await audit.close();
  }
}

function addressOf(source: string, hook: string, base: string | undefined): string {
  const { host, port, publicUrl } = readSettings(process.env);
  const path = hookPath.replace(':source', source).replace(':hook', hook);
  return `${(base ?? publicUrl ?? `http://${host}:${port}`).replace(/\/+$/, '')}${path}`;
}

function printSecret(made: Made, asJson: boolean | undefined): void {
  const { about, secretIs } = hookSchemes[made.scheme];
  if (asJson) process.stdout.write(`${JSON.stringify(made)}\n`);
  else process.stdout.write(`${'url'.padEnd(15)}${made.url}\n${secretIs.padEnd(15)}${made.secret}\n`);
  process.stderr.write(`${about}.\nThe secret is shown nowhere else: give it to the sender now.\n`);
}

export function addHookCommands(program: Command): void {
  const noun = program.command('hook').description('Where vendors deliver events by themselves');
  const base = '--url <base>';
  const baseAbout = 'public address of this server, for example https://tessera.example; TESSERA_PUBLIC_URL without it';

  noun
    .command('create')
    .description('make a hook; prints its address and its secret once')
    .requiredOption('--tenant <slug>', 'tenant', tenantOption)
    .requiredOption('--source <name>', `source that it is about: ${Object.keys(hookKinds).join(', ')}`)
    .addOption(
      new Option('--scheme <name>', 'how deliveries are signed; without it as the vendor signs').choices(schemeNames),
    )
    .option(base, baseAbout)
    .option('--json', 'as JSON')
    .action(async ({ tenant, source, scheme, url, json }: Chosen & { readonly source: SourceName }) => {
      await withPipeline(async ({ configOf }) => {
        const isConnected = configOf(tenant).connections.some((connection) => connection.source === source);
        if (!isConnected || hookKinds[source] === undefined) throw new Fault('HOOK_UNSUPPORTED', { tenant, source });
      });
      const made = await audited(tenant, 'hook.create', source, () => hooks().create(tenant, source, scheme));
      printSecret({ url: addressOf(source, made.hook, url), scheme: made.scheme, secret: made.secret }, json);
    });

  noun
    .command('list')
    .description('hooks of a tenant, without their secrets')
    .requiredOption('--tenant <slug>', 'tenant', tenantOption)
    .option('--json', 'as JSON')
    .action(async ({ tenant, json }: Chosen) => {
      const listed = await hooks().list(tenant);
      printRows(
        listed.map(({ hook, source, setAt }) => ({ hook, source, set: setAt })),
        json ?? false,
      );
    });

  noun
    .command('rotate')
    .description('give a hook a new secret; the old one is taken for 24 hours more')
    .requiredOption('--tenant <slug>', 'tenant', tenantOption)
    .requiredOption('--hook <id>', 'hook, as listed')
    .option(base, baseAbout)
    .option('--json', 'as JSON')
    .action(async ({ tenant, hook, url, json }: Chosen & { readonly hook: string }) => {
      const made = await audited(tenant, 'hook.rotate', hook, () => hooks().rotate(tenant, hook));
      printSecret({ url: addressOf(made.source, hook, url), scheme: made.scheme, secret: made.secret }, json);
    });

  noun
    .command('remove')
    .description('remove a hook; its address is 404 within seconds')
    .requiredOption('--tenant <slug>', 'tenant', tenantOption)
    .requiredOption('--hook <id>', 'hook, as listed')
    .action(async ({ tenant, hook }: Chosen & { readonly hook: string }) => {
      await audited(tenant, 'hook.remove', hook, () => hooks().remove(tenant, hook));
      process.stdout.write('Removed.\n');
    });
}
