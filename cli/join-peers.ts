// Servers on one TESSERA_HOME tell each other by which policy they decide: two policies at once are an alert, and the older server is not ready any more.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, Fault, type Observe } from '@tessera/base';
import { z } from 'zod';

export interface Peers {
  /** From now on this server counts for others. */
  ready(): Promise<void>;
  /** Why this server should not be asked any more; undefined while it may. */
  superseded(): Fault | undefined;
  /** Writes down that it is alive, and looks who else is. Called by itself, too. */
  look(): Promise<void>;
  leave(): Promise<void>;
}
export interface PeersNeeds {
  readonly home: string;
  /** Version and hash. */
  readonly policy: string;
  readonly now: Clock;
  readonly observe: Observe;
  readonly everyMs?: number;
}

const noteSchema = z.object({
  id: z.uuid(),
  startedAt: z.number(),
  at: z.number(),
  policy: z.string(),
  ready: z.boolean(),
});
type Note = z.infer<typeof noteSchema>;

/** Who has not written for so long is gone, whatever its note says. */
const aliveMs = 120_000;

/** Writes a note of this process beside those of the others, and reads theirs. A folder that cannot be read or written is no reason not to serve. */
export async function joinPeers({ home, policy, now, observe, everyMs = 30_000 }: PeersNeeds): Promise<Peers> {
  const folder = path.join(home, 'processes');
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const file = path.join(folder, `${id}.json`);
  const startedAt = now().getTime();
  let [isReady, differed] = [false, false];
  let newer: Note | undefined;

  const read = async (name: string): Promise<Note | undefined> => {
    const text = await readFile(path.join(folder, name), 'utf8').catch(() => '');
    try {
      return noteSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  };
  async function write(): Promise<void> {
    const note: Note = { id, startedAt, at: now().getTime(), policy, ready: isReady };
    await writeFile(`${file}.partial`, JSON.stringify(note), { mode: 0o600 });
    await rename(`${file}.partial`, file);
  }
  async function others(): Promise<readonly Note[]> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && name !== `${id}.json`);
    const notes: Note[] = [];
    for (const name of names) {
      const note = await read(name);
      // A note of the future is of a clock that was set back; it is not taken for alive for ever.
      if (note && Math.abs(now().getTime() - note.at) <= aliveMs) notes.push(note);
      else if (note) await rm(path.join(folder, name), { force: true });
    }
    return notes;
  }
  async function look(): Promise<void> {
    await write();
    const differing = (await others()).filter((other) => other.ready && other.policy !== policy);
    // The later start is what somebody wants now, also where it brings back an older policy.
    newer = differing.find((other) => other.startedAt > startedAt || (other.startedAt === startedAt && other.id > id));
    if (differing.length > 0) observe({ event: 'policy.differs', processes: differing.length });
    else if (differed) observe({ event: 'policy.agrees' });
    differed = differing.length > 0;
  }
  const quietly = () => look().catch(() => {});
  await quietly();
  const timer = setInterval(quietly, everyMs);
  timer.unref();

  return {
    look,
    async ready() {
      isReady = true;
      await quietly();
    },
    superseded: () => (newer ? new Fault('POLICY_SUPERSEDED', { ours: policy, theirs: newer.policy }) : undefined),
    async leave() {
      clearInterval(timer);
      await rm(file, { force: true }).catch(() => {});
    },
  };
}
