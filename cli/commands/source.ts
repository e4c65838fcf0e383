// `tessera source list`: what each connector asks of its vendor.
import { sourceRegistry } from '@tessera/ingest';
import type { Command } from 'commander';
import { printRows } from '../print.ts';

export function addSourceCommands(program: Command): void {
  program
    .command('source')
    .description('Connectors')
    .command('list')
    .description('connectors with their streams, scopes and limits')
    .option('--json', 'as JSON, complete')
    .action(({ json }: { json?: boolean }) => {
      const registry = sourceRegistry();
      if (json) {
        process.stdout.write(`${JSON.stringify(registry, null, 2)}\n`);
        return;
      }
      printRows(
        registry.map((source) => ({
          source: source.source,
          streams: source.streams.map((stream) => stream.name).join(', '),
          scopes: source.scopes.join(', '),
        })),
        false,
      );
    });
}
