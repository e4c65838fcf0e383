// `tessera table history|compact|vacuum`: what became of a tenant's tables, and their upkeep by hand.
import { Fault, type Layer, must } from '@tessera/base';
import { parseTableName } from '@tessera/lakehouse';
import { compactBronze, runName, vacuumTables } from '@tessera/pipeline';
import type { Command } from 'commander';
import { countOption } from '../count-option.ts';
import { tenantOption, underLease, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
}

export function addTableCommands(program: Command): void {
  const tables = program.command('table').description('Tables of a tenant’s lake');
  const command = (name: string, about: string) =>
    tables.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');

  command('history', 'every version of a table that its log still holds, newest first: operation, run, files, rows')
    .requiredOption('--table <name>', 'for example fact_auth_event or okta__log')
    .option('--most <n>', 'how many', countOption, 50)
    .action(async ({ tenant, table, most, json }: Options & { readonly table: string; readonly most: number }) =>
      withPipeline(async ({ lakes }) => {
        const lake = lakes.openLake(tenantOption(tenant));
        const name = must(parseTableName(table));
        const histories = await Promise.all(
          layers.map(async (layer) =>
            (await lake.table(layer, name, { columns: {} }).history()).map((version) => ({ layer, ...version })),
          ),
        );
        if (histories.every((versions) => versions.length === 0))
          throw new Fault('TABLE_UNKNOWN', { tenant: lake.tenant, length: table.length });
        const newest = histories.flat().toReversed().slice(0, most);
        printRows(
          newest.map(({ layer, version, at, operation, run, added, removed, rows }) => ({
            layer,
            version,
            at: at.toISOString(),
            operation,
            run: run ?? null,
            files_added: added,
            files_removed: removed,
            rows_in_added: rows,
          })),
          json ?? false,
        );
      }),
    );

  command('compact', 'join the small files of bronze now; no row changes').action(async ({ tenant, json }: Options) =>
    withPipeline(async (open) => {
      const needs = await open.needsOf(tenantOption(tenant));
      const run = `${runName(new Date())}-compact`;
      const shrunk = await underLease(needs.lake, () => compactBronze(needs, run));
      printRows(
        shrunk.map(({ table, files }) => ({ table, files_fewer: files })),
        json ?? false,
      );
    }),
  );

  command('vacuum', 'delete files that no kept release and no reader needs and that are older than the retention')
    .option('--dry-run', 'only tell what would go')
    .action(async ({ tenant, dryRun, json }: Options & { readonly dryRun?: boolean }) =>
      withPipeline(async (open) => {
        const needs = await open.needsOf(tenantOption(tenant));
        const gone = await underLease(needs.lake, () => vacuumTables(needs, open.settings, dryRun ?? false));
        printRows(
          gone.map(({ table, files, commits, bytes }) => ({ table, files, log_entries: commits, bytes })),
          json ?? false,
        );
      }),
    );
}

const layers: readonly Layer[] = ['bronze', 'silver', 'gold'];
