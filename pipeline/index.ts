// The door of the pipeline: a tenant's configuration, one run of it, and the schedule.
export type { Alert, AlertBook, Notification } from './alerts/alert-book.ts';
export { type AlertConfig, type Channel, openChannels, readAlertConfig } from './alerts/alert-config.ts';
export { type AlertStore, openAlertStore, type Silence } from './alerts/alert-store.ts';
export { type Alerter, createAlerter } from './alerts/alerter.ts';
export { send as sendNotification } from './alerts/channels.ts';
export { type RuleName, ruleNames, ruleOf } from './alerts/rules.ts';
export { type BackfillOptions, type BackfillReport, type BackfillRequest, backfill } from './backfill.ts';
export { findLetter, parkLetter, settleLetters } from './dead-letters.ts';
export { keepFreshness, type SourceTurn, type TurnSeen } from './freshness/keep-freshness.ts';
export { reportFreshness, type SourceFreshness, type TenantFreshness } from './freshness/report-freshness.ts';
export { targetMsOf } from './freshness/targets.ts';
export { type FreshnessWatch, type StaleSource, watchFreshness } from './freshness/watch-freshness.ts';
export { createHandlers, type Handler, type Handlers, stageContext } from './handlers.ts';
export { arrivedSources, hookedStreams } from './hooks-streams.ts';
export { createWaker, type Waker, type WakerNeeds } from './hooks-waker.ts';
export { isOpen } from './ledger/balance.ts';
export type * from './ledger/contract.ts';
export { openLedger } from './ledger/ledger-store.ts';
export { countParked, listParked, type ParkedState } from './ledger/parked-states.ts';
export { servedLines } from './ledger/served-lines.ts';
export { type LedgerSummary, readObjectLines, summarizeLedger, summarizeLines } from './ledger/summarize-ledger.ts';
export { verifyLedger } from './ledger/verify-ledger.ts';
export { promotion } from './quarantine/drift.ts';
export { discardRecord, type MendOutcome, replayRecords } from './quarantine/mend.ts';
export { findRecord, itemOf, listQuarantine, outlineRecord, type QuarantineItem } from './quarantine/records.ts';
export { type ComparedTable, type RebuildOptions, type Rebuilt, rebuild } from './rebuild.ts';
export { replayLetter } from './replay-letter.ts';
export { retryTable, type TaskName } from './retry-table.ts';
export { countBetween } from './rhythm.ts';
export { type RollBackNeeds, resumeReleases, rollBack } from './roll-back.ts';
export { runName } from './run-name.ts';
export { type RunOptions, type RunOutcome, runTenant } from './run-tenant.ts';
export {
  heldFault,
  leaseTtlMs,
  type PauseOptions,
  pauseNote,
  runSeen,
  runTurn,
  type Turn,
  withLease,
} from './run-turn.ts';
export { type Due, duesOf, type Scheduler, startScheduler } from './scheduler.ts';
export type { RunInput, RunNeeds, RunState, StageContext } from './stages/contract.ts';
export { deployedStateMachine, functionOf } from './state-machine.ts';
export { type SourceOutcome, type SyncTenantNeeds, syncTenant } from './sync-tenant.ts';
export {
  type Connection,
  checkConnections,
  type LameConnection,
  parseTenantConfig,
  readTenantConfigs,
  resolveSettings,
  type SecretOf,
  type TenantConfig,
} from './tenant-config.ts';
export { createTurnQueue, type TurnEnd } from './turn-queue.ts';
export { compactBronze, type TableUpkeep, type UpkeepNeeds, type UpkeepSettings, vacuumTables } from './upkeep.ts';
export { answerWakeUps, keepWakeUp, type WakeUps, waitingWakeUps } from './wake-ups.ts';
