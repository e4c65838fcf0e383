// The page of tables is that of the models as they are.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { loadProject } from './load-project.ts';
import { renderTables } from './render-reference.ts';
import { tablesReference } from './write-reference.ts';

test('docs/reference/tables.md is not stale', async () => {
  assert.equal(await readFile(tablesReference, 'utf8'), renderTables(await loadProject()));
});
