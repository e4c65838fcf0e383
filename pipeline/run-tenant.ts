// One run of one tenant, through the state machine. Whatever fails, the last good release stays served.
import { asFault, Fault, type SourceName } from '@tessera/base';
import type { StreamReport } from '@tessera/ingest';
import type { Release, RunRecord } from '@tessera/lakehouse';
import { createHandlers, type Handlers, stageContext } from './handlers.ts';
import { runName } from './run-name.ts';
import { runStateMachine } from './run-state-machine.ts';
import type { Parked, RunInput, RunNeeds, RunState, SourceState, StreamState } from './stages/contract.ts';
import type { SourceOutcome } from './sync-tenant.ts';
import type { TenantConfig } from './tenant-config.ts';

export interface RunOutcome {
  readonly run: string;
  /** The release that is served after the run. */
  readonly release: Release;
  readonly changed: boolean;
  readonly sources: readonly SourceOutcome[];
  /** True where the page budget ended a stream before its vendor did: the next turn goes on. */
  readonly more: boolean;
  readonly record: RunRecord;
}
export interface RunOptions extends Pick<RunInput, 'sources' | 'streams' | 'pages'> {
  /** In place of the state machine's own waits between attempts, for tests. */
  readonly retryWaitMs?: number;
}

/**
 * Runs the tenant once. Without anything new since the release before, and on the same UTC day, nothing is written and that release is the outcome.
 * Throws the fault of the stage that failed; faults of sources are in the outcome. A run that did something, or failed, is kept in the lake's runs.
 */
export async function runTenant(
  needs: RunNeeds,
  config: TenantConfig,
  { retryWaitMs, ...chosen }: RunOptions = {},
): Promise<RunOutcome> {
  const { lake, now, observe } = needs;
  const { tenant } = config;
  const run = runName(now());
  const at = now().toISOString();
  const started = performance.now();
  const context = stageContext(needs, config);
  const seen = watchStages(
    createHandlers(() => context),
    (stage, ms) => observe({ event: 'stage.ended', tenant, run, stage, ms }),
    (event, task, { source, stream }, code) =>
      observe({ event, tenant, run, task, source, stream, ...(code === undefined ? {} : { code }) }),
  );
  observe({ event: 'run.started', tenant, run });
  const keep = async (about: Pick<RunRecord, 'outcome' | 'release' | 'rows' | 'faults'>): Promise<RunRecord> => {
    const record: RunRecord = { run, at, ms: performance.now() - started, stages: seen.stages(), ...about };
    if (about.outcome !== 'unchanged' || about.faults.length > 0 || about.rows > 0) await lake.runs.put(run, record);
    return record;
  };
  try {
    const input: RunInput = { tenant, run, ...chosen };
    const state = (await runStateMachine(seen.handlers, input, retryWaitMs)) as RunState;
    const release = state.notified && (await lake.releases.get(state.notified.release));
    if (release === undefined) throw new Error('the run ended without a release');
    const changed = state.notified?.changed ?? false;
    const sources = state.sources.map((source) => ({ source: source.source, report: reportOf(source, seen.faultOf) }));
    const streams = state.sources.flatMap((source) => source.streams ?? []);
    const record = await keep({
      outcome: changed ? 'released' : 'unchanged',
      release: release.number,
      rows: streams.reduce((sum, { staged }) => sum + (staged?.rows ?? 0), 0),
      faults: faultsOf(state.sources),
    });
    observe({ event: 'run.ended', tenant, run, release: release.number, changed, ms: performance.now() - started });
    const more = streams.some(({ fetched, failed }) => fetched?.complete === false && !failed);
    return { run, release, changed, sources, more, record };
  } catch (error) {
    const { stage, fault } = seen.lastFailure() ?? { stage: 'plan', fault: asFault(error) };
    const { code, message } = fault;
    observe({ event: 'run.failed', tenant, run, stage, code, message });
    // The disk that the run failed of may refuse this, too.
    await keep({ outcome: 'failed', release: undefined, rows: 0, faults: [{ stage, code, message }] }).catch(() => {});
    throw fault;
  }
}

const sourceTaskNames = ['connect', 'fetch', 'stage'] as const;
type SourceTask = (typeof sourceTaskNames)[number];
const sourceTasks: readonly string[] = sourceTaskNames;
const keyOf = (stage: string, source: SourceName | undefined, stream: string | undefined) =>
  `${stage} ${source} ${stream}`;

/** Handlers that are timed, and whose faults are remembered as they were thrown: the state machine hands on only their text. */
function watchStages(
  handlers: Handlers,
  ended: (stage: string, ms: number) => void,
  told: (
    event: 'task.started' | 'task.ended',
    task: SourceTask,
    input: Pick<StreamState, 'source'> & { readonly stream?: string },
    code?: string,
  ) => void,
) {
  const faults = new Map<string, Fault>();
  const stages: Record<string, number> = {};
  let last: { readonly stage: string; readonly fault: Fault } | undefined;
  let sourcesSince: number | undefined;
  const watched = Object.entries(handlers).map(([stage, handle]) => [
    stage,
    async (input: unknown) => {
      const since = performance.now();
      if (sourceTasks.includes(stage)) sourcesSince ??= since;
      if (stage === 'validate' && sourcesSince !== undefined) {
        ended('sync', since - sourcesSince);
        sourcesSince = undefined;
      }
      const task = sourceTaskNames.find((name) => name === stage);
      if (task !== undefined) told('task.started', task, input as StreamState);
      let code: string | undefined;
      try {
        return await handle(input);
      } catch (error) {
        const fault = error instanceof Error && error.cause instanceof Fault ? error.cause : asFault(error);
        const { source, stream } = input as Partial<StreamState>;
        faults.set(keyOf(stage, source, stream), fault);
        code = fault.code;
        if (source === undefined && stage !== 'park') last = { stage, fault };
        throw error;
      } finally {
        const ms = performance.now() - since;
        stages[stage] = (stages[stage] ?? 0) + ms;
        if (task !== undefined) told('task.ended', task, input as StreamState, code);
        if (!sourceTasks.includes(stage) && stage !== 'plan' && stage !== 'park') ended(stage, ms);
      }
    },
  ]);
  return {
    handlers: Object.fromEntries(watched) as Handlers,
    stages: () => Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, Math.round(ms)])),
    lastFailure: () => last,
    faultOf: (parked: Parked, source: SourceName, stream: string | undefined): Fault =>
      faults.get(keyOf(parked.stage, source, stream)) ?? asFault(undefined),
  };
}

function reportOf(
  { source, streams = [], failed }: SourceState,
  faultOf: (parked: Parked, source: SourceName, stream: string | undefined) => Fault,
): SourceOutcome['report'] {
  if (failed) return { streams: [], failed: [{ stream: '*', fault: faultOf(failed, source, undefined) }] };
  return {
    streams: streams.flatMap(({ failed: parked, fetched, staged }): StreamReport[] => {
      if (parked || fetched === undefined) return [];
      const { stream, pages, complete, version } = fetched;
      return [staged ?? { stream, pages, complete, version, rows: 0, quarantined: 0, unreadable: [], drift: {} }];
    }),
    failed: streams.flatMap(({ failed: parked, stream }) =>
      parked ? [{ stream, fault: faultOf(parked, source, stream) }] : [],
    ),
  };
}

const faultsOf = (sources: readonly SourceState[]): RunRecord['faults'] =>
  sources.flatMap(({ source, failed, streams = [] }) => [
    ...(failed ? [told(failed, source, '*')] : []),
    ...streams.flatMap(({ stream, failed: parked }) => (parked ? [told(parked, source, stream)] : [])),
  ]);

const told = ({ stage, code, message }: Parked, source: SourceName, stream: string) => ({
  stage,
  source,
  stream,
  code,
  message,
});
