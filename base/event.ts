// Everything observable, as one union of plain values; sinks make JSON lines, metrics or test assertions of it. No row, token or SQL literal in any.
import type { FaultCode } from './fault.ts';
import type { SourceName } from './names.ts';
import type { Tenant } from './tenant.ts';

export type TesseraEvent =
  | { readonly event: 'server.listening'; readonly url: string }
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
      readonly event: 'rows.staged';
      readonly tenant: Tenant;
      readonly source: SourceName;
      readonly stream: string;
      readonly rows: number;
      readonly quarantined: number;
      readonly version: number;
    }
  | {
      readonly event: 'model.built';
      readonly tenant: Tenant;
      readonly model: string;
      readonly rows: number;
      readonly version: number;
      readonly ms: number;
    }
  | { readonly event: 'release.published'; readonly tenant: Tenant; readonly release: number }
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
