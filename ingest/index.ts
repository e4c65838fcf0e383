// The door of ingest: the connectors, the runner that fetches and stages their streams, and the source registry.

export { backfillWindow } from './backfill-window.ts';
export { type BronzeState, bronzeColumns, bronzeTable, readBronzeState } from './bronze-table.ts';
export { connectors } from './connectors.ts';
export type * from './contract.ts';
export { defineConnector, type OpenStream, type SourceConnector, type StreamFacts } from './define-connector.ts';
export { type Fetched, type FetchNeeds, fetchStream } from './fetch-stream.ts';
export type { JudgedDelivery, Wake } from './hooks/delivery.ts';
export { readElasticDelivery } from './hooks/elastic-delivery.ts';
export { readJiraWake } from './hooks/jira-wake.ts';
export { readOktaDelivery } from './hooks/okta-delivery.ts';
export { takeDeliveries } from './hooks/take-deliveries.ts';
export { judgeRecord, mendRecord, mendRun } from './mend-record.ts';
export { type PagesChecksum, pagesChecksum, withoutPages } from './page-checksum.ts';
export { readPageList } from './page-list.ts';
export { haveArrived, pageReference, readNote } from './page-note.ts';
export { findRecordVersions, type RecordVersion } from './record-versions.ts';
export { type CountedGroup, type Recount, recountPages } from './recount.ts';
export { type RegistrySource, sourceRegistry } from './registry.ts';
export { renderRegistry } from './render-registry.ts';
export { restageStream } from './restage-stream.ts';
export { type RetryPolicy, retryPolicy } from './retry-wait.ts';
export { type AccountDay, renderBronzeCount, type StageAccount } from './stage-account.ts';
export { type SeenDrift, type Staged, type StageNeeds, stageStream } from './stage-stream.ts';
export { checkContract, streamContract } from './stream-contract.ts';
export { type SourceNeeds, type SourceReport, syncSource } from './sync-source.ts';
export {
  type FetchedPart,
  fetchPart,
  type StreamReport,
  type SyncNeeds,
  stagePages,
  stagePart,
  syncStream,
} from './sync-stream.ts';
export { createWeb, thisMachine, type WebLimits } from './web.ts';
