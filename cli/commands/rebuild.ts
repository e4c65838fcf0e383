// `tessera pipeline rebuild`: bronze, silver and gold made again from raw alone, and compared.
import { rebuild } from '@tessera/pipeline';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { tenantOption, underLease, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';
import { withProgress } from '../with-progress.ts';

interface Options {
  readonly tenant: string;
  readonly verify?: boolean;
  readonly json?: boolean;
  readonly anyway?: boolean;
}

export function addRebuildCommand(pipeline: Command): void {
  pipeline
    .command('rebuild')
    .description('make bronze, silver and gold again from raw pages alone; what differs is replaced and released')
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--verify', 'only compare, table by table; exit 1 where one differs')
    .option('--anyway', 'also where the tenant is paused')
    .option('--json', 'as JSON')
    .action(async ({ tenant: slug, verify = false, json = false, anyway }: Options) =>
      withPipeline(async (open) => {
        const config = open.configOf(tenantOption(slug));
        const { tenant } = config;
        const needs = await open.needsOf(tenant);
        const [done] = await withProgress([config], json, (_, told) => {
          const work = () => underLease(needs.lake, () => rebuild(needs, config, { verify, told, anyway }));
          return verify ? work() : audited({ tenant, action: 'pipeline.rebuild' }, work);
        });
        if (done === undefined) return;
        printRows(
          done.tables.map(({ layer, table, there, rebuilt, same }) => ({
            layer,
            table,
            rows: there?.rows ?? null,
            rebuilt_rows: rebuilt.rows,
            checksum: there?.sum ?? null,
            rebuilt_checksum: rebuilt.sum,
            same,
          })),
          json,
        );
        if (done.outcome) process.stderr.write(`Replaced what differed: release ${done.outcome.release.number}.\n`);
        if (verify && done.tables.some(({ same }) => !same)) process.exitCode = 1;
      }),
    );
}
