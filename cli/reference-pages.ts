// The generated pages of docs/reference: one row a page.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderSettings } from '@tessera/base';
import { renderRegistry, sourceRegistry } from '@tessera/ingest';
import { renderReference, subjects } from '@tessera/model';
import { loadProject, renderTables } from '@tessera/transforms';

const folder = path.join(import.meta.dirname, '..', 'docs', 'reference');

export const referencePages: Readonly<Record<string, () => string | Promise<string>>> = {
  'settings.md': renderSettings,
  'sources.md': () => renderRegistry(sourceRegistry()),
  'tables.md': async () => renderTables(await loadProject()),
  'metrics.md': () => renderReference(subjects),
};

/** Writes every page; returns their names. */
export async function writePages(): Promise<string[]> {
  for (const [name, render] of Object.entries(referencePages)) await writeFile(path.join(folder, name), await render());
  return Object.keys(referencePages);
}

/** Pages whose text differs from what would be written now. */
export async function stalePages(): Promise<string[]> {
  const checked = await Promise.all(
    Object.entries(referencePages).map(async ([name, render]) => {
      const there = await readFile(path.join(folder, name), 'utf8').catch(() => undefined);
      return there === (await render()) ? [] : [name];
    }),
  );
  return checked.flat();
}
