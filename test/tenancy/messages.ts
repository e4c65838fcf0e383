// What a test says to its server processes, and what they say back.
import type { Tenant, TesseraEvent } from '@tessera/base';
import type { JWK } from 'jose';

/** Which of the three walls stand. */
export interface Walls {
  /** Members and positions are checked against the caller's rights. */
  readonly gate: boolean;
  /** The tenant is a condition of every query. */
  readonly predicate: boolean;
  /** The engine holds the tenant's files alone. */
  readonly files: boolean;
}
export interface StartMessage {
  readonly home: string;
  readonly tenants: readonly Tenant[];
  readonly publicKey: JWK;
  /** A layer for each; the first one is behind HTTP. */
  readonly walls: readonly Walls[];
}
export interface Asked {
  readonly token: string;
  readonly query: unknown;
  readonly how: 'groups' | 'rows' | 'views' | 'explain';
  /** Which of the layers, the first where nothing is said. */
  readonly walls?: number;
}
export type ToServer =
  | { readonly start: StartMessage }
  | { readonly ask: readonly Asked[] }
  | { readonly warm: readonly Tenant[] }
  | { readonly told: true }
  | { readonly close: true };
export interface Told {
  readonly events: readonly TesseraEvent[];
  /** Statements that reached the engine, by tenant. */
  readonly sqlRuns: Readonly<Record<string, number>>;
}
export interface Reply {
  readonly id: number;
  readonly value: string | readonly string[] | Told;
  readonly failed?: string;
}
