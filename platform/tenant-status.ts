// How fresh a tenant's data is, source by source. Quiet is not stale: a source that was asked and had nothing new is fresh.
import type { FaultCode, SourceName, Tenant } from '@tessera/base';
import type { Release } from '@tessera/lakehouse';

export interface SourceStatus {
  readonly source: SourceName;
  readonly title: string;
  readonly newestOccurredAt: string | null;
  readonly newestIngestAt: string | null;
  /** Last time that the source was asked and answered. */
  readonly checkedAt: string | null;
  readonly status: 'fresh' | 'quiet' | 'stale' | 'failed';
  /** Why it failed, where it did: the code of a fault, for example SECRET_MISSING. */
  readonly reason: FaultCode | null;
}

export interface TenantStatus {
  readonly tenant: Tenant;
  readonly displayName: string;
  readonly timeZone: string;
  /** Instant at which the release's current-state numbers hold. */
  readonly asOf: string;
  readonly release: { readonly number: number; readonly at: string };
  readonly sources: readonly SourceStatus[];
}

/** What the last run knew of a source, newer than what the release says where that run changed nothing. */
export interface SourceCheck {
  readonly checkedAt: Date | undefined;
  readonly failed: boolean;
  readonly reason?: FaultCode | undefined;
}

const quietAfterMs = 24 * 3_600_000;

/** `staleAfterMs`: a source not successfully asked for so long is stale. */
export function planTenantStatus(
  tenant: { readonly tenant: Tenant; readonly displayName: string; readonly timeZone: string },
  release: Release,
  titles: Readonly<Record<string, string>>,
  checks: ReadonlyMap<string, SourceCheck>,
  now: Date,
  staleAfterMs: number | ((source: SourceName) => number),
): TenantStatus {
  const staleAfter = typeof staleAfterMs === 'number' ? () => staleAfterMs : staleAfterMs;
  const sources = Object.entries(release.sources).map(([source, seen]): SourceStatus => {
    const check = checks.get(source);
    const checkedAt = check?.checkedAt?.toISOString() ?? seen.checkedAt;
    const isStale = checkedAt === null || now.getTime() - Date.parse(checkedAt) > staleAfter(source as SourceName);
    const newest = seen.newestOccurredAt ?? seen.newestIngestAt;
    const isQuiet = newest === null || Date.parse(checkedAt ?? newest) - Date.parse(newest) > quietAfterMs;
    return {
      source: source as SourceName,
      title: titles[source] ?? source,
      newestOccurredAt: seen.newestOccurredAt,
      newestIngestAt: seen.newestIngestAt,
      checkedAt,
      status: check?.failed ? 'failed' : isStale ? 'stale' : isQuiet ? 'quiet' : 'fresh',
      reason: check?.failed ? (check.reason ?? null) : null,
    };
  });
  return {
    tenant: tenant.tenant,
    displayName: tenant.displayName,
    timeZone: tenant.timeZone,
    asOf: release.asOf.toISOString(),
    release: { number: release.number, at: release.at.toISOString() },
    sources,
  };
}
