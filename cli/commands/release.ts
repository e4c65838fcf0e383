// `tessera release list`: what was published for a tenant.
import { must, parseTenant, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { openLakes } from '../open-lakes.ts';
import { printRows } from '../print.ts';

export function addReleaseCommands(program: Command): void {
  program
    .command('release')
    .description('Published releases')
    .command('list')
    .description('the newest releases of a tenant')
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--most <n>', 'how many', '10')
    .option('--json', 'as JSON')
    .action(async (options: { tenant: string; most: string; json?: boolean }) => {
      const lakes = await openLakes(readSettings(process.env));
      try {
        const lake = lakes.openLake(must(parseTenant(options.tenant)));
        const latest = await lake.releases.latest();
        const numbers = Array.from(
          { length: Math.min(Number(options.most), latest?.number ?? 0) },
          (_, i) => (latest?.number ?? 0) - i,
        );
        const releases = await Promise.all(numbers.map((number) => lake.releases.get(number)));
        printRows(
          releases
            .filter((release) => release !== undefined)
            .map((release) => ({
              release: release.number,
              published: release.at.toISOString(),
              as_of: release.asOf.toISOString(),
              run: release.run,
              tables: Object.keys(release.tables).length,
            })),
          options.json ?? false,
        );
      } finally {
        lakes.close();
      }
    });
}
