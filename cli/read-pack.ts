// Policy packs from elsewhere: the file that is served, a draft, or the built-in pack as it stood at a git revision.
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Fault } from '@tessera/base';
import { hasDuplicateKeys } from '@tessera/security';

const root = path.join(import.meta.dirname, '..');
const packFile = 'security/policies/pack.ts';
const run = promisify(execFile);

const brokenAt = (file: string) => (problem: string) =>
  new Fault('POLICY_BROKEN', { problems: [`${file} ${problem}.`] });
const reasonOf = (error: unknown) => (error as { code?: string }).code ?? (error as Error).name;

/** What a JSON file says, unchecked. POLICY_BROKEN where it cannot be read, is no JSON, or says one thing twice, of which only the last would count. */
export function packOfJson(file: string): unknown {
  const broken = brokenAt(file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw broken(`cannot be read (${reasonOf(error)})`);
  }
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw broken('is not JSON');
  }
  if (hasDuplicateKeys(text)) throw broken('names a field twice');
  return said;
}

/** The pack of a JSON file, or the export `pack` of a TypeScript or JavaScript file; unchecked. POLICY_BROKEN where there is none. */
export async function packOfFile(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return packOfJson(file);
  const broken = brokenAt(file);
  const loaded: { readonly pack?: unknown } = await import(pathToFileURL(path.resolve(file)).href).catch(
    (error: unknown) => {
      throw broken(`cannot be read (${reasonOf(error)})`);
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

/** What `policy diff` compares with: a file where there is one of that name, a revision otherwise. */
export const packOfFileOrRevision = (name: string): Promise<unknown> =>
  statSync(name, { throwIfNoEntry: false })?.isFile() ? packOfFile(name) : packOfRevision(name);
