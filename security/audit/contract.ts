// What is written down of every act: who, what, when, from where, and what was decided. Never a value, a token or a secret.
import type { FaultCode, Tenant } from '@tessera/base';

export interface AuditEntry {
  /** Undefined where the token told none (a refused sign-in): kept in a chain of its own, which no tenant reads. */
  readonly tenant: Tenant | undefined;
  /** `intent` is durable before a sensitive act begins, `outcome` follows it and names the intent; `decision` stands alone (a query, a refusal). */
  readonly kind: 'intent' | 'outcome' | 'decision';
  readonly action: string;
  readonly door: 'rest' | 'graphql' | 'websocket' | 'sql' | 'platform' | 'embed' | 'cli' | 'pipeline';
  /** Undefined where nobody was recognised. Erasable. */
  readonly subject?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Address of the caller's connection. Erasable. */
  readonly from?: string | undefined;
  readonly request?: string | undefined;
  readonly members?: readonly string[] | undefined;
  readonly rows?: number | undefined;
  readonly release?: number | undefined;
  readonly decision: 'allowed' | 'denied' | 'failed';
  /** Policy rule or fault that decided. */
  readonly rule?: string | undefined;
  readonly code?: FaultCode | undefined;
  /** Why a person wanted it, in their words. Erasable. */
  readonly purpose?: string | undefined;
  /** What the act was done to: a dashboard, a table, a token's id. Never a value. */
  readonly object?: string | undefined;
  /** Sequence number of the intent that an outcome belongs to. */
  readonly of?: number | undefined;
}

export interface Audit {
  /** Appends; resolves when the record is durable (written and synced, several together). AUDIT_UNAVAILABLE where it cannot be. */
  append(entry: AuditEntry): Promise<{ readonly sequence: number }>;
  /**
   * Appends without waiting: for decisions about reads, so that an answer waits for no disk. What a failing store does not take is observed, kept and
   * tried again; until it is written, `append` fails.
   */
  note(entry: AuditEntry): void;
  /** Writes the intent, does the work, writes its outcome. The work does not begin before the intent is durable. */
  sensitive<T>(
    entry: Omit<AuditEntry, 'kind' | 'decision'>,
    work: (intent: { readonly sequence: number }) => Promise<T>,
  ): Promise<T>;
  /** Writes what was noted, signs the heads, and gives the store free. */
  close(): Promise<void>;
}

/** The name under which a chain of a tenant is written: one process one writer, so that two processes never write one chain. */
export type Writer = 'server' | 'server-2' | 'cli';
/** Folder of acts of nobody in particular; no tenant can have this name. */
export const nobody = '_nobody';
