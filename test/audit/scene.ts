// A small store of two tenants with several segments and heads, and its files as text.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { observeNothing, type Tenant } from '@tessera/base';
import { createAudit } from '@tessera/security';
import type { Files, Scene } from './tampers.ts';

/** The time of the first record; a second passes with each. */
export const begin = Date.UTC(2026, 0, 1);

export async function makeScene(): Promise<Scene> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trail-'));
  let ticks = 0;
  const earlier: Files[] = [];
  const anchors: number[] = [];
  let records = 0;
  try {
    for (const many of [3, 9, 7, 5]) {
      const audit = await createAudit({
        folder,
        now: () => new Date(begin + ticks++ * 1000),
        observe: observeNothing,
        segmentBytes: 4_000,
      });
      for (let i = 0; i < many; i++) {
        for (const tenant of ['acme-corp', 'globex-inc'] as Tenant[]) {
          const act = { tenant, action: 'query', door: 'rest', subject: `person-${i}`, from: '192.0.2.1' } as const;
          await audit.append({ ...act, kind: 'decision', decision: 'allowed', rows: i });
        }
      }
      await audit.close();
      records += many;
      anchors.push(records);
      earlier.push(await readFiles(folder));
    }
    return { files: earlier.at(-1) ?? new Map(), earlier, anchors, records };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Map(
    await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }) => {
          const file = path.join(parentPath, name);
          return [path.relative(folder, file), await readFile(file, 'utf8')] as const;
        }),
    ),
  );
}

/** Makes the folder hold exactly `files`, given that it holds `before`. */
export async function writeFiles(folder: string, files: Files, before: Files = new Map()): Promise<void> {
  for (const [name, text] of files) {
    if (before.get(name) === text) continue;
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  for (const name of before.keys()) if (!files.has(name)) await rm(path.join(folder, name), { force: true });
}
