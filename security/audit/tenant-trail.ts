// One tenant's chain while the process runs: what waits is written together with one sync, then the head is signed over it.
import path from 'node:path';
import { asFault, type Clock, Fault, type Observe } from '@tessera/base';
import { type Chain, openChain, type Recovered } from './chain.ts';
import { type AuditEntry, nobody, type Writer } from './contract.ts';
import { type HeadSigner, headOf, writeHead } from './head.ts';
import { type ChainEnd, chainStart, writeLine } from './record.ts';

export interface TrailNeeds {
  readonly folder: string;
  /** Folder of the second copy of every head. */
  readonly heads: string;
  readonly writer: Writer;
  readonly signer: HeadSigner;
  readonly now: Clock;
  readonly observe: Observe;
  readonly segmentBytes: number;
  /** What is not yet signed is signed at the latest after this. */
  readonly headEveryMs: number;
  /** An act waits so long for its record, then it is refused. */
  readonly timeoutMs: number;
}

export interface TenantTrail {
  append(entry: AuditEntry): Promise<{ readonly sequence: number }>;
  note(entry: AuditEntry): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly at: Date;
  readonly suppressed: number;
  readonly done?: { resolve(sequence: number): void; reject(error: unknown): void };
}

/** So many are kept while the store does not take them; what comes after is counted. */
const mostWaiting = 10_000;
const mostInGroup = 1_000;
/** Notes wait so long for others: one sync for all of them. */
const gatherMs = 20;
const retryMs = 1_000;
/** Refusals of callers without a tenant cost an attacker nothing: more than this a second is counted, not written. */
const mostOfNobodyPerSecond = 20;

export function createTenantTrail(tenant: AuditEntry['tenant'], needs: TrailNeeds): TenantTrail {
  const folder = path.join(needs.folder, tenant ?? nobody, needs.writer);
  const witness = path.join(needs.heads, `${tenant ?? nobody}.${needs.writer}.heads.jsonl`);
  let chain: Chain | undefined;
  let end: ChainEnd = chainStart;
  let signedUpTo = 0;
  const dangling = new Set<number>();
  let waiting: Waiting[] = [];
  let lost = 0;
  let second = 0;
  let inSecond = 0;
  let flushing: Promise<void> | undefined;
  let gather: NodeJS.Timeout | undefined;
  let heading: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function openOnce(): Promise<Chain> {
    if (chain) return chain;
    chain = await openChain(folder, needs.signer, needs.segmentBytes);
    const { recovered } = chain;
    end = recovered.end;
    signedUpTo = end.sequence - recovered.adopted;
    noteRecovery(recovered);
    return chain;
  }

  /** The process died: what no head had signed is counted in the trail, and acts without an outcome are said to be so. */
  function noteRecovery({ adopted, dropped, dangling: interrupted }: Recovered): void {
    if (adopted === 0 && dropped === 0 && interrupted.length === 0) return;
    needs.observe({ event: 'audit.recovered', tenant, droppedBytes: dropped, interrupted: interrupted.length });
    const said = { tenant, door: 'pipeline', decision: 'failed' } as const;
    const entries: AuditEntry[] = [
      { ...said, kind: 'decision', action: 'audit.recovered', rows: adopted },
      ...interrupted.map((of) => ({ ...said, kind: 'outcome', action: 'audit.interrupted', of }) as const),
    ];
    for (const of of interrupted) dangling.add(of);
    waiting.unshift(...entries.map((entry) => ({ entry, at: needs.now(), suppressed: 0 })));
  }

  async function writeGroup(): Promise<void> {
    const opened = await openOnce();
    const group = waiting.slice(0, mostInGroup);
    const lines: string[] = [];
    const sequences: number[] = [];
    let next = end;
    for (const { entry, at, suppressed } of group) {
      const written = writeLine(entry, needs.writer, next, at, suppressed);
      next = written.end;
      lines.push(written.line);
      sequences.push(next.sequence);
    }
    await opened.write(lines.join(''), end.sequence + 1);
    end = next;
    const written = new Set(group);
    waiting = waiting.filter((one) => !written.has(one));
    for (const [i, { entry, done }] of group.entries()) {
      const sequence = sequences[i] ?? 0;
      if (entry.kind === 'intent') dangling.add(sequence);
      if (entry.of !== undefined) dangling.delete(entry.of);
      done?.resolve(sequence);
    }
  }

  async function flushAll(): Promise<void> {
    try {
      while (waiting.length > 0) await writeGroup();
      if (!heading && !isClosed) heading = later(signHead, needs.headEveryMs);
    } catch (error) {
      const refused = waiting.filter(({ done }) => done);
      // Notes stay, in their order; an act that was refused leaves none.
      waiting = waiting.filter(({ done }) => !done);
      needs.observe({ event: 'audit.failed', tenant, code: asFault(error).code, waiting: waiting.length });
      for (const { done } of refused) done?.reject(unavailable(error));
      if (waiting.length > 0 && !isClosed) gather = later(flush, retryMs);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(gather);
    gather = undefined;
    flushing ??= flushAll().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  async function signHead(): Promise<void> {
    clearTimeout(heading);
    heading = undefined;
    if (end.sequence === signedUpTo) return;
    const head = headOf(tenant ?? nobody, needs.writer, end, dangling, needs.now());
    try {
      await writeHead(needs.signer.sign(head), path.join(folder, 'head.json'), witness);
      signedUpTo = head.count;
    } catch (error) {
      needs.observe({ event: 'audit.failed', tenant, code: asFault(error).code, waiting: waiting.length });
      if (!isClosed) heading = later(signHead, needs.headEveryMs);
    }
  }
  /** A note of nobody beyond the rate is only counted, and the count is in the next that is written. */
  function isTooMany(at: Date): boolean {
    if (tenant !== undefined) return false;
    const now = Math.floor(at.getTime() / 1000);
    if (now !== second) inSecond = 0;
    second = now;
    inSecond += 1;
    return inSecond > mostOfNobodyPerSecond;
  }

  return {
    append(entry) {
      if (isClosed || waiting.length >= mostWaiting) return Promise.reject(unavailable(undefined));
      const { promise, resolve, reject } = Promise.withResolvers<{ readonly sequence: number }>();
      const one: Waiting = {
        entry,
        at: needs.now(),
        suppressed: 0,
        done: { resolve: (sequence) => resolve({ sequence }), reject },
      };
      // A disk that hangs must not hang the caller. Were it being written just now, it would stay an intent without an outcome.
      const timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== one);
        reject(unavailable(undefined));
      }, needs.timeoutMs);
      waiting.push(one);
      void flush();
      return promise.finally(() => clearTimeout(timer));
    },
    note(entry) {
      const at = needs.now();
      if (isTooMany(at)) {
        lost += 1;
        return;
      }
      if (isClosed || waiting.length >= mostWaiting) {
        lost += 1;
        if (lost === 1 || lost % 1_000 === 0) needs.observe({ event: 'audit.lost', tenant, records: lost });
        return;
      }
      waiting.push({ entry, at, suppressed: lost });
      lost = 0;
      if (waiting.length >= mostInGroup) void flush();
      else if (!flushing) gather ??= later(flush, gatherMs);
    },
    async close() {
      isClosed = true;
      await flushing;
      if (waiting.length > 0) await flush();
      await signHead();
      clearTimeout(gather);
      clearTimeout(heading);
    },
  };
}

const unavailable = (cause: unknown) =>
  cause instanceof Fault && cause.code === 'AUDIT_BROKEN' ? cause : new Fault('AUDIT_UNAVAILABLE', {}, { cause });

/** A timer that keeps no process alive. */
const later = (work: () => unknown, ms: number) => setTimeout(() => void work(), ms).unref();
