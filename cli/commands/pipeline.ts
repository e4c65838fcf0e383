// `tessera pipeline run|status|history|freshness|backfill|pause|resume`: what the scheduler does by itself, by hand.
import { userInfo } from 'node:os';
import { asFault, Fault, isSourceName, type Observe, type SourceName, type Tenant } from '@tessera/base';
import {
  backfill,
  heldFault,
  pauseNote,
  type RunOptions,
  type RunOutcome,
  runTurn,
  type TenantConfig,
  type TenantFreshness,
} from '@tessera/pipeline';
import type { Command } from 'commander';
import { audited } from '../audited.ts';
import { countOption } from '../count-option.ts';
import { cliLease, type OpenPipeline, tenantOption, withPipeline } from '../open-pipeline.ts';
import { printRows } from '../print.ts';
import { freshnessFrom } from '../wire-freshness.ts';
import { withProgress } from '../with-progress.ts';
import { addRebuildCommand } from './rebuild.ts';

interface TenantOptions {
  readonly tenant?: string;
  readonly json?: boolean;
}

export function addPipelineCommands(program: Command): void {
  const pipeline = program.command('pipeline').description('Runs of the pipeline');
  const command = (name: string, about: string, needsTenant: boolean) => {
    const made = pipeline.command(name).description(about);
    const flag = '--tenant <slug>';
    return (needsTenant ? made.requiredOption(flag, 'tenant') : made.option(flag, 'only this tenant')).option(
      '--json',
      'as JSON',
    );
  };

  command('run', 'run tenants now, until nothing is left to fetch', false).action(async (options: TenantOptions) =>
    withPipeline(async (open) => {
      const results = await withProgress(chosen(open, options), options.json ?? false, ({ tenant }, say) =>
        runToEnd(open, tenant, say),
      );
      printRows(results, options.json ?? false);
      if (results.some(({ state }) => state === 'failed')) process.exitCode = 1;
    }),
  );

  command('status', 'release, last run, lease, pause and dead letters of tenants', false).action(
    async (options: TenantOptions) =>
      withPipeline(async (open) => {
        const tenants = chosen(open, options).map(({ tenant }) => tenant);
        printRows(await Promise.all(tenants.map((tenant) => statusOf(open, tenant))), options.json ?? false);
      }),
  );

  command('history', 'runs that did something, newest first', true)
    .option('--most <n>', 'how many', countOption, 20)
    .action(async (options: TenantOptions & { readonly most: number }) =>
      withPipeline(async ({ lakes }) => {
        const runs = await lakes.openLake(tenantOption(options.tenant ?? '')).runs.list(options.most);
        const newest = runs.toReversed();
        if (options.json) return void process.stdout.write(`${JSON.stringify(newest, null, 2)}\n`);
        printRows(
          newest.map(({ run, at, ms, outcome, release, rows, faults }) => ({
            run,
            at,
            seconds: Math.round(ms / 100) / 10,
            outcome,
            release: release ?? null,
            rows,
            faults: faults
              .map(({ stage, source, stream, code }) => [stage, source, stream, code].filter(Boolean).join(' '))
              .join(', '),
          })),
          false,
        );
      }),
    );

  command('freshness', 'how fresh each source is, and its share of time within the target', false).action(
    async (options: TenantOptions) =>
      withPipeline(async (open) => {
        const tenants = chosen(open, options);
        const byTenant = new Map(tenants.map((config) => [config.tenant, config]));
        const freshness = freshnessFrom(open.settings, open.lakes, byTenant, open.now);
        const reports = await Promise.all(tenants.map(({ tenant }) => freshness(tenant)));
        if (options.json) return void process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
        printRows(reports.flatMap(freshnessRows), false);
      }),
  );

  command('backfill', 'read a span of time of a stream again, beside the live run', true)
    .requiredOption('--source <name>', 'source, for example okta')
    .requiredOption('--stream <name>', 'stream of events, for example log')
    .requiredOption('--from <instant>', 'beginning, ISO 8601')
    .requiredOption('--to <instant>', 'end, ISO 8601')
    .option('--anyway', 'also where the tenant is paused')
    .action(
      async (
        options: TenantOptions & {
          readonly source: string;
          readonly stream: string;
          readonly from: string;
          readonly to: string;
          readonly anyway?: boolean;
        },
      ) =>
        withPipeline(async (open) => {
          const tenant = tenantOption(options.tenant ?? '');
          const source = sourceOf(options.source);
          const request = { source, stream: options.stream, from: instant(options.from), to: instant(options.to) };
          const reports = await withProgress([open.configOf(tenant)], options.json ?? false, async (config, say) => {
            const object = `${source} ${options.stream} ${options.from}/${options.to}`.slice(0, 200);
            const report = await audited({ tenant, action: 'pipeline.backfill', object }, async () =>
              backfill(await open.needsOf(tenant), config, request, cliLease, {
                anyway: options.anyway,
                told: ({ pages, records, rows }) => say(`${pages} pages, ${records} records, ${rows} new`),
              }),
            );
            return { tenant, ...report };
          });
          printRows(reports, options.json ?? false);
        }),
    );

  addRebuildCommand(pipeline);

  command('pause', 'begin no further run of a tenant, until it is resumed', true)
    .option('--why <text>', 'for whoever asks', '')
    .action(async (options: TenantOptions & { readonly why: string }) =>
      withPipeline(async (open) => {
        const tenant = tenantOption(options.tenant ?? '');
        const note = { at: new Date().toISOString(), by: userInfo().username, why: options.why.slice(0, 500) };
        const { control } = open.lakes.openLake(open.configOf(tenant).tenant);
        const purpose = note.why === '' ? undefined : note.why;
        await audited({ tenant, action: 'pipeline.pause', purpose }, () => control.put(pauseNote, note));
        printRows([{ tenant, paused: true, ...note }], options.json ?? false);
      }),
    );
  command('resume', 'let a paused tenant be run again', true).action(async (options: TenantOptions) =>
    withPipeline(async ({ lakes }) => {
      const tenant = tenantOption(options.tenant ?? '');
      const { control } = lakes.openLake(tenant);
      await audited({ tenant, action: 'pipeline.resume' }, () => control.remove(pauseNote));
      printRows([{ tenant, paused: false }], options.json ?? false);
    }),
  );
}

const freshnessRows = (report: TenantFreshness | undefined) =>
  report === undefined ? [] : [...report.sources.map((one) => sourceRow(report, one)), togetherRow(report)];
const togetherRow = ({ tenant, last7Days, last30Days }: TenantFreshness) => ({
  ...{ tenant, source: 'all together', state: null, checked_at: null, target_min: null, feasible: null },
  ...{ source_lag_min: null, pipeline_lag_min: null, within_7d: last7Days.percent, within_30d: last30Days.percent },
  reason: null,
});
const sourceRow = (report: TenantFreshness, one: TenantFreshness['sources'][number]) => ({
  tenant: report.tenant,
  source: one.source,
  state: one.state,
  checked_at: one.checkedAt,
  target_min: one.targetMinutes,
  feasible: one.feasible,
  source_lag_min: minutesOf(one.sourceLagMs),
  pipeline_lag_min: minutesOf(one.pipelineLagMs.served),
  within_7d: one.last7Days.percent,
  within_30d: one.last30Days.percent,
  reason: one.reason,
});
const minutesOf = (ms: number | null) => (ms === null ? null : Math.round(ms / 6000) / 10);

const chosen = (open: OpenPipeline, { tenant }: TenantOptions): readonly TenantConfig[] =>
  tenant === undefined ? open.configs : [open.configOf(tenantOption(tenant))];

function sourceOf(name: string): SourceName {
  if (!isSourceName(name)) throw new Fault('WINDOW_INVALID', { problem: 'there is no source of that name' });
  return name;
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new Fault('WINDOW_INVALID', { problem: 'an instant is written like 2026-01-31T00:00:00Z' });
  return at;
}

const progressOf =
  (say: (text: string) => void): Observe =>
  (event) => {
    if (event.event === 'page.written') {
      say(`${event.source} ${event.stream}: page of ${event.records} records`);
    } else if (event.event === 'page.retried')
      say(`${event.source} ${event.stream}: again in ${event.waitMs} ms (${event.code})`);
    else if (event.event === 'model.built') say(`${event.model}: ${event.rows} rows`);
  };

/** Runs turns until nothing is left; LEASE_HELD where another program runs the tenant. A failed run is a row, so that the other tenants get theirs. */
export async function runToEnd(
  open: OpenPipeline,
  tenant: Tenant,
  say: (text: string) => void,
  options: RunOptions = {},
) {
  const needs = await open.needsOf(tenant, progressOf(say));
  const pages = open.settings.pipelinePages;
  let rows = 0;
  for (;;) {
    const turn = await runTurn(needs, open.configOf(tenant), cliLease, { pages, ...options }).catch(asFault);
    if (turn instanceof Fault) return { tenant, state: 'failed', release: null, rows, problem: turn.message };
    if (turn.state === 'held') throw heldFault(needs.lake, turn.by);
    if (turn.state === 'paused') return { tenant, state: 'paused', release: null, rows, problem: turn.note.why };
    rows += turn.outcome.record.rows;
    if (!turn.outcome.more)
      return {
        tenant,
        state: stateOf(turn.outcome),
        release: turn.outcome.release.number,
        rows,
        problem: problems(turn.outcome),
      };
  }
}

const stateOf = ({ changed }: RunOutcome) => (changed ? 'released' : 'unchanged');
const problems = ({ record }: RunOutcome) =>
  record.faults.map(({ source, stream, code }) => `${source} ${stream}: ${code}`).join(', ');

async function statusOf({ lakes }: OpenPipeline, tenant: Tenant) {
  const lake = lakes.openLake(tenant);
  const [release, [last], lease, note, letters] = await Promise.all([
    lake.releases.latest(),
    lake.runs.list(1),
    lake.leases.newest(),
    lake.control.get(pauseNote),
    lake.deadLetters.list(),
  ]);
  return {
    tenant,
    release: release?.number ?? null,
    released_at: release?.at.toISOString() ?? null,
    rolled_back_to: release?.rolledBackTo ?? null,
    last_change: last?.at ?? null,
    last_outcome: last?.outcome ?? null,
    last_turn: lease?.takenAt ?? null,
    running: lease !== undefined && lease.releasedAt === undefined ? lease.holder : null,
    paused: note === undefined ? null : `${note.at} by ${note.by}`,
    dead_letters: letters.length,
  };
}
