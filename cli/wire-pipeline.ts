// Joins the pipeline: one tenant's turns, the scheduler over all tenants, and what other programs on the same home need to know.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings, SourceName, Tenant } from '@tessera/base';
import { systemClock } from '@tessera/base';
import type { Web } from '@tessera/ingest';
import type { TenantLake } from '@tessera/lakehouse';
import {
  answerWakeUps,
  arrivedSources,
  duesOf,
  hookedStreams,
  leaseTtlMs,
  type RunNeeds,
  type RunOutcome,
  runTurn,
  type Scheduler,
  startScheduler,
  type TenantConfig,
  waitingWakeUps,
} from '@tessera/pipeline';
import type { SourceCheck } from '@tessera/platform';
import type { Lakes } from './open-lakes.ts';

export interface PipelineParts {
  readonly settings: Pick<Settings, 'home' | 'pipelineEverySeconds' | 'pipelineAtOnce' | 'pipelinePages'>;
  readonly lakes: Lakes;
  readonly configs: readonly TenantConfig[];
  readonly needs: Omit<RunNeeds, 'lake'>;
  /** A tenant's own way to its vendors, where it has one. */
  readonly webOf: (tenant: Tenant) => Web | undefined;
  /** Before each turn; what it throws ends the turn. */
  readonly mayRun: (tenant: Tenant) => Promise<void>;
  /** After each turn that ran. */
  readonly whenRan: (tenant: Tenant) => Promise<void>;
}
export interface Pipeline {
  /** How each source's last turn ended. */
  readonly checks: ReadonlyMap<Tenant, ReadonlyMap<string, SourceCheck>>;
  /** One turn: of all inputs, of some, or with none only for what has arrived. */
  turn(tenant: Tenant, sources?: readonly SourceName[]): Promise<'done' | 'more'>;
  /** Runs the tenant until nothing is left to fetch; throws where a run fails. Paused or run by another program, it stays as it is. */
  runOne(tenant: Tenant): Promise<void>;
  /** Runs inputs as they come due, never before `ready` has ended. */
  start(ready: Promise<void>): Promise<Scheduler>;
}

export function wirePipeline({ settings, lakes, configs, needs, webOf, mayRun, whenRan }: PipelineParts): Pipeline {
  const { connectors } = needs;
  const byTenant = new Map<Tenant, TenantConfig>(configs.map((config) => [config.tenant, config]));
  const checks = new Map<Tenant, Map<string, SourceCheck>>();
  const lease = { holder: `tessera up (process ${process.pid})`, ttlMs: leaseTtlMs };

  const hooked = connectors.flatMap(({ source }) => hookedStreams(connectors, source).map(({ name }) => name));

  const needsOf = (tenant: Tenant, lake: TenantLake): RunNeeds => ({ ...needs, web: webOf(tenant) ?? needs.web, lake });

  const remember = (tenant: Tenant, { sources }: RunOutcome) => {
    const before = checks.get(tenant);
    const now = sources.map(({ source, report: { failed } }): [string, SourceCheck] => [
      source,
      {
        checkedAt: failed.length === 0 ? needs.now() : before?.get(source)?.checkedAt,
        failed: failed.length > 0,
        reason: failed[0]?.fault.code,
      },
    ]);
    checks.set(tenant, new Map([...(before ?? []), ...now]));
  };
  /** What was sent by itself goes first: its vendor is not asked, so nobody waits for it. Before the first release it waits for the rest. */
  const takeArrived = async (config: TenantConfig, lake: TenantLake): Promise<'done' | 'more'> => {
    // Whatever is wrong with the inbox, the inputs get their turn.
    const sources = await arrivedSources(lake, config, connectors).catch(() => []);
    if (sources.length === 0 || !(await lake.releases.latest())) return 'done';
    // A failed run has been observed; the deliveries stay where they are, and the inputs get their turn.
    const ended = await runTurn(needsOf(config.tenant, lake), config, lease, {
      sources,
      pages: 0,
      streams: hooked,
    }).catch(() => undefined);
    if (ended?.state !== 'ran') return 'done';
    await whenRan(config.tenant);
    return ended.outcome.more ? 'more' : 'done';
  };
  const turn = async (tenant: Tenant, sources?: readonly SourceName[]): Promise<'done' | 'more'> => {
    const config = byTenant.get(tenant);
    if (!config) return 'done';
    await mayRun(tenant);
    const lake = lakes.openLake(tenant);
    const left = await takeArrived(config, lake);
    const woken = await waitingWakeUps(lake, config, connectors);
    // Woken by what arrived: no input is due, and only who was said to have news is asked, once there is a release.
    const isWoken = sources?.length === 0;
    if (isWoken && (woken.sources.length === 0 || !(await lake.releases.latest()))) return left;
    const chosen = {
      pages: settings.pipelinePages,
      ...(isWoken ? { sources: woken.sources, ...woken.only } : sources ? { sources } : {}),
    };
    const ended = await runTurn(needsOf(tenant, lake), config, lease, chosen);
    if (ended.state !== 'ran') {
      // Whoever runs it now publishes; what is there is served.
      const release = await lake.releases.latest();
      if (release) await needs.serving.build(lake, release);
    } else {
      remember(tenant, ended.outcome);
      await answerWakeUps(lake, woken, ended.outcome);
    }
    if (ended.state === 'ran' || (await lake.releases.latest())) await whenRan(tenant);
    return ended.state === 'ran' && ended.outcome.more ? 'more' : 'done';
  };

  return {
    checks,
    turn,
    async runOne(tenant) {
      while ((await turn(tenant)) === 'more');
    },
    async start(ready) {
      const dues = await Promise.all(
        configs.map(async (config) => {
          const last = await lakes.openLake(config.tenant).leases.newest();
          const lastRunAt = last && { lastRunAt: new Date(last.takenAt) };
          return duesOf(config, settings.pipelineEverySeconds * 1000).map((due) => ({ ...due, ...lastRunAt }));
        }),
      );
      return startScheduler(
        {
          now: systemClock,
          atOnce: settings.pipelineAtOnce,
          // A failed run has been observed; the tenant keeps its last good release and gets its next turn.
          runTurn: async (tenant, sources) => {
            await ready.catch(() => {});
            return turn(tenant, sources).catch(() => 'done');
          },
        },
        dues.flat(),
      );
    },
  };
}

/** Where commands find the demo that runs on this home. */
export const demoPipelineFile = (home: string): string => path.join(home, 'demo', 'pipeline.json');

/** Tells commands on the same home which tenants the demo has, and as of when. */
export async function tellDemoPipeline(home: string, asOf: Date, tenants: readonly object[]): Promise<void> {
  const file = demoPipelineFile(home);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ asOf, tenants }), { mode: 0o600 });
}
