// What the generator makes and the stand-ins serve: each vendor's records in the vendor's own JSON shape, with the times at which they held.
import type { Tenant } from '@tessera/base';
import type { Facts } from './facts.ts';

/** All versions of one record in order of time; `record` undefined means deleted from then on. `from` is ISO-8601 UTC. */
export interface Versioned<T> {
  readonly id: string;
  readonly versions: readonly { readonly from: string; readonly record: T | undefined }[];
}
export type Json = Record<string, unknown>;

/** An append-only log kept as JSON text, so that serving a page is slicing. Sorted by persistedAt. */
export interface EventLog {
  readonly length: number;
  /** Milliseconds since the epoch at which the vendor stored event i, and at which it happened. */
  persistedAt(i: number): number;
  occurredAt(i: number): number;
  /** The event's JSON text. */
  json(i: number): string;
}

/** Somebody who may sign in; the rest become claims of the token. */
export interface DemoPerson {
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly org?: string;
  readonly region?: string;
  readonly teams?: readonly string[];
  readonly clearance?: string;
}

export interface TenantWorld {
  readonly tenant: Tenant;
  readonly displayName: string;
  readonly timeZone: string;
  readonly orgId: string;
  /** People who may sign in to Tessera through the demo issuer. */
  readonly people: readonly DemoPerson[];
  readonly okta: {
    readonly users: readonly Versioned<Json>[];
    /** Factors by user id. */
    readonly factors: ReadonlyMap<string, readonly Versioned<Json>[]>;
    readonly groups: readonly Versioned<Json>[];
    /** User ids by group id. */
    readonly members: ReadonlyMap<string, readonly string[]>;
    readonly log: EventLog;
  };
  /**
   * A device record may hold the navigation property `deviceCompliancePolicyStates` (array of Json): listings leave it out, as Graph does,
   * and `/managedDevices/{id}/deviceCompliancePolicyStates` serves it. `[]` = no policy assigned. Without the property the stand-in makes one
   * state a policy out of complianceState.
   */
  readonly intune: {
    readonly devices: readonly Versioned<Json>[];
    readonly policies: readonly Versioned<Json>[];
    readonly users: readonly Versioned<Json>[];
  };
  readonly jamf: { readonly computers: readonly Versioned<Json>[]; readonly mobileDevices: readonly Versioned<Json>[] };
  /** ECS documents: { _index, _id, _source }. */
  readonly elasticsearch: {
    readonly documents: EventLog;
    /** When indices were deleted with all of their documents, by name (ISO-8601 UTC). */
    readonly deletedIndices?: Readonly<Record<string, string>>;
  };
  readonly jira: {
    readonly issues: readonly Versioned<Json>[];
    /** Complete changelog histories by issue id, oldest first. */
    readonly changelogs: ReadonlyMap<string, readonly Json[]>;
    readonly projects: readonly Versioned<Json>[];
    readonly users: readonly Versioned<Json>[];
    readonly statuses: readonly Json[];
  };
  /** What really happened; only truth reads it. Worlds made by hand have none. */
  readonly facts?: Facts;
}

export interface World {
  readonly seed: number;
  /** End of the 180 days of history: 00:00 UTC of a day. */
  readonly asOf: Date;
  readonly tenants: readonly TenantWorld[];
}

/** The record as it stood at an instant. */
export function recordAt<T>(versioned: Versioned<T>, at: Date): T | undefined {
  const text = at.toISOString();
  return versioned.versions.findLast((version) => version.from <= text)?.record;
}
