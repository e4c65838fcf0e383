// One pipeline run of one tenant: fetch and stage → merge → reconcile → release. Whatever fails, the last good release stays served.
import { asFault, type SourceName } from '@tessera/base';
import { bronzeTable, readBronzeState } from '@tessera/ingest';
import type { Release, Serving } from '@tessera/lakehouse';
import { type Project, runTransforms } from '@tessera/transforms';
import { type SourceOutcome, type SyncTenantNeeds, syncTenant } from './sync-tenant.ts';
import type { TenantConfig } from './tenant-config.ts';

export interface RunNeeds extends SyncTenantNeeds {
  readonly serving: Serving;
  readonly models: Project;
}

export interface RunOutcome {
  readonly run: string;
  /** The release that is served after the run. */
  readonly release: Release;
  readonly changed: boolean;
  readonly sources: readonly SourceOutcome[];
}

const dayOf = (instant: Date) => instant.toISOString().slice(0, 10);

/** Names that sort by time, also where the clock stands still between two runs. */
export const runName = (now: Date, wall: Date = new Date()): string =>
  `${now.toISOString().replace(/[-:.]/g, '')}-${wall.getTime().toString(36)}`;

/**
 * Runs the tenant once. Without anything new since the release before, and on the same UTC day, nothing is written and that release is the outcome.
 * Throws the fault of merge, reconcile or release; faults of sources are in the outcome.
 */
export async function runTenant(needs: RunNeeds, config: TenantConfig): Promise<RunOutcome> {
  const { lake, now, observe, serving } = needs;
  const { tenant } = config;
  const run = runName(now());
  const started = performance.now();
  observe({ event: 'run.started', tenant, run });
  let stage = 'sync';
  const endStage = (next: string, since: number) => {
    observe({ event: 'stage.ended', tenant, run, stage, ms: performance.now() - since });
    stage = next;
    return performance.now();
  };
  try {
    const sources = await syncTenant(needs, config, run);
    let since = endStage('merge', started);

    const before = await lake.releases.latest();
    const bronze = await readBronze(needs, config);
    const asOf =
      before && isSame(bronze.versions, before.inputs) && dayOf(before.asOf) === dayOf(now()) ? before.asOf : now();
    const { orgId, timeZone, displayName } = config;
    const vars = {
      tenant,
      org_id: orgId,
      time_zone: timeZone,
      display_name: displayName,
      as_of: asOf,
      status: 'active' as const,
    };
    const built = await needs.engine.session((session) =>
      runTransforms({ lake, session, models: needs.models, vars, run, observe, released: before?.tables ?? {} }),
    );
    since = endStage('release', since);

    const changed = !before || !isSame(built.tables, before.tables);
    const release: Release = changed
      ? {
          number: (before?.number ?? 0) + 1,
          at: now(),
          asOf,
          run,
          tables: built.tables,
          inputs: bronze.versions,
          rows: { ...before?.rows, ...built.rows },
          sources: freshness(bronze, sources, before, now()),
        }
      : before;
    if (changed) {
      await lake.releases.publish(release);
      observe({ event: 'release.published', tenant, release: release.number });
    }
    await serving.build(lake, release);
    endStage('done', since);
    observe({
      event: 'run.ended',
      tenant,
      run,
      release: release.number,
      changed,
      ms: performance.now() - started,
    });
    return { run, release, changed, sources };
  } catch (error) {
    const fault = asFault(error);
    observe({ event: 'run.failed', tenant, run, stage, code: fault.code, message: fault.message });
    throw fault;
  }
}

interface Bronze {
  /** Delta version by table. */
  readonly versions: Readonly<Record<string, number>>;
  readonly newest: ReadonlyMap<SourceName, { occurredAt: string | undefined; ingestAt: string | undefined }>;
}

const later = (a: string | undefined, b: string | undefined) => (a !== undefined && (b === undefined || a > b) ? a : b);

async function readBronze({ lake, connectors }: RunNeeds, config: TenantConfig): Promise<Bronze> {
  const versions: Record<string, number> = {};
  const newest = new Map<SourceName, { occurredAt: string | undefined; ingestAt: string | undefined }>();
  for (const { source } of config.connections) {
    const streams = connectors.find((connector) => connector.source === source)?.streams ?? [];
    for (const stream of streams) {
      const table = bronzeTable(lake, source, stream);
      const state = await readBronzeState(table);
      if (state.version >= 0) versions[table.name] = state.version;
      const so = newest.get(source);
      newest.set(source, {
        occurredAt: later(state.newestOccurredAt, so?.occurredAt),
        ingestAt: later(state.newestIngestAt, so?.ingestAt),
      });
    }
  }
  return { versions, newest };
}

const isSame = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, version]) => b[name] === version);

/** A source that failed keeps the time of its last good check. */
function freshness(
  bronze: Bronze,
  outcomes: readonly SourceOutcome[],
  before: Release | undefined,
  now: Date,
): Release['sources'] {
  return Object.fromEntries(
    outcomes.map(({ source, report }) => [
      source,
      {
        newestOccurredAt: bronze.newest.get(source)?.occurredAt ?? null,
        newestIngestAt: bronze.newest.get(source)?.ingestAt ?? null,
        checkedAt: report.failed.length === 0 ? now.toISOString() : (before?.sources[source]?.checkedAt ?? null),
      },
    ]),
  );
}
