// The home that the main job loaded, kept for the tests of the same `npm test` that only look at it: loading it again would cost a minute and a half.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Set by test/run.ts, which removes it in the end. */
const kept = process.env.TESSERA_TEST_HOME;
const mark = (home: string) => path.join(home, 'loaded');

/** An empty home to be loaded. */
export const emptyHome = async (): Promise<string> => kept ?? (await mkdtemp(path.join(tmpdir(), 'tessera-main-')));
/** Says that others may start on it. */
export const keepLoaded = (home: string): Promise<void> => writeFile(mark(home), '');
/** The home that is loaded already; an empty one where there is none, or where it could not be loaded. */
export const loadedHome = async (): Promise<string> =>
  kept !== undefined && existsSync(mark(kept)) ? kept : mkdtemp(path.join(tmpdir(), 'tessera-page-'));
export async function leaveHome(home: string): Promise<void> {
  if (home !== kept) await rm(home, { recursive: true, force: true });
}
