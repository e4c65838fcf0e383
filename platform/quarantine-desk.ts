// Quarantine and dead letters by HTTP: the caller's tenant alone, each by its right, values only with a purpose and a fresh second factor, every act on the trail.
import { asFault, type Clock, type Tenant } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import {
  discardRecord,
  findLetter,
  findRecord,
  itemOf,
  listQuarantine,
  outlineRecord,
  type RunNeeds,
  replayLetter,
  replayRecords,
  type TenantConfig,
} from '@tessera/pipeline';
import {
  type Access,
  type Action,
  type Audit,
  checkAction,
  checkStepUp,
  type DecideRights,
  type Rights,
} from '@tessera/security';
import { z } from 'zod';

const words = z.string().trim().min(1).max(200);
export const noBody = z.strictObject({});
/** The record as text: numbers keep every digit. */
export const fixBody = z.strictObject({ record: z.string().min(2).max(900_000) });
export const discardBody = z.strictObject({ why: words });
export const showQuery = z.strictObject({ purpose: words.optional() });

export interface DeskNeeds {
  readonly decideRights: DecideRights;
  readonly audit: Pick<Audit, 'append' | 'note' | 'sensitive'>;
  /** The real time, also where the data's clock stands still. */
  readonly now: Clock;
  /** TENANT_UNKNOWN for one that is not here. */
  readonly lakeOf: (tenant: Tenant) => TenantLake;
  /** How many device states wait for their device. */
  readonly parkedOf: (tenant: Tenant) => Promise<number>;
  /** Works as the tenant's only worker; LEASE_HELD while a run is under way. */
  readonly operate: <T>(tenant: Tenant, work: (needs: RunNeeds, config: TenantConfig) => Promise<T>) => Promise<T>;
}
interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly from: string | undefined;
  readonly request: string | undefined;
}
export type Desk = ReturnType<typeof createDesk>;

/** ACTION_DENIED and STEP_UP_NEEDED are on the trail before they are told; an id of another tenant is one that does not exist. */
export function createDesk({ decideRights, audit, now, lakeOf, parkedOf, operate }: DeskNeeds) {
  interface Asked {
    readonly name: string;
    readonly right: Action;
    readonly purpose?: string | undefined;
    readonly check?: (rights: Rights) => void;
    /** True for what changes or reveals something: nothing of it begins before the trail has it. */
    readonly sensitive?: true;
  }
  async function guarded<T>(access: Access, call: Call, asked: Asked, work: () => Promise<T>): Promise<T> {
    const rights = decideRights(access);
    const { from, request, params } = call;
    const act = {
      ...{ tenant: access.tenant, subject: access.subject, roles: rights.roles, from, request },
      door: 'platform',
      action: asked.name,
      purpose: asked.purpose,
      object: params.id?.slice(0, 200),
    } as const;
    try {
      checkAction(rights, asked.right);
      asked.check?.(rights);
    } catch (error) {
      await audit.append({ ...act, kind: 'decision', decision: 'denied', code: asFault(error).code });
      throw error;
    }
    if (asked.sensitive) return audit.sensitive(act, work);
    const answer = await work();
    audit.note({ ...act, kind: 'decision', decision: 'allowed' });
    return answer;
  }
  const idIn = ({ params }: Call) => params.id ?? '';
  const operating = (name: string) => ({ name, right: 'quarantine.operate', sensitive: true }) as const;

  return {
    list: (access: Access, call: Call) =>
      guarded(access, call, { name: 'quarantine.list', right: 'quarantine.read' }, async () => ({
        records: await listQuarantine(lakeOf(access.tenant)),
        parked: await parkedOf(access.tenant),
      })),

    show(access: Access, call: Call, { purpose }: z.infer<typeof showQuery>) {
      const lake = lakeOf(access.tenant);
      const shown = async () => {
        const record = await findRecord(lake, idIn(call));
        return { record, item: itemOf(record, (await lake.quarantine.mended()).get(record.id)) };
      };
      if (purpose === undefined)
        return guarded(access, call, { name: 'quarantine.show', right: 'quarantine.read' }, async () => {
          const { record, item } = await shown();
          return { ...item, shape: outlineRecord(record.record) };
        });
      const check = (rights: Rights) => {
        checkAction(rights, 'pii.reveal');
        // Whoever sees some rows only has no way to ask whether this would be one of them.
        if (Object.values(rights.rows).some((filters) => filters.length > 0))
          checkAction({ actions: new Set() }, 'pii.reveal');
        checkStepUp(access, now);
      };
      return guarded(access, call, { ...operating('quarantine.reveal'), purpose, check }, async () => {
        const { record, item } = await shown();
        return { ...item, record: record.record };
      });
    },

    replay: (access: Access, call: Call) =>
      guarded(access, call, operating('quarantine.replay'), () =>
        operate(access.tenant, async (needs, config) => {
          const [outcome] = await replayRecords(needs, config, [idIn(call)], access.subject);
          return { ...outcome };
        }),
      ),
    fix: (access: Access, call: Call, { record }: z.infer<typeof fixBody>) =>
      guarded(access, call, operating('quarantine.fix'), () =>
        operate(access.tenant, async (needs, config) => {
          const [outcome] = await replayRecords(needs, config, [idIn(call)], access.subject, record);
          return { ...outcome };
        }),
      ),
    discard: (access: Access, call: Call, { why }: z.infer<typeof discardBody>) =>
      guarded(access, call, { ...operating('quarantine.discard'), purpose: why }, () =>
        discardRecord({ lake: lakeOf(access.tenant) }, idIn(call), access.subject, why),
      ),

    letters: (access: Access, call: Call) =>
      guarded(access, call, { name: 'dead-letter.list', right: 'pipeline.read' }, async () => ({
        letters: (await lakeOf(access.tenant).deadLetters.list()).map(({ input: _, history: __, ...letter }) => letter),
      })),
    letter: (access: Access, call: Call) =>
      guarded(access, call, { name: 'dead-letter.show', right: 'pipeline.read' }, () =>
        findLetter(lakeOf(access.tenant), idIn(call)),
      ),
    replayLetter: (access: Access, call: Call) =>
      guarded(access, call, { name: 'dead-letter.replay', right: 'pipeline.operate', sensitive: true }, () =>
        operate(access.tenant, async (needs, config) => {
          const { settled, release, record } = await replayLetter(needs, config, idIn(call));
          return { id: idIn(call), settled, release: release.number, rows: record.rows };
        }),
      ),
    discardLetter: (access: Access, call: Call, { why }: z.infer<typeof discardBody>) =>
      guarded(
        access,
        call,
        { name: 'dead-letter.discard', right: 'pipeline.operate', purpose: why, sensitive: true },
        async () => {
          const lake = lakeOf(access.tenant);
          const { id } = await findLetter(lake, idIn(call));
          await lake.deadLetters.remove(id);
          return { id, discarded: true };
        },
      ),
  };
}
