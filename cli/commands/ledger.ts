// `tessera ledger show|verify`: where every row of a tenant went.
import { isSourceName, type SourceName } from '@tessera/base';
import { openLedger, servedLines, summarizeLines, verifyLedger } from '@tessera/pipeline';
import { type Command, InvalidArgumentError } from 'commander';
import { tenantOption, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';
import { withCopies } from '../served-copies.ts';

interface Options {
  readonly tenant: string;
  readonly source?: SourceName;
  readonly json?: boolean;
}

export function addLedgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('Where every row went, from source to gold');
  const command = (name: string, about: string) =>
    ledger
      .command(name)
      .description(about)
      .requiredOption('--tenant <slug>', 'tenant')
      .option('--source <name>', 'only this source', sourceOption)
      .option('--json', 'every line with its date and checksums, as JSON');

  command('show', 'the newest entry, or with --open what keeps releases from being made or a copy from being served')
    .option('--open', 'only what does not balance')
    .action(async (options: Options & { readonly open?: boolean }) =>
      withPipeline(async ({ lakes }) => {
        const store = openLedger(lakes.openLake(tenantOption(options.tenant)));
        const open = [await store.open(), await store.openServed()].flatMap((held) => held?.lines ?? []);
        print(options.open ? open : ((await store.entries(1))[0]?.lines ?? []), options);
      }),
    );

  command(
    'verify',
    'count everything once more, from raw to the copies that are served; exit 1 where a row is unaccounted for',
  ).action(async (options: Options) =>
    withPipeline(async (open) => {
      const tenant = tenantOption(options.tenant);
      const needs = await open.needsOf(tenant);
      const entry = await verifyLedger(
        needs,
        open.configOf(tenant),
        (what) => process.stderr.write(`${what}\n`),
        async (release) =>
          (
            await withCopies(open.settings, open.lakes.engine, tenant, release, (inspect) =>
              servedLines(
                { ...needs, serving: { ...needs.serving, inspect } },
                release,
                Object.keys(release.tables).map((name) => ({ name })),
              ),
            )
          ).flat(),
      );
      print(entry.lines, options);
      if (!entry.balanced) process.exitCode = 1;
    }),
  );
}

function print(all: Parameters<typeof summarizeLines>[0], { source, json }: Options): void {
  const lines = source === undefined ? all : all.filter((line) => line.source === source);
  if (json) return void process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
  printRows(
    summarizeLines(lines).map(({ reasons, added, ...line }) => ({
      ...line,
      reasons: [
        ...Object.entries(reasons).map(([reason, rows]) => `${reason}: ${rows}`),
        ...Object.entries(added).map(([reason, rows]) => `added, ${reason}: ${rows}`),
      ].join(', '),
    })),
    false,
  );
}

function sourceOption(name: string): SourceName {
  if (!isSourceName(name)) throw new InvalidArgumentError('There is no source of that name.');
  return name;
}
