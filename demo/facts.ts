// What really happened in the invented tenants, as the generator decided it: the only thing that truth reads. Times are milliseconds since the epoch.

/** Half-open; `to` may be Infinity and `from` -Infinity. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
export const holdsAt = (spans: readonly Span[], at: number) => spans.some((span) => span.from <= at && at < span.to);

export interface FactorFact {
  readonly id: string;
  readonly type: string;
  /** What a person who looks at the record now reads; undefined where it was removed. */
  readonly status: 'ACTIVE' | 'PENDING_ACTIVATION' | 'INACTIVE' | undefined;
  readonly created: number;
  readonly active: readonly Span[];
  /** How each end of a span came about. */
  readonly endedBy: 'deactivate' | 'suspend' | 'reset_all';
}

export interface PersonFact {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Undefined: nobody wrote one down. */
  readonly department: string | undefined;
  readonly country: string;
  readonly city: string;
  readonly okta: OktaFact | undefined;
  readonly entraId: string | undefined;
  readonly jiraAccountId: string | undefined;
  readonly jiraShowsEmail: boolean;
}

export interface OktaFact {
  readonly id: string;
  readonly login: string;
  readonly status: string;
  readonly userType: string;
  readonly federated: boolean;
  readonly isAdmin: boolean;
  readonly created: number;
  readonly activated: number | undefined;
  readonly canSignIn: readonly Span[];
  readonly factors: readonly FactorFact[];
  /** Kept out of the everyday sign-ins, because a named case needs a quiet history. */
  readonly quiet: boolean;
}

export type Outcome = 'success' | 'failure' | 'denied' | 'locked' | 'abandoned' | 'none';

export interface AttemptFact {
  readonly source: 'okta' | 'elasticsearch';
  readonly startedAt: number;
  readonly login: string;
  readonly person: PersonFact | undefined;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly stage: 'first_factor' | 'second_factor' | 'policy' | null;
  readonly country: string;
  readonly ip: string;
  readonly usedMfa: boolean;
  readonly sessionStartSuccess: number;
  readonly sessionStartFailure: number;
}

export interface AuthEventFact {
  readonly source: 'okta' | 'elasticsearch';
  readonly at: number;
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly login: string;
  readonly person: PersonFact | undefined;
  readonly country: string;
  readonly factor: string | null;
}

/** One record of a device in one system, and what changed in it. */
export interface DeviceRecordFact {
  readonly system: 'intune' | 'jamf';
  readonly kind: 'computer' | 'mobile';
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly osVersion: string;
  readonly ownership: 'corporate' | 'personal' | 'unknown';
  readonly person: PersonFact | undefined;
  readonly enrolledAt: number;
  /** Intune's managementAgent is jamf. */
  readonly viaJamf: boolean;
  readonly hasPolicy: boolean;
  /** Intune's word, for example managed or retirePending. */
  readonly managementState: string;
  readonly isEncrypted: boolean;
  /** When the record vanished from the listing. */
  readonly goneAt: number;
  /** Oldest first; each holds until the next. */
  readonly states: readonly DeviceMoment[];
}

export interface DeviceMoment {
  readonly at: number;
  readonly checkIn: number;
  /** Jamf: full inventory. */
  readonly inventory: number;
  readonly managed: boolean;
  /** Intune: the vendor's word. */
  readonly verdict: string;
  /** Jamf: rules that fail, in the policy's order. */
  readonly failing: readonly string[];
  readonly osVersion: string;
}

export interface DeviceFact {
  /** Undefined: blank or a placeholder. */
  readonly serial: string | undefined;
  readonly records: readonly DeviceRecordFact[];
}

export interface StatusFact {
  readonly id: string;
  readonly name: string;
  readonly category: 'new' | 'indeterminate' | 'done';
}

export interface ProjectFact {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: 'software' | 'service_desk' | 'business';
  readonly archived: boolean;
}

export interface IssueFact {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly isSubtask: boolean;
  readonly priority: string | null;
  readonly created: number;
  readonly firstStatus: string;
  readonly moves: readonly { readonly at: number; readonly status: string }[];
  readonly firstProject: ProjectFact;
  readonly projectMoves: readonly { readonly at: number; readonly project: ProjectFact }[];
  readonly resolution: string | null;
  readonly resolutionDate: number | undefined;
  /** Entries of the changelog that are no status change. */
  readonly otherEdits: number;
  /** The vendor kept no history: the status is simply what it is. */
  readonly historyLost: boolean;
  readonly deletedAt: number | undefined;
  readonly assignee: PersonFact | undefined;
}

export interface Facts {
  readonly persons: readonly PersonFact[];
  /** Instant of the first event of the Okta log. */
  readonly logStart: number;
  readonly attempts: readonly AttemptFact[];
  readonly events: readonly AuthEventFact[];
  readonly devices: readonly DeviceFact[];
  readonly projects: readonly ProjectFact[];
  readonly statuses: readonly StatusFact[];
  readonly issues: readonly IssueFact[];
}
