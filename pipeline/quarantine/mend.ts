// What a person may do with records in quarantine: stage them again, as they are or fixed, or set them aside for good.
import { Fault } from '@tessera/base';
import { mendRecord } from '@tessera/ingest';
import type { QuarantinedRecord } from '@tessera/lakehouse';
import { type PauseOptions, refusePaused } from '../run-turn.ts';
import type { RunNeeds } from '../stages/contract.ts';
import { ownerOf, type TenantConfig } from '../tenant-config.ts';
import { driftOf } from './drift.ts';
import { findRecord } from './records.ts';

export interface MendOutcome {
  readonly id: string;
  readonly state: 'replayed' | 'fixed' | 'discarded' | 'still bad';
  /** Rows that bronze gained: none where it had the record already. */
  readonly rows: number;
  readonly reason?: string;
}
type MendNeeds = Pick<RunNeeds, 'lake' | 'engine' | 'connectors' | 'observe' | 'now'>;

/**
 * Stages the records again, under the tenant's lease (the caller's business); what they change is released by the next run. A record that still cannot be
 * taken is told and stays. `text` replaces the one record that is fixed. RECORD_UNKNOWN and TENANT_PAUSED before anything is staged.
 */
export async function replayRecords(
  needs: MendNeeds,
  config: TenantConfig,
  ids: readonly string[],
  by: string,
  text?: string,
  options: PauseOptions = {},
): Promise<readonly MendOutcome[]> {
  await refusePaused(needs.lake, options);
  const records: QuarantinedRecord[] = [];
  const known = new Map((await needs.lake.quarantine.list()).map((record) => [record.id, record]));
  for (const id of ids) records.push(known.get(id) ?? (await findRecord(needs.lake, id)));
  const outcomes: MendOutcome[] = [];
  for (const record of records) outcomes.push(await replayOne(needs, config, record, by, text));
  return outcomes;
}

async function replayOne(
  { lake, engine, connectors, observe, now }: MendNeeds,
  config: TenantConfig,
  record: QuarantinedRecord,
  by: string,
  text: string | undefined,
): Promise<MendOutcome> {
  const { id, source, stream: name } = record;
  const stream = connectors
    .find((connector) => connector.source === source)
    ?.streams.find((candidate) => candidate.name === name);
  if (stream === undefined)
    return { id, state: 'still bad', rows: 0, reason: `there is no ${source} ${name} any more` };
  const owner = ownerOf(config, source, stream);
  try {
    // As it came, its drift was told when its page was staged; what somebody wrote may have more.
    const drift = text === undefined ? undefined : driftOf({ lake, observe, now }, source, name, id);
    const needs = { lake, engine, source, orgId: config.orgId, owner, observe, ...(drift && { drift }) };
    const { rows, run } = await mendRecord(needs, stream, record, text);
    const how = text === undefined ? 'replayed' : 'fixed';
    await lake.quarantine.mend({ id, how, at: new Date().toISOString(), by, run });
    return { id, state: how, rows };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'RECORD_STILL_BAD') throw error;
    return { id, state: 'still bad', rows: 0, reason: (error.params as { reason: string }).reason };
  }
}

/** Sets one aside for good; its reason stays in the books. */
export async function discardRecord(
  { lake }: Pick<MendNeeds, 'lake'>,
  id: string,
  by: string,
  why: string,
): Promise<MendOutcome> {
  await findRecord(lake, id);
  await lake.quarantine.mend({ id, how: 'discarded', at: new Date().toISOString(), by, why });
  return { id, state: 'discarded', rows: 0 };
}
