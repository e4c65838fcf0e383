// `tessera model plan|accept`: what our own models promise, compared with what was last accepted.
import { subjects } from '@tessera/model';
import { acceptModels, loadProject, planModels, readAccepted, writeAccepted } from '@tessera/transforms';
import type { Command } from 'commander';
import { printRows } from '../print.ts';

export function addModelCommands(program: Command): void {
  const model = program.command('model').description('The contracts of the silver and gold models');
  model
    .command('plan')
    .description('what differs from the accepted contracts, and the views that it reaches; exit 1 where something does')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const changes = planModels((await loadProject()).models, await readAccepted());
      printRows(
        changes.map(({ layer, model, what, breaking, reaches }) => ({
          layer,
          model,
          change: breaking ? 'breaking' : 'additive',
          what,
          views: viewsOn(reaches).join(', '),
        })),
        json ?? false,
      );
      if (changes.length > 0) process.exitCode = 1;
    });
  model
    .command('accept')
    .description('write the contracts as the models are now; one that breaks gets its next version and the note')
    .option('--note <words>', 'why it breaks, and what those who rely on it do')
    .option('--json', 'as JSON')
    .action(async ({ note, json }: { readonly note?: string; readonly json?: boolean }) => {
      const { models } = await loadProject();
      const accepted = await readAccepted();
      const changes = planModels(models, accepted);
      const next = acceptModels(models, accepted, note);
      await writeAccepted(next);
      printRows(
        changes.map(({ layer, model, what }) => ({
          layer,
          model,
          what,
          version: (next[layer].models[model] ?? next[layer].retired[model])?.version ?? null,
        })),
        json ?? false,
      );
    });
}

/** Views of the semantic layer that read one of the tables, or look something up in it. */
function viewsOn(tables: readonly string[]): readonly string[] {
  const reads = subjects.filter(({ table, lookup }) =>
    [table, lookup?.table].some((one) => one && tables.includes(one)),
  );
  return reads.map(({ view }) => view);
}
