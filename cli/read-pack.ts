// Policy packs from elsewhere: a draft in a file, or the pack as it stood at a git revision.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Fault } from '@tessera/base';

const root = path.join(import.meta.dirname, '..');
const packFile = 'security/policies/pack.ts';
const run = promisify(execFile);

/** The `pack` of a TypeScript or JavaScript file, unchecked. POLICY_BROKEN where there is none. */
export async function packOfFile(file: string): Promise<unknown> {
  const broken = (problem: string) => new Fault('POLICY_BROKEN', { problems: [`${file} ${problem}.`] });
  const loaded: { readonly pack?: unknown } = await import(pathToFileURL(path.resolve(file)).href).catch(
    (error: unknown) => {
      throw broken(`cannot be read (${(error as { code?: string }).code ?? (error as Error).name})`);
    },
  );
  if (loaded.pack === undefined) throw broken('exports no pack');
  return loaded.pack;
}

/** The pack as it was at a commit, branch or tag; nothing in the working tree is touched. POLICY_REVISION_UNKNOWN where there is none. */
export async function packOfRevision(revision: string): Promise<unknown> {
  const unknown = (cause: unknown) => new Fault('POLICY_REVISION_UNKNOWN', { revision }, { cause });
  // A revision that begins with a hyphen would be an option of git.
  if (!/^[\w@][\w@{}^~./-]*$/.test(revision)) throw unknown(undefined);
  const { stdout } = await run('git', ['show', `${revision}:${packFile}`], { cwd: root, maxBuffer: 4 << 20 }).catch(
    (error: unknown) => {
      throw unknown(error);
    },
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-policy-'));
  try {
    // A pack is data and imports types alone, so its text stands by itself.
    const file = path.join(folder, 'pack.mts');
    await writeFile(file, stdout);
    return await packOfFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
