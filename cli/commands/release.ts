// `tessera release list|show|rollback|resume`: what was published for a tenant, and going back to it.
import { Fault, systemClock } from '@tessera/base';
import type { Release } from '@tessera/lakehouse';
import { resumeReleases, rollBack } from '@tessera/pipeline';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { countOption } from '../count-option.ts';
import { type OpenPipeline, tenantOption, underLease, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
}

export function addReleaseCommands(program: Command): void {
  const releases = program.command('release').description('Published releases');
  const command = (name: string, about: string) =>
    releases.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');

  command('list', 'the newest releases of a tenant')
    .option('--most <n>', 'how many', countOption, 10)
    .action(async ({ tenant, most, json }: Options & { readonly most: number }) =>
      withPipeline(async ({ lakes }) => {
        const { releases: published } = lakes.openLake(tenantOption(tenant));
        const newest = (await published.latest())?.number ?? 0;
        const numbers = Array.from({ length: Math.min(most, newest) }, (_, i) => newest - i);
        const found = await Promise.all(numbers.map((number) => published.get(number)));
        printRows(
          found.flatMap((release) => (release === undefined ? [] : [summaryOf(release)])),
          json ?? false,
        );
      }),
    );

  command('show', 'tables, rows and inputs of one release, the newest where no number is given')
    .option('--number <n>', 'which', countOption)
    .action(async ({ tenant, number, json }: Options & { readonly number?: number }) =>
      withPipeline(async ({ lakes }) => {
        const { releases: published } = lakes.openLake(tenantOption(tenant));
        const release = number === undefined ? await published.latest() : await published.get(number);
        if (number !== undefined && release === undefined)
          throw new Fault('RELEASE_UNKNOWN', {
            tenant: tenantOption(tenant),
            newest: (await published.latest())?.number ?? 0,
          });
        if (json) return void process.stdout.write(`${JSON.stringify(release ?? null, null, 2)}\n`);
        if (release === undefined) return printRows([], false);
        printRows([summaryOf(release)], false);
        printRows(
          Object.entries(release.tables).map(([table, version]) => ({
            table,
            version,
            rows: release.rows[table] ?? null,
          })),
          false,
        );
      }),
    );

  command('rollback', 'serve an earlier release again, until `release resume`: runs fetch meanwhile and build nothing')
    .requiredOption('--to <n>', 'number of the release', countOption)
    .action(async ({ tenant, to, json }: Options & { readonly to: number }) =>
      turnTo('release.rollback', tenant, json, to, (needs) => rollBack(needs, to)),
    );

  command('resume', 'end a rollback: the next run builds on').action(async ({ tenant, json }: Options) =>
    turnTo('release.resume', tenant, json, undefined, resumeReleases),
  );
}

const summaryOf = ({ number, at, asOf, run, tables, rolledBackTo }: Release) => ({
  release: number,
  published: at.toISOString(),
  as_of: asOf.toISOString(),
  run,
  tables: Object.keys(tables).length,
  rolled_back_to: rolledBackTo ?? null,
});

/** Under the tenant's lease, so that no run is about to publish upon what was newest before. */
const turnTo = (
  action: string,
  slug: string,
  json: boolean | undefined,
  to: number | undefined,
  work: (needs: Parameters<typeof rollBack>[0]) => Promise<Release>,
): Promise<void> =>
  withPipeline(async ({ lakes }: OpenPipeline) => {
    const tenant = tenantOption(slug);
    const lake = lakes.openLake(tenant);
    const about = to === undefined ? {} : { object: `release ${to}` };
    const release = await audited({ tenant, action, ...about }, () =>
      underLease(lake, () => work({ lake, engine: lakes.engine, now: systemClock })),
    );
    printRows([summaryOf(release)], json ?? false);
  });
