// What the platform says about the tenant and its sources, and what that means for a number. Quiet is not stale: a source that was asked and had nothing new is fine.
import { formatInstant } from '../format/time.ts';

export const statuses = ['fresh', 'quiet', 'stale', 'failed'] as const;
export type Status = (typeof statuses)[number];

export interface SourceFreshness {
  readonly source: string;
  readonly title: string;
  readonly newestOccurredAt: string | null;
  readonly newestIngestAt: string | null;
  readonly checkedAt: string | null;
  readonly status: Status;
}
export interface TenantInfo {
  readonly tenant: string;
  readonly displayName: string;
  readonly timeZone: string;
  readonly asOf: string;
  readonly release: { readonly number: number; readonly at: string };
  readonly sources: readonly SourceFreshness[];
  /** What the caller may do; undefined where the platform does not say. */
  readonly actions?: readonly string[];
}

const isBad = (source: SourceFreshness): boolean => source.status === 'stale' || source.status === 'failed';

/** Why a number that stands on these sources may be behind, in one sentence; undefined where it is not. */
export function stalenessOf(info: TenantInfo, sources: readonly string[]): string | undefined {
  const late = info.sources.filter((source) => sources.includes(source.source) && isBad(source));
  if (late.length === 0) return undefined;
  return late
    .map(({ title, status, checkedAt }) => {
      const what = status === 'failed' ? `the last check of ${title} failed` : `${title} is stale`;
      return checkedAt === null
        ? `${what}, never checked`
        : `${what}, last checked ${formatInstant(checkedAt, info.timeZone)}`;
    })
    .join('; ');
}

/** All sources in four words, for the header. */
export function summaryOf(info: TenantInfo): { readonly words: string; readonly isBad: boolean } {
  const late = info.sources.filter(isBad);
  if (late.length > 2) return { words: `${late.length} of ${info.sources.length} sources behind`, isBad: true };
  if (late.length > 0) return { words: `${late.map(({ title }) => title).join(' and ')} behind`, isBad: true };
  return { words: `All ${info.sources.length} sources up to date`, isBad: false };
}

/** unknown → TenantInfo; an Error that names the field where it is not one. */
export function parseTenantInfo(value: unknown): TenantInfo {
  const info = record(value, 'tenant');
  const release = record(info.release, 'release');
  if (!Array.isArray(info.sources)) throw new Error('The platform answered without sources.');
  const { actions } = info;
  return {
    ...(Array.isArray(actions) ? { actions: actions.filter((action) => typeof action === 'string') } : {}),
    tenant: text(info.tenant, 'tenant'),
    displayName: text(info.displayName, 'displayName'),
    timeZone: text(info.timeZone, 'timeZone'),
    asOf: text(info.asOf, 'asOf'),
    release: { number: Number(release.number), at: text(release.at, 'release.at') },
    sources: info.sources.map((entry) => {
      const source = record(entry, 'sources');
      const status = statuses.find((known) => known === source.status);
      return {
        source: text(source.source, 'source'),
        title: text(source.title, 'title'),
        newestOccurredAt: optional(source.newestOccurredAt),
        newestIngestAt: optional(source.newestIngestAt),
        checkedAt: optional(source.checkedAt),
        // What we do not know the name of is not called fresh.
        status: status ?? 'stale',
      };
    }),
  };
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(`The platform answered without ${name}.`);
  return value as Readonly<Record<string, unknown>>;
}
function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`The platform answered without ${name}.`);
  return value;
}
const optional = (value: unknown): string | null => (typeof value === 'string' ? value : null);
