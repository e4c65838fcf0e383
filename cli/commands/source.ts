// `tessera source list|record`: what each connector asks of its vendor, and what a vendor said of one record.
import {
  connectors,
  findRecordVersions,
  type SourceConnector,
  type StreamFacts,
  sourceRegistry,
} from '@tessera/ingest';
import { outlineRecord } from '@tessera/pipeline';
import { type Command, InvalidArgumentError } from 'commander';
import { audited } from '../audited.ts';
import { tenantOption, withPipeline } from '../open-pipeline.ts';
import { printJson, printRows } from '../print.ts';

export function addSourceCommands(program: Command): void {
  const source = program.command('source').description('Connectors');
  source
    .command('list')
    .description('connectors with their streams, scopes and limits')
    .option('--json', 'as JSON, complete')
    .action(({ json }: { json?: boolean }) => {
      const registry = sourceRegistry();
      if (json) return printJson(registry);
      printRows(
        registry.map((one) => ({
          source: one.source,
          streams: one.streams.map((stream) => stream.name).join(', '),
          scopes: one.scopes.join(', '),
        })),
        false,
      );
    });
  source
    .command('record')
    .description(
      'the versions of a record, each with the page of raw that has it and its shape; with a purpose the whole record as the vendor sent it, which goes on the audit trail',
    )
    .argument('<stream>', 'as source.stream, for example okta.log', streamArgument)
    .argument('<key>', "the record's key, `_key` in bronze; of several columns joined by |")
    .requiredOption('--tenant <slug>', 'tenant')
    .option('--purpose <words>', 'why you need the values')
    .action(
      async (
        of: Stream,
        key: string,
        { tenant: slug, purpose }: { readonly tenant: string; readonly purpose?: string },
      ) =>
        withPipeline(async ({ lakes }) => {
          const tenant = tenantOption(slug);
          const find = () =>
            findRecordVersions({ lake: lakes.openLake(tenant), engine: lakes.engine }, of.source, of.stream, key);
          const shown = (versions: Awaited<ReturnType<typeof find>>, values: boolean) =>
            printJson(
              versions.map(({ record, ...version }) => ({
                ...version,
                ...(values ? { record } : { shape: record === null ? null : outlineRecord(record) }),
              })),
            );
          if (purpose === undefined) return shown(await find(), false);
          const object = `${of.source}.${of.stream.name} ${key}`.slice(0, 200);
          await audited({ tenant, action: 'record.reveal', object, purpose }, async () => shown(await find(), true));
        }),
    );
}

interface Stream {
  readonly source: SourceConnector['source'];
  readonly stream: StreamFacts;
}

function streamArgument(text: string): Stream {
  for (const { source, streams } of connectors)
    for (const stream of streams) if (`${source}.${stream.name}` === text) return { source, stream };
  throw new InvalidArgumentError('It is written source.stream; both are listed by: tessera source list');
}
