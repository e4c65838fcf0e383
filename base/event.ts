// Everything observable, as one union of plain values; sinks make JSON lines, metrics or test assertions of it. No row, token or SQL literal in any.
import type { FaultCode } from './fault.ts';
import type { SourceName } from './names.ts';
import type { Tenant } from './tenant.ts';

export type TesseraEvent =
  | { readonly event: 'server.listening'; readonly url: string }
  | { readonly event: 'start.unchecked'; readonly message: string }
  | { readonly event: 'step.started'; readonly step: string }
  | { readonly event: 'step.ended'; readonly step: string; readonly ms: number }
  | { readonly event: 'run.started'; readonly tenant: Tenant; readonly run: string }
  | {
      readonly event: 'run.ended';
      readonly tenant: Tenant;
      readonly run: string;
      readonly release: number;
      readonly changed: boolean;
      readonly ms: number;
    }
  | {
      readonly event: 'run.failed';
      readonly tenant: Tenant;
      readonly run: string;
      readonly stage: string;
      readonly code: FaultCode;
      readonly message: string;
    }
  | {
      readonly event: 'stage.ended';
      readonly tenant: Tenant;
      readonly run: string;
      readonly stage: string;
      readonly ms: number;
    }
  | {
      readonly event: 'page.written';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly records: number;
      readonly bytes: number;
    }
  | {
      readonly event: 'page.retried';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly code: FaultCode;
    }
  | {
      readonly event: 'source.failed';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly code: FaultCode;
      readonly message: string;
    }
  | {
      readonly event: 'source.checked';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly end: 'complete' | 'partial' | 'failed';
      /** False where the run failed after it, so that what the source answered is not served. */
      readonly served: boolean;
      /** When the source was asked for what is served now (ms since 1970). */
      readonly checkedAt: number | null;
    }
  | {
      readonly event: 'task.started' | 'task.ended';
      readonly tenant: Tenant;
      readonly run: string;
      readonly task: 'connect' | 'fetch' | 'stage';
      readonly source: SourceName;
      readonly stream: string | undefined;
      /** Why it ended without success. */
      readonly code?: string;
    }
  | {
      readonly event: 'hook.received';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly records: number;
      readonly bytes: number;
    }
  | { readonly event: 'clock.jumped'; readonly ms: number }
  /** How many other servers on the same home decide by another policy. */
  | { readonly event: 'policy.differs'; readonly processes: number }
  | { readonly event: 'policy.agrees' }
  | {
      readonly event: 'clock.compared';
      /** A configured one. */
      readonly issuer: string;
      readonly by: 'answer' | 'token';
      /** By how much this machine's clock is ahead. */
      readonly ms: number;
    }
  | {
      readonly event: 'canary.checked';
      readonly tenant: Tenant;
      readonly right: boolean;
      readonly step: string;
      readonly ms: number;
    }
  | {
      readonly event: 'alert.raised' | 'alert.resolved';
      readonly rule: string;
      readonly subject: string;
      readonly tenants: number;
    }
  | {
      readonly event: 'alert.delivery';
      readonly channel: string;
      readonly outcome: 'sent' | 'again' | 'given-up';
      readonly problem: string | undefined;
    }
  | {
      readonly event: 'rows.staged';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly rows: number;
      readonly quarantined: number;
      readonly version: number;
    }
  | {
      readonly event: 'records.foreign';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly records: number;
    }
  | {
      readonly event: 'drift.found';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly fields: number;
    }
  | {
      readonly event: 'model.built';
      readonly tenant: Tenant;
      readonly model: string;
      readonly rows: number;
      readonly version: number;
      readonly ms: number;
    }
  | {
      readonly event: 'ledger.unbalanced';
      readonly tenant: Tenant;
      readonly run: string;
      readonly hop: string;
      readonly object: string;
      readonly date: string;
      readonly unexplained: number;
      readonly lines: number;
    }
  | { readonly event: 'ledger.balanced'; readonly tenant: Tenant; readonly run: string }
  | { readonly event: 'release.published'; readonly tenant: Tenant; readonly release: number }
  | { readonly event: 'tables.compacted'; readonly tenant: Tenant; readonly tables: number; readonly files: number }
  | { readonly event: 'tables.vacuumed'; readonly tenant: Tenant; readonly files: number; readonly bytes: number }
  | { readonly event: 'upkeep.failed'; readonly tenant: Tenant; readonly code: FaultCode; readonly message: string }
  | {
      readonly event: 'request.refused';
      readonly tenant: Tenant | undefined;
      readonly route: string;
      readonly code: FaultCode;
    }
  | { readonly event: 'cube.failed'; readonly tenant: Tenant | undefined; readonly problem: string }
  | {
      readonly event: 'audit.failed';
      readonly tenant: Tenant | undefined;
      readonly code: FaultCode;
      readonly waiting: number;
    }
  | { readonly event: 'audit.lost'; readonly tenant: Tenant | undefined; readonly records: number }
  | {
      readonly event: 'audit.recovered';
      readonly tenant: Tenant | undefined;
      readonly droppedBytes: number;
      readonly interrupted: number;
    }
  | { readonly event: 'query.answered'; readonly tenant: Tenant; readonly ms: number; readonly cached: boolean };

export type Observe = (event: TesseraEvent) => void;

export const observeNothing: Observe = () => {};

/** One JSON line an event, with the time in front. */
export const observeAsJsonLines =
  (write: (line: string) => void, now: () => Date = () => new Date()): Observe =>
  (event) =>
    write(`${JSON.stringify({ at: now().toISOString(), ...event })}\n`);
