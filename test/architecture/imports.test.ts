// Rooms look one way: a forbidden import between rooms fails here, by name.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '..', '..');
const everyRoom = [
  'base',
  'lakehouse',
  'ingest',
  'transforms',
  'pipeline',
  'model',
  'security',
  'platform',
  'demo',
  'cli',
];
const mayImport: Record<string, readonly string[]> = {
  base: [],
  lakehouse: ['base'],
  security: ['base'],
  ingest: ['base', 'lakehouse'],
  transforms: ['base', 'lakehouse'],
  pipeline: ['base', 'lakehouse', 'ingest', 'transforms'],
  model: ['base', 'transforms/gold-meta'],
  'sql-api': ['base', 'security'],
  platform: ['base', 'security', 'lakehouse', 'pipeline'],
  frontend: [],
  demo: everyRoom,
  cli: [...everyRoom, 'cube.js'],
  test: everyRoom,
  bench: [...everyRoom, 'frontend'],
};
/** Tests may use any room to build what they need; the rule is for the product. */
const isProduct = (file: string) => !/(\.test|\.contract|\.soak|\.case)\.tsx?$/.test(file);

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** The room that an import reaches, or undefined for a package or the same room. */
function roomReached(file: string, specifier: string): string | undefined {
  const named = /^@tessera\/(.+)$/.exec(specifier);
  if (named) return named[1];
  if (!specifier.startsWith('.')) return undefined;
  const target = path.relative(root, path.resolve(root, path.dirname(file), specifier)).split(path.sep)[0] ?? '';
  return target === file.split(path.sep)[0] ? undefined : target;
}

/** A room that may be imported may be imported by any of its doors (`transforms`, `transforms/gold-meta`). */
const isAllowed = (room: string, reached: string): boolean =>
  [reached, reached.split('/')[0] ?? ''].some((door) => mayImport[room]?.includes(door));

const sourceFiles = Object.keys(mayImport).flatMap((room) =>
  globSync(`${room}/**/*.{ts,tsx}`, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }),
);

test('no room imports a room that it may not', () => {
  assert.ok(sourceFiles.length > 50);
  const forbidden = sourceFiles.filter(isProduct).flatMap((file) => {
    const room = file.split(path.sep)[0] ?? '';
    return importsOf(file)
      .map((specifier) => roomReached(file, specifier))
      .filter((reached) => reached !== undefined && !isAllowed(room, reached))
      .filter((reached) => !(room === 'demo' && reached === 'demo'))
      .map((reached) => `${file} -> ${reached}`);
  });
  assert.deepEqual(forbidden, []);
});

test('no product room imports the demo, and nobody imports the command line', () => {
  const allowed: Record<string, readonly string[]> = { demo: ['cli', 'test', 'bench'], cli: ['test', 'bench'] };
  const forbidden = sourceFiles.filter(isProduct).flatMap((file) =>
    importsOf(file)
      .map((specifier) => roomReached(file, specifier))
      .filter(
        (reached) =>
          reached !== undefined &&
          allowed[reached] !== undefined &&
          !allowed[reached].includes(file.split(path.sep)[0] ?? ''),
      )
      .map((reached) => `${file} -> ${reached}`),
  );
  assert.deepEqual(forbidden, []);
});

test('only the lakehouse knows DuckDB', () => {
  const offenders = sourceFiles
    .filter((file) => isProduct(file) && !file.startsWith('lakehouse') && !file.startsWith('bench'))
    .filter((file) => importsOf(file).some((specifier) => specifier.startsWith('@duckdb/')));
  assert.deepEqual(offenders, []);
});

test('every file says in its first line what it is in charge of', () => {
  const silent = sourceFiles.filter((file) => !/^(\/\/|\/\*|#!)/.test(readFileSync(path.join(root, file), 'utf8')));
  assert.deepEqual(silent, []);
});
