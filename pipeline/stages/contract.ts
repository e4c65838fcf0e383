// What passes between the stages of a run: small JSON with references in it, never rows. The state machine joins these; each stage is safe to repeat.
import type { SourceName, Tenant } from '@tessera/base';
import type { FetchedPart, OpenStream, StreamReport } from '@tessera/ingest';
import type { Serving } from '@tessera/lakehouse';
import type { Project } from '@tessera/transforms';
import type { SyncTenantNeeds } from '../sync-tenant.ts';
import type { TenantConfig } from '../tenant-config.ts';
import type { UpkeepSettings } from '../upkeep.ts';

export interface RunNeeds extends SyncTenantNeeds {
  /** `inspect` where this process serves, too: then the copy is compared with its release. */
  readonly serving: Pick<Serving, 'build'> & Partial<Pick<Serving, 'inspect' | 'copy' | 'trust' | 'distrust'>>;
  readonly models: Project;
  /** Without it tables are left as they are. */
  readonly upkeep?: UpkeepSettings;
}

/** What every stage is given besides its input. */
export interface StageContext {
  readonly needs: RunNeeds;
  readonly config: TenantConfig;
  /** The source's streams with their client; opened once a run, and again after a failure. */
  openSource(run: string, source: SourceName): Promise<readonly OpenStream[]>;
}
export type Stage<Input, Output> = (context: StageContext, input: Input) => Promise<Output>;

/** What starts a run. */
export interface RunInput {
  readonly tenant: Tenant;
  readonly run?: string;
  /** Only these; [] builds from what is in bronze. */
  readonly sources?: readonly SourceName[];
  /** Only streams of these names. */
  readonly streams?: readonly string[];
  /** Pages that a stream may fetch in this turn; the next turn goes on. With 0 no vendor is asked: only what was sent by itself is taken. */
  readonly pages?: number;
}
export interface Planned {
  readonly tenant: Tenant;
  readonly run: string;
  readonly sources: readonly SourceName[];
  /** Null for all. */
  readonly only: readonly string[] | null;
  /** Null for as many as there are. */
  readonly pages: number | null;
}
export interface SourceInput extends Omit<Planned, 'sources'> {
  readonly source: SourceName;
}
export interface StreamInput extends Omit<SourceInput, 'only'> {
  readonly stream: string;
}
/** The part that a fetch left in raw; `stage` says whether there is anything to stage. */
export interface Fetched extends FetchedPart {
  readonly stage: boolean;
}
export type Staged = StreamReport;

/** What is left of a failure: where, and which dead letter holds it. */
export interface Parked {
  readonly stage: string;
  readonly letter: string;
  readonly code: string;
  readonly message: string;
}
export interface StreamState extends StreamInput {
  readonly fetched?: Fetched;
  readonly staged?: Staged;
  readonly failed?: Parked;
}
export interface SourceState extends SourceInput {
  readonly streams?: readonly StreamState[];
  readonly failed?: Parked;
}

/** The document after the sources, to which each later stage adds its own field. */
export interface RunState extends Omit<Planned, 'sources'> {
  readonly sources: readonly SourceState[];
  readonly validated?: Validated;
  readonly merged?: Merged;
  readonly reconciled?: Reconciled;
  readonly notified?: Notified;
}
export interface Validated {
  /** Dead letters that this run has made good. */
  readonly settled: number;
}
export interface Merged {
  /** Number of the release that this was built upon, 0 for none. */
  readonly before: number;
  readonly changed: boolean;
  readonly asOf: string;
  readonly tables: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
  /** Version of each bronze table that it was built from. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly newest: Readonly<Record<string, { readonly occurredAt: string | null; readonly ingestAt: string | null }>>;
}
export interface Reconciled {
  /** Differences without a reason; any blocks the release. */
  readonly unexplained: number;
}
export interface Notified {
  /** The release that is served from now on. */
  readonly release: number;
  readonly changed: boolean;
}
/** What a Catch hands to the dead letters. */
export interface ParkInput {
  readonly stage: string;
  readonly input: Partial<StreamState> & { readonly tenant: Tenant };
  readonly error: { readonly Error: string; readonly Cause?: string };
}
