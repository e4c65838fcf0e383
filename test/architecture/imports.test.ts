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
  'sql-api',
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
const isProduct = (file: string) => !/(\.test|\.contract|\.integration|\.soak|\.case)\.tsx?$/.test(file);

const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
function importsOf(text: string): string[] {
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

/** Product rooms know each other by name: a relative path would reach behind the door. */
const entersByDoor = (room: string, specifier: string): boolean =>
  specifier.startsWith('@tessera/') || ['cli', 'demo', 'test', 'bench'].includes(room);

/** What of a file's text may not be there, as sentences for the one who reads the failure. */
function forbiddenImports(file: string, text: string): string[] {
  const room = file.split(path.sep)[0] ?? '';
  return importsOf(text).flatMap((specifier) => {
    const reached = roomReached(file, specifier);
    if (reached === undefined) return [];
    if (!isAllowed(room, reached)) return [`${file} -> ${reached}`];
    return entersByDoor(room, specifier) ? [] : [`${file} -> ${specifier}: by its door, please`];
  });
}

const sourceFiles = Object.keys(mayImport).flatMap((room) =>
  globSync(`${room}/**/*.{ts,tsx}`, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }),
);

test('no room imports a room that it may not', () => {
  assert.ok(sourceFiles.length > 50);
  const forbidden = sourceFiles.filter(isProduct).flatMap((file) => forbiddenImports(file, textOf(file)));
  assert.deepEqual(forbidden, []);
});

test('a forbidden import is found in every way to write it', () => {
  for (const [text, found] of [
    ["import { openTenantLake } from '@tessera/lakehouse';", 'security/gate.ts -> lakehouse'],
    ["import type { Engine } from '../lakehouse/index.ts';", 'security/gate.ts -> lakehouse'],
    ["export * from '@tessera/lakehouse/cube';", 'security/gate.ts -> lakehouse/cube'],
    ["const late = await import('@tessera/demo');", 'security/gate.ts -> demo'],
    ["import '@tessera/cli';", 'security/gate.ts -> cli'],
    ["import { Fault } from '../base/fault.ts';", 'security/gate.ts -> ../base/fault.ts: by its door, please'],
  ] as const)
    assert.deepEqual(forbiddenImports('security/gate.ts', text), [found], text);
  assert.deepEqual(
    forbiddenImports('security/gate.ts', "import { Fault } from '@tessera/base';\nimport { a } from './a.ts';"),
    [],
  );
});

test('no product room imports the demo, and nobody imports the command line', () => {
  const allowed: Record<string, readonly string[]> = { demo: ['cli', 'test', 'bench'], cli: ['test', 'bench'] };
  const forbidden = sourceFiles.filter(isProduct).flatMap((file) =>
    importsOf(textOf(file))
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

test('only the lakehouse knows DuckDB and S3', () => {
  const offenders = sourceFiles
    .filter((file) => isProduct(file) && !file.startsWith('lakehouse') && !file.startsWith('bench'))
    .filter((file) => importsOf(textOf(file)).some((specifier) => /^@(duckdb|aws-sdk\/client-s3)/.test(specifier)));
  assert.deepEqual(offenders, []);
});

test('DuckDB is loaded in one place, where its allocator is told how to keep memory before', () => {
  const loading = sourceFiles
    .filter((file) => isProduct(file) && !file.startsWith('bench'))
    .filter((file) => importsOf(textOf(file)).includes('@duckdb/node-api'));
  assert.deepEqual(loading, [path.join('lakehouse', 'duckdb.ts')]);
  assert.equal(importsOf(textOf(loading[0] ?? ''))[0], './duckdb-memory.ts');
});

test('the demo’s data and truth share nothing with the pipeline that they judge', () => {
  const offenders = sourceFiles
    .filter((file) => isProduct(file) && /^demo.(generate|truth|vendors|facts\.ts|world\.ts)/.test(file))
    .flatMap((file) =>
      importsOf(textOf(file))
        .map((specifier) => roomReached(file, specifier))
        .filter((reached) => reached !== undefined && reached !== 'base')
        .map((reached) => `${file} -> ${reached}`),
    );
  assert.deepEqual(offenders, []);
});

test('cube.js is wiring: under 60 lines and without a condition', () => {
  const text = textOf('cube.js');
  assert.ok(text.split('\n').length < 60);
  assert.doesNotMatch(text, /\bif\b|\?\s/);
});

test('every file says in its first line what it is in charge of', () => {
  const silent = sourceFiles.filter((file) => !/^(\/\/|\/\*|#!)/.test(readFileSync(path.join(root, file), 'utf8')));
  assert.deepEqual(silent, []);
});
