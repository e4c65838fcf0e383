// What events mean in numbers, as one table for every way that metrics leave. Labels are of closed sets: no path, name of a run or free text is one.
import type { Tenant, TesseraEvent } from '@tessera/base';

export type Metric = { readonly about: string } & (
  | {
      readonly kind: 'counter' | 'gauge';
      readonly unit: 'Count' | 'Bytes' | 'Seconds';
      readonly labels: readonly string[];
    }
  | { readonly kind: 'histogram'; readonly unit: 'Seconds'; readonly labels: readonly string[] }
);

export const metrics = {
  tessera_runs_total: { kind: 'counter', unit: 'Count', labels: ['outcome', 'tenant'], about: 'Pipeline runs.' },
  tessera_run_seconds: { kind: 'histogram', unit: 'Seconds', labels: ['outcome'], about: 'Duration of runs.' },
  tessera_stage_seconds: { kind: 'histogram', unit: 'Seconds', labels: ['stage'], about: 'Duration of stages.' },
  tessera_pages_total: { kind: 'counter', unit: 'Count', labels: ['source'], about: 'Pages stored.' },
  tessera_page_bytes_total: { kind: 'counter', unit: 'Bytes', labels: ['source'], about: 'Bytes of pages stored.' },
  tessera_records_total: { kind: 'counter', unit: 'Count', labels: ['source'], about: 'Records in pages stored.' },
  tessera_rows_total: { kind: 'counter', unit: 'Count', labels: ['source'], about: 'Rows added to bronze.' },
  tessera_quarantined_total: { kind: 'counter', unit: 'Count', labels: ['source'], about: 'Records set aside.' },
  tessera_retries_total: { kind: 'counter', unit: 'Count', labels: ['source', 'code'], about: 'Calls made again.' },
  tessera_retry_wait_seconds: {
    kind: 'histogram',
    unit: 'Seconds',
    labels: ['source'],
    about: 'Waits before calls made again.',
  },
  tessera_source_failures_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['source', 'code'],
    about: 'Sources that failed after their last attempt.',
  },
  tessera_source_checks_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['source', 'end'],
    about: 'Turns of sources.',
  },
  tessera_source_checked_timestamp_seconds: {
    kind: 'gauge',
    unit: 'Seconds',
    labels: ['source', 'tenant'],
    about: 'When a source was last asked for what is served.',
  },
  tessera_releases_total: { kind: 'counter', unit: 'Count', labels: [], about: 'Releases published.' },
  tessera_queries_total: { kind: 'counter', unit: 'Count', labels: ['cached', 'tenant'], about: 'Queries answered.' },
  tessera_query_seconds: { kind: 'histogram', unit: 'Seconds', labels: ['cached'], about: 'Duration of queries.' },
  tessera_refusals_total: { kind: 'counter', unit: 'Count', labels: ['code'], about: 'Requests refused.' },
  tessera_audit_failures_total: {
    kind: 'counter',
    unit: 'Count',
    labels: [],
    about: 'Writes of the audit trail that failed.',
  },
  tessera_alerts_total: { kind: 'counter', unit: 'Count', labels: ['rule', 'state'], about: 'Alerts told of.' },
  tessera_alert_deliveries_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['outcome'],
    about: 'Attempts to deliver alerts.',
  },
  tessera_canary_right: {
    kind: 'gauge',
    unit: 'Count',
    labels: ['tenant'],
    about: '1 where the canary had its known numbers.',
  },
  tessera_canary_seconds: { kind: 'histogram', unit: 'Seconds', labels: [], about: 'Page to answer of the canary.' },
  tessera_clock_skew_seconds: {
    kind: 'gauge',
    unit: 'Seconds',
    labels: [],
    about: "By how much this machine's clock is ahead of the issuer's that was heard last.",
  },
} as const satisfies Readonly<Record<string, Metric>>;
export type MetricName = keyof typeof metrics;

export interface Measurement {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
const one = (metric: MetricName, labels: Measurement['labels'] = {}, value = 1): Measurement => ({
  metric,
  labels,
  value,
});

/** Names tenants up to a number of them, so that ten thousand do not make ten thousand series; '' where none is named. */
export function tenantLabels(most: number): (tenant: Tenant) => string {
  const named = new Set<Tenant>();
  return (tenant) => {
    if (most === 0) return '';
    if (named.size < most) named.add(tenant);
    return named.has(tenant) ? tenant : 'other';
  };
}

type Readers = {
  readonly [E in TesseraEvent as E['event']]?: (event: E, tenant: (of: Tenant) => string) => readonly Measurement[];
};

const readers: Readers = {
  'run.ended': ({ changed, ms, tenant }, label) => {
    const outcome = changed ? 'released' : 'unchanged';
    return [
      one('tessera_runs_total', { outcome, tenant: label(tenant) }),
      one('tessera_run_seconds', { outcome }, ms / 1000),
    ];
  },
  'run.failed': ({ tenant }, label) => [one('tessera_runs_total', { outcome: 'failed', tenant: label(tenant) })],
  'stage.ended': ({ stage, ms }) => [one('tessera_stage_seconds', { stage }, ms / 1000)],
  'page.written': ({ source, records, bytes }) => [
    one('tessera_pages_total', { source }),
    one('tessera_records_total', { source }, records),
    one('tessera_page_bytes_total', { source }, bytes),
  ],
  'page.retried': ({ source, code, waitMs }) => [
    one('tessera_retries_total', { source, code }),
    one('tessera_retry_wait_seconds', { source }, waitMs / 1000),
  ],
  'source.failed': ({ source, code }) => [one('tessera_source_failures_total', { source, code })],
  'source.checked': ({ source, end, checkedAt, tenant }, label) => [
    one('tessera_source_checks_total', { source, end }),
    // Of several tenants under one label the last one would stand for all: only a named tenant's is told.
    ...(checkedAt === null || ['', 'other'].includes(label(tenant))
      ? []
      : [one('tessera_source_checked_timestamp_seconds', { source, tenant: label(tenant) }, checkedAt / 1000)]),
  ],
  'rows.staged': ({ source, rows, quarantined }) => [
    one('tessera_rows_total', { source }, rows),
    one('tessera_quarantined_total', { source }, quarantined),
  ],
  'release.published': () => [one('tessera_releases_total')],
  'query.answered': ({ cached, ms, tenant }, label) => [
    one('tessera_queries_total', { cached: String(cached), tenant: label(tenant) }),
    one('tessera_query_seconds', { cached: String(cached) }, ms / 1000),
  ],
  'request.refused': ({ code }) => [one('tessera_refusals_total', { code })],
  'audit.failed': () => [one('tessera_audit_failures_total')],
  'alert.raised': ({ rule }) => [one('tessera_alerts_total', { rule, state: 'raised' })],
  'alert.resolved': ({ rule }) => [one('tessera_alerts_total', { rule, state: 'resolved' })],
  'alert.delivery': ({ outcome }) => [one('tessera_alert_deliveries_total', { outcome })],
  'clock.compared': ({ ms }) => [one('tessera_clock_skew_seconds', {}, ms / 1000)],
  'canary.checked': ({ right, ms, tenant }) => [
    // With its label there is no series, and so no 0, before the first check.
    one('tessera_canary_right', { tenant }, right ? 1 : 0),
    one('tessera_canary_seconds', {}, ms / 1000),
  ],
};

export function measurementsOf(event: TesseraEvent, tenant: (of: Tenant) => string): readonly Measurement[] {
  const read = readers[event.event] as
    | ((event: TesseraEvent, label: typeof tenant) => readonly Measurement[])
    | undefined;
  return read?.(event, tenant) ?? [];
}
