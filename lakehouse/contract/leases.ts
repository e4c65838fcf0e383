// Who runs a tenant now, and that nobody else does.

export interface LeaseFacts {
  readonly fence: number;
  /** Who, for people. */
  readonly holder: string;
  readonly process: string;
  readonly token: string;
  readonly takenAt: string;
  /** Moves with each heartbeat: who watches it stand still needs no clock of the holder. */
  readonly beat: number;
  readonly ttlMs: number;
  readonly expiresAt: string;
  /** Set when it was given back; the object stays, so that numbers never come again. */
  readonly releasedAt?: string;
}
export interface Lease {
  /** Grows with every lease of the tenant. */
  readonly fence: number;
  /** Puts its end off. LEASE_LOST where another worker has taken over. */
  beat(): Promise<void>;
  /** LEASE_LOST where another worker has taken over. */
  check(): Promise<void>;
  /** Gives it back; harmless where it is lost. */
  release(): Promise<void>;
}
export interface Leases {
  /** Undefined where another worker holds it. */
  take(options: { readonly holder: string; readonly ttlMs: number }): Promise<Lease | undefined>;
  /** The newest lease, held or given back. */
  newest(): Promise<LeaseFacts | undefined>;
}
