// The table of holes fits the source as it is: a text that has moved would be found only by the long run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { allMutants } from './try-all.ts';
import { root } from './workbench.ts';

test('the text of every hole is once in its file, and its tests are there', () => {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const stale = allMutants.filter(({ file, from }) => read(file).split(from).length !== 2);
  assert.deepEqual(
    stale.map(({ file, hole }) => `${file}: ${hole}`),
    [],
  );
  const untested = allMutants.filter(({ killer, only }) => !new RegExp(only ?? '').test(read(killer)));
  assert.deepEqual(
    untested.map(({ killer, only }) => `${killer}: ${only}`),
    [],
  );
});
