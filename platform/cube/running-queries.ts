// Queries that somebody still waits for or may ask for again, each with its owner: what may be cancelled, and by whom.
import { createHash, randomUUID } from 'node:crypto';
import type { Access } from '@tessera/security';
import type { CubeContext } from './tenant-ids.ts';

interface Running {
  readonly owner: string;
  readonly key: string;
  readonly context: CubeContext;
  readonly stop: AbortController;
  waiting: number;
}

export interface RunningQuery {
  /** Made here. Who asks again after "Continue wait" has the same one again. */
  readonly request: string;
  /** Aborted when the owner cancels. */
  readonly signal: AbortSignal;
  /** To be called once: answered for good, to be asked again, or nobody listens any more. */
  readonly end: (how: 'answered' | 'again' | 'left') => void;
}

export interface RunningQueries {
  begin(access: Access, context: CubeContext, asked: object): RunningQuery;
  /** False where the caller has no such query, whether or not somebody else has. */
  cancel(access: Access, request: string): boolean;
}

/** Queries remembered at a time; a forgotten one can no longer be cancelled, and ends by its time limit. */
const maxRunning = 2_000;

/** `interrupt` stops the engine's work on what has this id. */
export function createRunningQueries(interrupt: (context: CubeContext, request: string) => void): RunningQueries {
  const running = new Map<string, Running>();
  const byKey = new Map<string, string>();

  const forget = (request: string) => {
    byKey.delete(running.get(request)?.key ?? '');
    running.delete(request);
  };
  const ownerOf = ({ tenant, subject }: Access) => JSON.stringify([tenant, subject]);

  return {
    begin(access, context, asked) {
      const owner = ownerOf(access);
      const key = createHash('sha256')
        .update(JSON.stringify([owner, context, asked]))
        .digest('base64');
      const request = byKey.get(key) ?? randomUUID();
      const known = running.get(request);
      const entry = known ?? { owner, key, context, stop: new AbortController(), waiting: 0 };
      entry.waiting += 1;
      running.delete(request);
      running.set(request, entry);
      byKey.set(key, request);
      for (const oldest of running.keys()) {
        if (running.size <= maxRunning) break;
        forget(oldest);
      }
      let isOpen = true;
      return {
        request,
        signal: entry.stop.signal,
        end(how) {
          if (!isOpen) return;
          isOpen = false;
          entry.waiting -= 1;
          if (how === 'again' || entry.waiting > 0 || running.get(request) !== entry) return;
          forget(request);
          if (how === 'left') interrupt(context, request);
        },
      };
    },
    cancel(access, request) {
      const entry = running.get(request);
      if (entry?.owner !== ownerOf(access)) return false;
      forget(request);
      entry.stop.abort();
      interrupt(entry.context, request);
      return true;
    },
  };
}
