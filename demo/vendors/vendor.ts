// What a vendor's folder gives to the server that all five share.
import type { Clock } from '@tessera/base';
import type { TenantWorld } from '../world.ts';
import type { VendorCredentials } from './credentials.ts';
import type { Answer, Incoming } from './exchange.ts';
import type { FaultKind } from './fault-schedule.ts';
import type { MeterRule, Reading } from './meter.ts';
import type { Route } from './routes.ts';
import type { Sees } from './visibility.ts';

/** `strict`: the numbers that the vendors publish. `demo`: a generous customer, so that a first load is not throttled for minutes. */
export type Limits = 'strict' | 'demo';

export interface VendorNeeds {
  readonly world: TenantWorld;
  /** The instant as of which the vendor answers; tokens age on it too. */
  readonly now: Clock;
  readonly limits: Limits;
  readonly seed: number;
  readonly credentials: VendorCredentials;
  /** What the credential may see. Records of the world are through its eyes already; indices have to ask. */
  readonly sees: Sees;
  /** Tokens are issued with more than the connectors need, which they must refuse. */
  readonly overScoped: boolean;
}

export interface Vendor {
  readonly routes: readonly Route[];
  readonly meters: Readonly<Record<string, MeterRule>>;
  /** The scheduled faults that this vendor can show. */
  readonly faults: readonly FaultKind[];
  /** Requests in flight above it are violations. */
  readonly maxConcurrent?: number;
  /** The refusal of a request without valid credentials; undefined lets it in. */
  refuse(request: Incoming): Answer | undefined;
  unknownPath(request: Incoming): Answer;
  /** 429. `reading.resetAt` says until when to wait; returns the instant until which the client was told to wait. */
  busy(reading: Reading, now: number): { readonly answer: Answer; readonly until: number };
  broken(status: 500 | 503): Answer;
  /** Headers of every answer. */
  dress?(reading: Reading, request: Incoming, now: number): Readonly<Record<string, string>>;
  revokeTokens?(): void;
}
