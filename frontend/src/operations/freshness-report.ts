// How fresh each source is and has been, as the page shows it: what the source takes and what we take, apart.
import { type Status, statuses } from '../tenant/freshness.ts';
import { type Fields, fieldsOf, listIn, maybeNumber, maybeText, numberIn, textIn } from './fields.ts';

export interface Attained {
  /** Null where nothing was measured: not 100, and not 0. */
  readonly percent: number | null;
  readonly measuredMinutes: number;
  readonly p95: number | null;
  readonly max: number | null;
}
export interface SourceReport {
  readonly source: string;
  readonly state: Status;
  readonly reason: string | null;
  readonly targetMinutes: number;
  /** False where the schedule alone breaks the target. */
  readonly feasible: boolean;
  readonly checkedAt: string | null;
  readonly newestOccurredAt: string | null;
  readonly checkAgeMs: number | null;
  readonly sourceLagMs: number | null;
  readonly bronzeLagMs: number | null;
  readonly servedLagMs: number | null;
  readonly dataAgeMs: number | null;
  readonly last7Days: Attained;
  readonly last30Days: Attained;
}
/** All sources together. */
export type Together = Pick<Attained, 'percent' | 'measuredMinutes'>;
export interface FreshnessReport {
  readonly at: string;
  readonly last7Days: Together;
  readonly last30Days: Together;
  readonly sources: readonly SourceReport[];
}

export function parseFreshness(value: unknown): FreshnessReport {
  const report = fieldsOf(value, 'an object');
  return {
    at: textIn(report, 'at'),
    last7Days: parseTogether(report, 'last7Days'),
    last30Days: parseTogether(report, 'last30Days'),
    sources: listIn(report, 'sources', (source) => {
      const pipeline = fieldsOf(source.pipelineLagMs, 'pipelineLagMs');
      return {
        source: textIn(source, 'source'),
        // What we do not know the name of is not called fresh.
        state: statuses.find((known) => known === source.state) ?? 'stale',
        reason: maybeText(source, 'reason'),
        targetMinutes: numberIn(source, 'targetMinutes'),
        feasible: source.feasible === true,
        checkedAt: maybeText(source, 'checkedAt'),
        newestOccurredAt: maybeText(source, 'newestOccurredAt'),
        checkAgeMs: maybeNumber(source, 'checkAgeMs'),
        sourceLagMs: maybeNumber(source, 'sourceLagMs'),
        bronzeLagMs: maybeNumber(pipeline, 'bronze'),
        servedLagMs: maybeNumber(pipeline, 'served'),
        dataAgeMs: maybeNumber(source, 'dataAgeMs'),
        last7Days: parseAttained(source, 'last7Days'),
        last30Days: parseAttained(source, 'last30Days'),
      };
    }),
  };
}

function parseTogether(report: Fields, name: string): Together {
  const found = fieldsOf(report[name], name);
  return { percent: maybeNumber(found, 'percent'), measuredMinutes: numberIn(found, 'measuredMinutes') };
}

function parseAttained(source: Fields, name: string): Attained {
  const found = fieldsOf(source[name], name);
  return {
    percent: maybeNumber(found, 'percent'),
    measuredMinutes: numberIn(found, 'measuredMinutes'),
    p95: maybeNumber(found, 'p95'),
    max: maybeNumber(found, 'max'),
  };
}
