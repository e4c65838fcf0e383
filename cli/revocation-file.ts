// Where revocations are kept: one small file of the home, which a running server notices within a second.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Fault, type Settings } from '@tessera/base';
import { type Revocation, revocationSchema } from '@tessera/security';
import { z } from 'zod';

const lookAgainMs = 1_000;
export const revocationFile = ({ home }: Pick<Settings, 'home'>): string => path.join(home, 'revocations.json');

/** What the file says; no file is nobody. REVOCATIONS_BROKEN where it cannot be understood: then nobody is let in, rather than everybody. */
export function readRevocations(file: string): readonly Revocation[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Fault('REVOCATIONS_BROKEN', { file }, { cause: error });
  }
  try {
    return z.array(revocationSchema).parse(JSON.parse(text));
  } catch (error) {
    throw new Fault('REVOCATIONS_BROKEN', { file }, { cause: error });
  }
}

/** Reads the file again where it has changed; asked for every request, so it looks at most once a second. */
export function watchRevocations(
  file: string,
  now: () => number = () => performance.now(),
): () => readonly Revocation[] {
  let looked = Number.NEGATIVE_INFINITY;
  let stamp: string | undefined;
  let known: readonly Revocation[] = [];
  return () => {
    if (now() - looked < lookAgainMs) return known;
    const found = statSync(file, { throwIfNoEntry: false });
    const next = found ? `${found.mtimeMs} ${found.size} ${found.ino}` : 'absent';
    if (next !== stamp) known = readRevocations(file);
    stamp = next;
    looked = now();
    return known;
  };
}
