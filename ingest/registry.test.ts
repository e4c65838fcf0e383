// The list of connectors is complete, and what is written about them is what they do.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bronzeColumns } from './bronze-table.ts';
import { connectors } from './connectors.ts';
import { sourceRegistry } from './registry.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(import.meta.dirname, entry.name, 'index.ts')))
  .map(({ name }) => name);

test('every connector folder is on the list of connectors, passes the contract and has a README', () => {
  assert.deepEqual(connectors.map(({ source }) => source).sort(), folders.sort());
  for (const folder of folders) {
    for (const file of ['contract.test.ts', 'README.md']) {
      assert.ok(existsSync(path.join(import.meta.dirname, folder, file)), `${folder}/${file}`);
    }
  }
});

test('connectors never import each other, the lake or the runner', () => {
  for (const folder of folders) {
    const files = readdirSync(path.join(import.meta.dirname, folder)).filter(
      (file) => /^[\w-]+\.ts$/.test(file) && !/^(healthy|stub)-/.test(file),
    );
    for (const file of files) {
      const text = readFileSync(path.join(import.meta.dirname, folder, file), 'utf8');
      const imports = [...text.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
      for (const name of imports) {
        assert.doesNotMatch(
          name,
          /lakehouse|fetch-stream|stage-stream|sync-|connectors\.ts/,
          `${folder}/${file} imports ${name}`,
        );
        if (name.startsWith('../')) assert.doesNotMatch(name, /^\.\.\/[\w-]+\//, `${folder}/${file} imports ${name}`);
      }
    }
  }
});

test('the registry is plain JSON with everything that an administrator must know of a source', () => {
  const registry = sourceRegistry();
  assert.deepEqual(JSON.parse(JSON.stringify(registry)), registry);
  for (const source of registry) {
    assert.ok(source.auth && source.limits && source.docs && source.scopes.length > 0, source.source);
    assert.ok(
      source.settings.some(({ secret }) => secret),
      source.source,
    );
    for (const stream of source.streams) {
      for (const fact of ['about', 'endpoint', 'cursor', 'deletes', 'retention'] as const)
        assert.ok(stream[fact], `${stream.table} ${fact}`);
      assert.ok(stream.pageSize > 0 && stream.primaryKey.length > 0, stream.table);
    }
  }
});

test('keys, times and parents that a stream declares are columns of its bronze table', () => {
  for (const { source, streams } of connectors) {
    for (const stream of streams) {
      const columns = bronzeColumns(stream);
      const named = [...stream.primaryKey, ...((stream.occurredAt ?? '') ? [stream.occurredAt ?? ''] : [])];
      for (const name of named) assert.ok(columns[name] !== undefined, `${source}.${stream.name}: ${name}`);
      const parent = streams.find(({ name }) => name === stream.parent?.stream);
      assert.ok(stream.parent === undefined || parent !== undefined, `${source}.${stream.name} has a parent`);
      for (const name of stream.parent?.watch ?? [])
        assert.ok(parent?.columns[name] !== undefined, `${source}.${stream.name} watches ${name}`);
    }
  }
});
