// A tenant's freshness as it is told: lag of the source and lag of the pipeline apart, and a quiet source is not a stale one.
import type { SourceName, Tenant } from '@tessera/base';
import type { FreshnessRecord, Release, SourceAges } from '@tessera/lakehouse';
import type { TenantConfig } from '../tenant-config.ts';
import { type Attainment, attain, attainTogether, measure, newAges, type TenantAttainment } from './source-ages.ts';
import { isFeasible, targetMsOf } from './targets.ts';

export interface SourceFreshness {
  readonly source: SourceName;
  /** stale: not successfully asked within the target, or never. quiet: asked, and nothing new for a day. failed: its last turn failed, within the target still. */
  readonly state: 'fresh' | 'quiet' | 'stale' | 'failed';
  /** Why its last turn failed: the code of a fault. */
  readonly reason: string | null;
  readonly targetMinutes: number;
  /** False where the schedule alone breaks the target. */
  readonly feasible: boolean;
  /** Last time that the source was asked for what is served now, and last time that it answered everything. */
  readonly checkedAt: string | null;
  readonly answeredAt: string | null;
  readonly newestOccurredAt: string | null;
  readonly newestIngestAt: string | null;
  readonly checkAgeMs: number | null;
  /** What the source takes to give an event away: newest receipt less newest event. */
  readonly sourceLagMs: number | null;
  /** What we take: now less newest receipt in the layer. The bronze layer holds what was answered, the served one what was released. */
  readonly pipelineLagMs: { readonly bronze: number | null; readonly served: number | null };
  readonly publishLagMs: number | null;
  readonly dataAgeMs: number | null;
  readonly last7Days: Attainment;
  readonly last30Days: Attainment;
}
export interface TenantFreshness {
  readonly tenant: Tenant;
  readonly at: string;
  readonly release: number | null;
  /** All sources together: minutes of source time within their targets. */
  readonly last7Days: TenantAttainment;
  readonly last30Days: TenantAttainment;
  readonly sources: readonly SourceFreshness[];
}

const quietAfterMs = 86_400_000;

/** Reads nothing: everything is an argument. Time since the record was written counts. */
export function reportFreshness(
  config: TenantConfig,
  record: FreshnessRecord | undefined,
  release: Release | undefined,
  now: Date,
  everyMs: number,
): TenantFreshness {
  const at = now.getTime();
  const since = (instant: number | null | undefined) => (instant == null ? null : Math.max(0, at - instant));
  const all: SourceAges[] = [];
  const sources = config.connections.map(({ source }): SourceFreshness => {
    const targetMs = targetMsOf(config, source);
    const seen = release?.sources[source];
    // A lake older than its record of ages: what the release says is all that is known.
    const kept = record?.sources[source] ?? { ...newAges(at), checkedAt: instantOf(seen?.checkedAt) };
    const ages = measure(kept, at, targetMs);
    all.push(ages);
    const [occurred, ingested] = [instantOf(seen?.newestOccurredAt), instantOf(seen?.newestIngestAt)];
    const newest = occurred ?? ingested;
    const checkAgeMs = since(ages.checkedAt);
    const isStale = checkAgeMs === null || checkAgeMs > targetMs;
    const isQuiet = newest === null || (ages.checkedAt ?? at) - newest > quietAfterMs;
    return {
      source,
      state: isStale ? 'stale' : ages.failed !== null ? 'failed' : isQuiet ? 'quiet' : 'fresh',
      reason: ages.failed,
      targetMinutes: targetMs / 60_000,
      feasible: isFeasible(config, source, everyMs, at),
      checkedAt: textOf(ages.checkedAt),
      answeredAt: textOf(ages.answeredAt),
      newestOccurredAt: textOf(occurred),
      newestIngestAt: textOf(ingested),
      checkAgeMs,
      sourceLagMs: occurred === null || ingested === null ? null : Math.max(0, ingested - occurred),
      pipelineLagMs: { bronze: since(ages.answeredAt ?? ages.checkedAt), served: since(ingested) },
      publishLagMs: ingested === null || release === undefined ? null : Math.max(0, release.at.getTime() - ingested),
      dataAgeMs: since(occurred),
      last7Days: attain(ages, at, 7),
      last30Days: attain(ages, at, 30),
    };
  });
  return {
    tenant: config.tenant,
    at: now.toISOString(),
    release: release?.number ?? null,
    last7Days: attainTogether(all, at, 7),
    last30Days: attainTogether(all, at, 30),
    sources,
  };
}

const instantOf = (text: string | null | undefined): number | null => (text == null ? null : Date.parse(text));
const textOf = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
