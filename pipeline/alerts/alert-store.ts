// Alerts and what is still to be delivered, in one file that is replaced as a whole: a restart neither forgets a notification nor makes it twice.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { AlertBook, Notification } from './alert-book.ts';

/** A notification with the channels that have not taken it yet. */
export interface Outgoing {
  readonly notification: Notification;
  readonly channels: Readonly<Record<string, { readonly attempts: number; readonly nextAt: number }>>;
}
export interface AlertState {
  readonly book: AlertBook;
  readonly outbox: readonly Outgoing[];
}
export const noAlerts: AlertState = { book: {}, outbox: [] };

const silenceSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{1,40}$/),
  rule: z.string(),
  subject: z.string().optional(),
  tenant: z.string().optional(),
  until: z.iso.datetime(),
  by: z.string(),
  why: z.string(),
});
/** Nobody is told of what matches, until then. */
export type Silence = z.infer<typeof silenceSchema>;

export interface AlertStore {
  /** What was saved last; nothing before the first time. */
  load(): Promise<AlertState>;
  /** Durable when it resolves. */
  save(state: AlertState): Promise<void>;
  silences(now: Date): Promise<readonly Silence[]>;
  silence(silence: Silence): Promise<void>;
  unsilence(id: string): Promise<void>;
}

/** Under `<home>/alerts`. Silences are files of their own: commands write them while the server runs. */
export function openAlertStore(home: string): AlertStore {
  const folder = path.join(home, 'alerts');
  const stateFile = path.join(folder, 'state.json');
  const silences = path.join(folder, 'silences');
  return {
    async load() {
      const text = await readFile(stateFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return noAlerts;
      try {
        return JSON.parse(text) as AlertState;
      } catch {
        throw new Fault('ALERTS_INVALID', { where: stateFile, at: '(top)', problem: 'not JSON; move it away' });
      }
    },
    save: (state) => replaceFile(stateFile, JSON.stringify(state)),
    async silences(now) {
      const names = (await readdir(silences).catch(() => [])).filter((name) => name.endsWith('.json'));
      const found: Silence[] = [];
      for (const name of names) {
        const text = await readFile(path.join(silences, name), 'utf8').catch(() => '');
        const silence = silenceSchema.safeParse(parse(text)).data;
        if (silence === undefined) continue;
        if (Date.parse(silence.until) > now.getTime()) found.push(silence);
        else await rm(path.join(silences, name), { force: true });
      }
      return found;
    },
    silence: (silence) => replaceFile(path.join(silences, `${silence.id}.json`), JSON.stringify(silence)),
    unsilence: (id) => rm(path.join(silences, `${path.basename(id)}.json`), { force: true }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.next`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  const held = await open(folder);
  await held.sync().finally(() => held.close());
}
