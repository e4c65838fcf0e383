// The catalogue is one: no code stands in two rooms, and each has a status and a SQLSTATE.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { faults } from './faults.ts';

test('no code is given twice, not even by two rooms', () => {
  const folder = path.join(import.meta.dirname, 'faults');
  const codes = readdirSync(folder).flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+): row</gm)].map(
      ([, code]) => code,
    ),
  );
  assert.deepEqual(codes.toSorted(), Object.keys(faults).toSorted());
});

test('each fault has the status of an HTTP refusal and a SQLSTATE', () => {
  for (const [code, { status, sqlstate }] of Object.entries(faults)) {
    assert.ok(status >= 400 && status < 600, code);
    assert.match(sqlstate, /^[0-9A-Z]{5}$/, code);
  }
});
