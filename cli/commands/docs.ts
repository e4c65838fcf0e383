// `tessera docs write|check`: the generated reference pages.
import { Fault } from '@tessera/base';
import type { Command } from 'commander';
import { stalePages, writePages } from '../reference-pages.ts';

export function addDocsCommands(program: Command): void {
  const docs = program.command('docs').description('The generated pages of docs/reference');
  docs
    .command('write')
    .description('write the pages anew')
    .action(async () => {
      for (const page of await writePages()) process.stdout.write(`${page}\n`);
    });
  docs
    .command('check')
    .description('refuse where a page is stale')
    .action(async () => {
      const stale = await stalePages();
      if (stale.length > 0) throw new Fault('DOCS_STALE', { pages: stale });
    });
}
