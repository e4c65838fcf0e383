// Every attack of the list has a test with its number in its name, or a row in the threat model that says why not.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { attacks, numbersIn } from './attack-map.ts';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs/explanation/threat-model.md'), 'utf8');

/** Numbers in texts of a test file: names, and keys of tables that become names. What a comment says proves nothing. */
function numbersOfTests(): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const files = globSync('**/*.{test,integration,soak,contract}.ts', {
    cwd: root,
    exclude: (name) => /(^|\/)node_modules(\/|$)/.test(name),
  });
  for (const file of files.filter((name) => !name.includes('attack-map')))
    for (const line of readFileSync(path.join(root, file), 'utf8').split('\n')) {
      if (/^\s*(?:\/\/|\*|\/\*)/.test(line) || !/['"`].*\battacks? \d/.test(line)) continue;
      for (const number of numbersIn(line)) found.set(number, [...(found.get(number) ?? []), file]);
    }
  return found;
}

/** Rows of the page's tables: `| 66 | open | why |`. */
const rows = new Map(
  [...page.matchAll(/^\| (\d+(?:, \d+)*) \| ([^|]+) \| ([^|]+) \|$/gm)].flatMap(([, numbers, state, why]) =>
    String(numbers)
      .split(', ')
      .map((number) => [Number(number), { state: String(state).trim(), why: String(why).trim() }] as const),
  ),
);
const tested = numbersOfTests();
const numbers = Object.keys(attacks).map(Number);

test('every attack has a test that carries its number, or a row in the threat model', () => {
  const silent = numbers.filter((number) => !tested.has(number) && !rows.has(number));
  assert.deepEqual(
    silent.map((number) => `${number}: ${attacks[number]}`),
    [],
  );
});

test('no test and no row names an attack that is not on the list', () => {
  const known = new Set(numbers);
  assert.deepEqual(
    [...tested].filter(([number]) => !known.has(number)),
    [],
  );
  assert.deepEqual(
    [...rows.keys()].filter((number) => !known.has(number)),
    [],
  );
});

test('a row says what is so and why', () => {
  for (const [number, { state, why }] of rows) {
    assert.match(state, /^(not here|open|in part|held)$/, String(number));
    assert.ok(why.length > 20, String(number));
  }
});

test('the list given beside the repository has the same numbers', (t) => {
  const given = path.join(root, '..', 'shared', 'docs', 'attacks.md');
  let text: string;
  try {
    text = readFileSync(given, 'utf8');
  } catch {
    t.skip('skipped: the list is not beside the repository');
    return;
  }
  const theirs = [...text.matchAll(/^\| (\d+) /gm)].map(([, number]) => Number(number));
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    theirs.toSorted((a, b) => a - b),
  );
});
