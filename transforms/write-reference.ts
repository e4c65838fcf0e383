// Writes docs/reference/tables.md.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from './load-project.ts';
import { renderTables } from './render-reference.ts';

export const tablesReference = path.join(import.meta.dirname, '..', 'docs', 'reference', 'tables.md');

/** Writes the page; the same models give the same bytes. */
export async function writeTablesReference(): Promise<void> {
  await mkdir(path.dirname(tablesReference), { recursive: true });
  await writeFile(tablesReference, renderTables(await loadProject()));
}

if (import.meta.main) await writeTablesReference();
