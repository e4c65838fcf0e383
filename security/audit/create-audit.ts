// The audit trail of a process: a chain for each tenant, in a store of its own.
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { asFault, type Clock, Fault, type Observe } from '@tessera/base';
import type { Audit, AuditEntry, Writer } from './contract.ts';
import { openSigner } from './head.ts';
import { createTenantTrail, type TenantTrail } from './tenant-trail.ts';
import { lockWriter } from './writer-lock.ts';

export interface AuditNeeds {
  readonly folder: string;
  /** Where the heads are kept a second time; a place that this process cannot change later is best. Default: `heads` in the store. */
  readonly heads?: string | undefined;
  /** One process one name; the default is the server's. */
  readonly writer?: Writer;
  readonly now: Clock;
  readonly observe: Observe;
  readonly segmentBytes?: number;
  readonly headEveryMs?: number;
  readonly timeoutMs?: number;
  /** How long to wait for another process that writes under the same name. */
  readonly lockWaitMs?: number;
}

/** Opens the store for writing. AUDIT_BUSY where another process writes under the same name, AUDIT_UNAVAILABLE where it cannot be written at all. */
export async function createAudit(needs: AuditNeeds): Promise<Audit> {
  const { folder, writer = 'server' } = needs;
  const unlock = await openStore(folder, writer, needs.lockWaitMs ?? 0);
  const signer = await openSigner(folder).catch(async (error) => {
    await unlock();
    throw new Fault('AUDIT_UNAVAILABLE', {}, { cause: error });
  });
  const trails = new Map<AuditEntry['tenant'], TenantTrail>();
  const trailOf = (tenant: AuditEntry['tenant']): TenantTrail => {
    const known = trails.get(tenant);
    if (known) return known;
    const trail = createTenantTrail(tenant, {
      folder,
      heads: needs.heads ?? path.join(folder, 'heads'),
      writer,
      signer,
      now: needs.now,
      observe: needs.observe,
      segmentBytes: needs.segmentBytes ?? 4 * 1024 * 1024,
      headEveryMs: needs.headEveryMs ?? 5_000,
      timeoutMs: needs.timeoutMs ?? 5_000,
    });
    trails.set(tenant, trail);
    return trail;
  };
  const append: Audit['append'] = (entry) => trailOf(entry.tenant).append(entry);
  const note: Audit['note'] = (entry) => trailOf(entry.tenant).note(entry);

  return {
    append,
    note,
    async sensitive(entry, work) {
      const { sequence: of } = await append({ ...entry, kind: 'intent', decision: 'allowed' });
      /** The intent is durable, so the act has its record; an outcome that cannot be written now is kept and tried again. */
      const end = async (outcome: Pick<AuditEntry, 'decision' | 'code'>) => {
        const written = { ...entry, kind: 'outcome', of, ...outcome } as const;
        await append(written).catch(() => note(written));
      };
      try {
        const result = await work({ sequence: of });
        await end({ decision: 'allowed' });
        return result;
      } catch (error) {
        const { code, status } = asFault(error);
        await end({ decision: status === 401 || status === 403 || status === 404 ? 'denied' : 'failed', code });
        throw error;
      }
    },
    async close() {
      await Promise.all([...trails.values()].map((trail) => trail.close()));
      await unlock();
    },
  };
}

async function openStore(folder: string, writer: Writer, waitMs: number): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    return await lockWriter(folder, writer, waitMs);
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('AUDIT_UNAVAILABLE', {}, { cause: error });
  }
}
