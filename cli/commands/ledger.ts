// `tessera ledger show|verify`: where every row of a tenant went.
import { isSourceName } from '@tessera/base';
import { openLedger, summarizeLines, verifyLedger } from '@tessera/pipeline';
import type { Command } from 'commander';
import { tenantOption, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';

interface Options {
  readonly tenant: string;
  readonly source?: string;
  readonly json?: boolean;
}

export function addLedgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('Where every row went, from source to gold');
  const command = (name: string, about: string) =>
    ledger
      .command(name)
      .description(about)
      .requiredOption('--tenant <slug>', 'tenant')
      .option('--source <name>', 'only this source')
      .option('--json', 'every line with its date and checksums, as JSON');

  command('show', 'the newest entry, or with --open what keeps releases from being made')
    .option('--open', 'only what does not balance')
    .action(async (options: Options & { readonly open?: boolean }) =>
      withPipeline(async ({ lakes }) => {
        const store = openLedger(lakes.openLake(tenantOption(options.tenant)));
        const lines = options.open ? (await store.open())?.lines : (await store.entries(1))[0]?.lines;
        print(lines ?? [], options);
      }),
    );

  command('verify', 'count everything once more, from raw to gold; exit 1 where a row is unaccounted for').action(
    async (options: Options) =>
      withPipeline(async (open) => {
        const tenant = tenantOption(options.tenant);
        const entry = await verifyLedger(await open.needsOf(tenant), open.configOf(tenant), (what) =>
          process.stderr.write(`${what}\n`),
        );
        print(entry.lines, options);
        if (!entry.balanced) process.exitCode = 1;
      }),
  );
}

function print(all: Parameters<typeof summarizeLines>[0], { source, json }: Options): void {
  const lines = source !== undefined && isSourceName(source) ? all.filter((line) => line.source === source) : all;
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
