// Quarantine and dead letters by HTTP: the caller's tenant alone, each by its right, values only with a purpose and a fresh second factor, every act on the trail.
import type { Clock, Tenant } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import {
  discardRecord,
  findLetter,
  findRecord,
  itemOf,
  listQuarantine,
  outlineRecord,
  type ParkedState,
  type RunNeeds,
  replayLetter,
  replayRecords,
  type TenantConfig,
} from '@tessera/pipeline';
import { type Audit, checkAction, checkStepUp, type Rights } from '@tessera/security';
import { z } from 'zod';
import { noteSensitive } from './noted-faults.ts';
import type { RouteCall, SignedIn } from './route.ts';

const words = z.string().trim().min(1).max(200);
export const noBody = z.strictObject({});
/** The record as text: numbers keep every digit. */
export const fixBody = z.strictObject({ record: z.string().min(2).max(900_000) });
export const discardBody = z.strictObject({ why: words });
export const showQuery = z.strictObject({ purpose: words.optional() });

export interface DeskNeeds {
  readonly audit: Pick<Audit, 'sensitive'>;
  /** The real time, also where the data's clock stands still. */
  readonly now: Clock;
  /** TENANT_UNKNOWN for one that is not here. */
  readonly lakeOf: (tenant: Tenant) => TenantLake;
  /** How many device states wait for their device. */
  readonly parkedOf: (tenant: Tenant) => Promise<number>;
  /** Which ones, those that wait longest first, and never more than a page of them. */
  readonly parkedStatesOf: (tenant: Tenant) => Promise<readonly ParkedState[]>;
  /** Works as the tenant's only worker; LEASE_HELD while a run is under way. */
  readonly operate: <T>(tenant: Tenant, work: (needs: RunNeeds, config: TenantConfig) => Promise<T>) => Promise<T>;
}
type Call = Pick<RouteCall, 'params' | 'from' | 'request'>;
export type Desk = ReturnType<typeof createDesk>;

/** For who has the right to the route. An id of another tenant is one that does not exist. */
export function createDesk({ audit, now, lakeOf, parkedOf, parkedStatesOf, operate }: DeskNeeds) {
  const idIn = ({ params }: Call) => params.id ?? '';
  /** What changes or reveals something: nothing of it begins before the trail has it. */
  const sensitively = <T>(
    { access, rights }: SignedIn,
    call: Call,
    { action, purpose }: { readonly action: string; readonly purpose?: string },
    work: () => Promise<T>,
  ): Promise<T> => {
    const { from, request } = call;
    const act = {
      ...{ tenant: access.tenant, subject: access.subject, roles: rights.roles, from, request },
      door: 'platform',
      ...{ action, purpose, object: idIn(call).slice(0, 200) },
    } as const;
    return noteSensitive(audit, act, work);
  };

  return {
    list: async (tenant: Tenant) => ({
      records: await listQuarantine(lakeOf(tenant)),
      parked: await parkedOf(tenant),
    }),

    /** Ids as their vendor gives them, and nothing else of a device. */
    parked: async (tenant: Tenant) => ({
      parked: await parkedOf(tenant),
      states: await parkedStatesOf(tenant),
    }),

    /** With a purpose its values: ACTION_DENIED and STEP_UP_NEEDED where they are not for the caller. */
    async show(caller: SignedIn, call: Call, { purpose }: z.infer<typeof showQuery>) {
      const { access, rights } = caller;
      const lake = lakeOf(access.tenant);
      const shown = async () => {
        const record = await findRecord(lake, idIn(call));
        return { record, item: itemOf(record, (await lake.quarantine.mended()).get(record.id)) };
      };
      if (purpose === undefined) {
        const { record, item } = await shown();
        return { ...item, shape: outlineRecord(record.record) };
      }
      checkReveal(rights);
      checkStepUp(access, now);
      return sensitively(caller, call, { action: 'quarantine.reveal', purpose }, async () => {
        const { record, item } = await shown();
        return { ...item, record: record.record };
      });
    },

    replay: (caller: SignedIn, call: Call) =>
      sensitively(caller, call, { action: 'quarantine.replay' }, () =>
        operate(caller.access.tenant, async (needs, config) => {
          const [outcome] = await replayRecords(needs, config, [idIn(call)], caller.access.subject);
          return { ...outcome };
        }),
      ),
    fix: (caller: SignedIn, call: Call, { record }: z.infer<typeof fixBody>) =>
      sensitively(caller, call, { action: 'quarantine.fix' }, () =>
        operate(caller.access.tenant, async (needs, config) => {
          const [outcome] = await replayRecords(needs, config, [idIn(call)], caller.access.subject, record);
          return { ...outcome };
        }),
      ),
    discard: (caller: SignedIn, call: Call, { why }: z.infer<typeof discardBody>) =>
      sensitively(caller, call, { action: 'quarantine.discard', purpose: why }, async () =>
        discardRecord({ lake: lakeOf(caller.access.tenant) }, idIn(call), caller.access.subject, why),
      ),

    letters: async (tenant: Tenant) => ({
      letters: (await lakeOf(tenant).deadLetters.list()).map(({ input: _, history: __, ...letter }) => letter),
    }),
    letter: async (tenant: Tenant, call: Call) => findLetter(lakeOf(tenant), idIn(call)),
    replayLetter: (caller: SignedIn, call: Call) =>
      sensitively(caller, call, { action: 'dead-letter.replay' }, () =>
        operate(caller.access.tenant, async (needs, config) => {
          const { settled, release, record } = await replayLetter(needs, config, idIn(call));
          return { id: idIn(call), settled, release: release.number, rows: record.rows };
        }),
      ),
    discardLetter: (caller: SignedIn, call: Call, { why }: z.infer<typeof discardBody>) =>
      sensitively(caller, call, { action: 'dead-letter.discard', purpose: why }, async () => {
        const lake = lakeOf(caller.access.tenant);
        const { id } = await findLetter(lake, idIn(call));
        await lake.deadLetters.remove(id);
        return { id, discarded: true };
      }),
  };
}

function checkReveal(rights: Rights): void {
  checkAction(rights, 'quarantine.operate');
  checkAction(rights, 'pii.reveal');
  // Whoever sees some rows only has no way to ask whether this would be one of them.
  if (Object.values(rights.rows).some((filters) => filters.length > 0))
    checkAction({ actions: new Set() }, 'pii.reveal');
}
