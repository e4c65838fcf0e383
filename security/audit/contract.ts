// What is written down of every act: who, what, when, from where, and what was decided. Never a value, a token or a secret.
import type { FaultCode, Tenant } from '@tessera/base';

export interface AuditEntry {
  readonly tenant: Tenant;
  /** `intent` is durable before a sensitive act begins, `outcome` follows it and names the intent; `decision` stands alone (a query, a refusal). */
  readonly kind: 'intent' | 'outcome' | 'decision';
  readonly action: string;
  readonly door: 'rest' | 'graphql' | 'websocket' | 'sql' | 'platform' | 'embed' | 'cli' | 'pipeline';
  /** Undefined where nobody was recognised. */
  readonly subject?: string | undefined;
  readonly roles?: readonly string[];
  /** Address of the caller's connection. */
  readonly from?: string | undefined;
  readonly request?: string | undefined;
  readonly members?: readonly string[];
  readonly rows?: number;
  readonly release?: number;
  readonly decision: 'allowed' | 'denied' | 'failed';
  /** Policy rule or fault that decided. */
  readonly rule?: string;
  readonly code?: FaultCode;
  readonly purpose?: string;
  /** Sequence number of the intent that an outcome belongs to. */
  readonly of?: number;
}

export interface Audit {
  /** Appends; resolves when the record is durable (written and synced, several together). AUDIT_UNAVAILABLE where it cannot be. */
  append(entry: AuditEntry): Promise<{ readonly sequence: number }>;
  /** Appends without waiting: for decisions about reads, so that an answer waits for no disk. A store that fails makes the next `append` fail and is observed. */
  note(entry: AuditEntry): void;
  /** Writes the intent, does the work, writes its outcome. The work does not begin before the intent is durable. */
  sensitive<T>(entry: Omit<AuditEntry, 'kind' | 'decision'>, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
