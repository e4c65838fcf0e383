// In charge of a portal whose rows come in parts: each part goes through the same twin in a portal of ours, and the client sees one answer.
import { Fault } from '@tessera/base';
import { cstring, execute, message } from '../wire/write.ts';
import type { SessionContext } from './context.ts';
import type { Parts } from './large.ts';
import type { Part } from './spool.ts';

export interface LargePortal {
  readonly parts: Parts;
  /** Sends a Bind of the twin with these rows, under this name. */
  readonly bind: (portal: string, part: Part) => void;
  /** The portal that the client knows; the first part is bound to it. */
  readonly name: string;
  /** Where rows come from now; undefined: from the next part. */
  current: string | undefined;
  /** Rows of the result that may still be given. */
  left: number;
  isRunning: boolean;
}

const noLimit = Number.POSITIVE_INFINITY;

export function largePortal(parts: Parts, name: string, bind: LargePortal['bind']): LargePortal {
  return { parts, bind, name, current: name, left: parts.wanted ?? noLimit, isRunning: false };
}

/** The end of an Execute: it was suspended by its own limit, or the answer is over. Undefined where PostgreSQL refused, which the client was told. */
export type Ran = { readonly isOver: boolean; readonly rows: number } | undefined;

/**
 * Gives up to `most` rows to the client (0: all of them).
 * @throws Fault where the rows could not be had, or the client cancelled.
 */
export async function runPortal(context: SessionContext, portal: LargePortal, most: number): Promise<Ran> {
  const { link } = context;
  const { signal, done } = context.begin();
  const stop = () => {
    if (portal.isRunning) link.cancel();
  };
  signal.addEventListener('abort', stop, { once: true });
  const wanted = Math.min(most === 0 ? noLimit : most, portal.left);
  let rows = 0;
  try {
    while (rows < wanted) {
      if (signal.aborted) throw new Fault('QUERY_CANCELLED', {});
      context.progress();
      if (portal.current === undefined) {
        const part = await portal.parts.next(signal);
        if (!part) return { isOver: true, rows };
        portal.current = context.ownName();
        portal.bind(portal.current, part);
      }
      portal.isRunning = true;
      const end = await link.run(execute(portal.current, wanted === noLimit ? 0 : wanted - rows));
      portal.isRunning = false;
      if (!end) return undefined;
      const given = rowsIn(end) ?? wanted - rows;
      rows += given;
      portal.left -= given;
      if (rowsIn(end) === undefined) continue;
      if (portal.current !== portal.name) link.send(closePortal(portal.current), { kind: 'C', hidden: true });
      portal.current = undefined;
    }
    return { isOver: portal.left <= 0, rows };
  } finally {
    portal.isRunning = false;
    signal.removeEventListener('abort', stop);
    done();
  }
}

/** Rows that `SELECT n` counts; undefined for a portal that was suspended. */
function rowsIn(end: Buffer): number | undefined {
  return end[0] === 0x43 ? Number(/(\d+)\0$/.exec(end.toString('latin1', 5))?.[1] ?? 0) : undefined;
}

export const closePortal = (name: string): Buffer => message('C', Buffer.from('P'), cstring(name));
export const commandComplete = (rows: number): Buffer => message('C', cstring(`SELECT ${rows}`));
export const portalSuspended: Buffer = message('s');
