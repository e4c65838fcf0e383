// `tessera dead-letter list|show|replay|discard`: what failed after its last attempt.
import { findLetter, replayLetter } from '@tessera/pipeline';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { tenantOption, underLease, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
  readonly anyway?: boolean;
}

export function addDeadLetterCommands(program: Command): void {
  const letters = program.command('dead-letter').description('Sources and stages that failed after their last attempt');
  const command = (name: string, about: string) =>
    letters.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');

  command('list', 'the dead letters of a tenant').action(async ({ tenant, json }: Options) =>
    withPipeline(async ({ lakes }) => {
      const all = await lakes.openLake(tenantOption(tenant)).deadLetters.list();
      printRows(
        all.map(({ id, stage, source, stream, code, attempts, firstAt, at, message }) => ({
          id,
          stage,
          source: source ?? null,
          stream: stream ?? null,
          code,
          attempts,
          first_at: firstAt,
          at,
          message,
        })),
        json ?? false,
      );
    }),
  );
  command('show <id>', 'all of one, with its input and its attempts').action(async (id: string, { tenant }: Options) =>
    withPipeline(async ({ lakes }) => {
      const letter = await findLetter(lakes.openLake(tenantOption(tenant)), id);
      process.stdout.write(`${JSON.stringify(letter, null, 2)}\n`);
    }),
  );
  command('replay <id>', 'run its stage again, and what comes after it; it goes when that went well')
    .option('--anyway', 'also where the tenant is paused')
    .action(async (id: string, { tenant: slug, json, anyway }: Options) =>
      withPipeline(async (open) => {
        const tenant = tenantOption(slug);
        const needs = await open.needsOf(tenant);
        const { settled, release, record } = await audited(
          { tenant, action: 'dead-letter.replay', object: id.slice(0, 200) },
          () => underLease(needs.lake, () => replayLetter(needs, open.configOf(tenant), id, { anyway })),
        );
        printRows([{ tenant, id, settled, release: release.number, rows: record.rows }], json ?? false);
        if (!settled) process.exitCode = 1;
      }),
    );
  command('discard <id>', 'remove one without running anything')
    .option('--why <words>', 'the reason, for the audit trail')
    .action(async (id: string, { tenant: slug, json, why }: Options & { readonly why?: string }) =>
      withPipeline(async ({ lakes }) => {
        const tenant = tenantOption(slug);
        const lake = lakes.openLake(tenant);
        await audited({ tenant, action: 'dead-letter.discard', object: id.slice(0, 200), purpose: why }, async () => {
          await findLetter(lake, id);
          await lake.deadLetters.remove(id);
        });
        printRows([{ tenant, id, discarded: true }], json ?? false);
      }),
    );
}
