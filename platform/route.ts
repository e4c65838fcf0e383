// What a route of the platform API is: its path, who may call it and under which name that is on the audit trail, and what it answers.
import type { Fault, Tenant } from '@tessera/base';
import type { Access, Action, AuditEntry, Rights } from '@tessera/security';
import type { z } from 'zod';
import type { Embeds } from './embeds/create-embeds.ts';
import type { ExplainPolicy } from './explain-policy.ts';
import type { Desk } from './quarantine-desk.ts';
import type { ReadReconciliation } from './read-reconciliation.ts';
import type { ReadTrail } from './read-trail.ts';
import type { Reveal } from './reveal-tokens.ts';
import type { TenantStatus } from './tenant-status.ts';

export interface PlatformNeeds {
  readonly appConfig: { readonly issuer: string; readonly clientId: string; readonly audience: string };
  /** The source registry: what each connector asks of its vendor. */
  readonly sources: readonly object[];
  /** Undefined for a tenant that is not here. */
  readonly status: (tenant: Tenant) => TenantStatus | undefined;
  /** How fresh each source is and has been; undefined for a tenant that is not here. */
  readonly freshness?: ((tenant: Tenant) => Promise<object | undefined>) | undefined;
  /** Tenants that do not serve a release yet; empty means ready. */
  readonly waitingFor: () => readonly Tenant[];
  /** Why this process should not be asked any more, though it still answers. */
  readonly notReady?: (() => Fault | undefined) | undefined;
  /** Name of the policy that is served, so that processes behind one address can be compared. */
  readonly policy?: string | undefined;
  /** Without it there is no such route. */
  readonly reveal?: Reveal | undefined;
  readonly readTrail?: ReadTrail | undefined;
  readonly reconciliation?: ReadReconciliation | undefined;
  /** Quarantine and dead letters. */
  readonly desk?: Desk | undefined;
  readonly explainPolicy?: ExplainPolicy | undefined;
  readonly embeds?: Pick<Embeds, 'mint' | 'exchange' | 'frameOrigin'> | undefined;
}

/** Who asks, and what he may: decided once, before the route. */
export interface SignedIn {
  readonly access: Access;
  readonly rights: Rights;
}

/** What a route may know of the request beside its caller. */
export interface RouteCall {
  /** As the route's schema made it. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  /** Named parts of the path, as they came. */
  readonly params: Readonly<Record<string, string>>;
  readonly from: string | undefined;
  readonly request: string | undefined;
}

/** What the trail has of an act beside who and when: names, never a value. */
export type Told = Partial<Pick<AuditEntry, 'action' | 'members' | 'purpose' | 'object'>>;

export interface PublicAnswer {
  /** Name of the act on the trail; without it nobody is refused here. */
  readonly act?: string;
  readonly public: (needs: PlatformNeeds, call: RouteCall) => object;
}
export interface SignedInAnswer {
  /** Name of the act on the trail. */
  readonly act: string;
  /** Without it nobody gets to the handler. */
  readonly right: Action;
  /** Sessions of embeds reach this, too; they reach nothing that does not say so. */
  readonly embedded?: true;
  /** What is written of an act that was allowed: by the door, by the handler, which knows more of it, or nothing where pages ask again every minute. Refusals always are. */
  readonly allowed: 'noted' | 'by the handler' | 'not noted';
  /** What else the trail has of it. */
  readonly told?: (call: RouteCall) => Told;
  readonly signedIn: (needs: PlatformNeeds, caller: SignedIn, call: RouteCall) => object;
}

export interface Route {
  readonly path: string;
  /** `get` where nothing is said. */
  readonly method?: 'post';
  /** Of a `post`: a closed schema; what does not fit is BODY_INVALID before anything is looked at. */
  readonly body?: z.ZodType;
  /** Of the parameters; without it they are not looked at. */
  readonly query?: z.ZodType;
  readonly about: string;
  readonly answer: PublicAnswer | SignedInAnswer;
}
