// `tessera quarantine list|show|fix|replay|discard` and `tessera drift list|promote`: what vendors sent and we could not take, or did not expect.
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { connectors } from '@tessera/ingest';
import {
  discardRecord,
  findRecord,
  itemOf,
  listParked,
  listQuarantine,
  outlineRecord,
  promotion,
  replayRecords,
  runSeen,
} from '@tessera/pipeline';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { tenantOption, underLease, withPipeline } from '../open-pipeline.ts';
import { printJson, printRows } from '../print.ts';

interface Options {
  readonly tenant: string;
  readonly json?: boolean;
  readonly anyway?: boolean;
}
const by = () => `os:${userInfo().username}`;

export function addQuarantineCommands(program: Command): void {
  const quarantine = program.command('quarantine').description('Records that could not be taken');
  const command = (name: string, about: string) =>
    quarantine.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');

  command('list', 'the records with their reasons, without values')
    .option('--all', 'also those that were replayed, fixed or discarded')
    .option(
      '--parked',
      'instead of them the device states that wait for their device, longest first; each goes by itself when it comes',
    )
    .action(async ({ tenant, json, all, parked }: Options & { readonly all?: boolean; readonly parked?: boolean }) =>
      withPipeline(async ({ lakes }) => {
        if (parked) {
          const states = await listParked(lakes.openLake(tenantOption(tenant)), lakes.engine);
          return printRows(
            states.map((state) => ({ ...state })),
            json ?? false,
          );
        }
        const items = await listQuarantine(lakes.openLake(tenantOption(tenant)));
        printRows(
          items.filter(({ state }) => all || state === 'waiting').map((item) => ({ ...item })),
          json ?? false,
        );
      }),
    );
  command('show <id>', 'the shape of one; with a purpose its values, which goes on the audit trail')
    .option('--purpose <words>', 'why you need the values')
    .action(async (id: string, { tenant: slug, purpose }: Options & { readonly purpose?: string }) =>
      withPipeline(async ({ lakes }) => {
        const tenant = tenantOption(slug);
        const lake = lakes.openLake(tenant);
        const record = await findRecord(lake, id);
        const item = itemOf(record, (await lake.quarantine.mended()).get(id));
        if (purpose === undefined) return printJson({ ...item, shape: outlineRecord(record.record) });
        await audited({ tenant, action: 'quarantine.reveal', object: id, purpose }, async () =>
          printJson({ ...item, record: record.record }),
        );
      }),
    );
  const replay = (
    action: string,
    slug: string,
    idsOf: (waiting: readonly string[]) => readonly string[],
    { json, anyway }: Pick<Options, 'json' | 'anyway'>,
    text?: string,
  ) =>
    withPipeline(async (open) => {
      const tenant = tenantOption(slug);
      const needs = await open.needsOf(tenant);
      const config = open.configOf(tenant);
      const waiting = (await listQuarantine(needs.lake)).filter(({ state }) => state === 'waiting').map(({ id }) => id);
      const ids = idsOf(waiting);
      const outcomes = await audited(
        { tenant, action, object: ids.length === 1 ? ids[0] : `${ids.length} records` },
        () =>
          underLease(needs.lake, async () => {
            const done = await replayRecords(needs, config, ids, by(), text, { anyway });
            if (done.some(({ rows }) => rows > 0)) await runSeen(needs, config, { sources: [] });
            return done;
          }),
      );
      printRows(
        outcomes.map(({ reason, ...outcome }) => ({ ...outcome, reason: reason ?? null })),
        json ?? false,
      );
      if (outcomes.some(({ state }) => state === 'still bad')) process.exitCode = 1;
    });
  command('replay [ids...]', 'stage them again as they are, and release what that changes; once more changes nothing')
    .option('--all', 'all that wait')
    .option('--anyway', 'also where the tenant is paused')
    .action(async (ids: string[], { tenant, all, ...how }: Options & { readonly all?: boolean }) =>
      replay('quarantine.replay', tenant, (waiting) => (all ? waiting : ids), how),
    );
  command('fix <id>', 'stage the JSON of a file in its place')
    .requiredOption('--file <path>', 'the whole record, mended')
    .option('--anyway', 'also where the tenant is paused')
    .action(async (id: string, { tenant, file, ...how }: Options & { readonly file: string }) =>
      replay('quarantine.fix', tenant, () => [id], how, await readFile(file, 'utf8')),
    );
  command('discard <id>', 'set one aside for good; it stays in the books')
    .requiredOption('--why <words>', 'the reason')
    .action(async (id: string, { tenant: slug, json, why }: Options & { readonly why: string }) =>
      withPipeline(async ({ lakes }) => {
        const tenant = tenantOption(slug);
        const lake = lakes.openLake(tenant);
        const outcome = await audited({ tenant, action: 'quarantine.discard', object: id, purpose: why }, () =>
          discardRecord({ lake }, id, by(), why),
        );
        printRows([{ ...outcome }], json ?? false);
      }),
    );
  addDriftCommands(program);
}

function addDriftCommands(program: Command): void {
  const drift = program.command('drift').description('Fields that vendors send and nobody declared');
  const command = (name: string, about: string) =>
    drift.command(name).description(about).requiredOption('--tenant <slug>', 'tenant').option('--json', 'as JSON');
  const declared = (source: string, stream: string, field: string) => {
    const found = connectors.find((one) => one.source === source)?.streams.find(({ name }) => name === stream);
    const paths = Object.values(found?.columns ?? {}).flatMap(({ path }) => path);
    return paths.includes(field) || (found?.alsoKnown ?? []).includes(field.replace(/^\$\./, ''));
  };
  command('list', 'each with its type, since when and in how many records').action(async ({ tenant, json }: Options) =>
    withPipeline(async ({ lakes }) => {
      const all = await lakes.openLake(tenantOption(tenant)).drift.list();
      const rows = all.flatMap(({ source, stream, fields }) =>
        Object.entries(fields)
          .filter(([field]) => !declared(source, stream, field))
          .map(([field, { type, records, firstSeen }]) => ({
            source,
            stream,
            field,
            type,
            records,
            first_seen: firstSeen,
          })),
      );
      printRows(rows, json ?? false);
    }),
  );
  command('promote <stream> <field>', 'the column that takes the field from now on (stream as source.stream)').action(
    async (stream: string, field: string, { tenant }: Options) =>
      withPipeline(async ({ lakes }) => {
        const found = (await lakes.openLake(tenantOption(tenant)).drift.get(stream))?.fields[field];
        const { name, column } = promotion(field, found?.type ?? null);
        const file = `ingest/${stream.replace('.', '/').replaceAll('_', '-')}.ts`;
        process.stdout.write(
          `Add to \`columns\` of ${file}:\n\n  ${name}: ${JSON.stringify(column)},\n\nIt is filled as records come; for those that came before, out of raw: tessera pipeline rebuild --tenant ${tenant}\n`,
        );
      }),
  );
}
