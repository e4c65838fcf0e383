// What the transforms read of bronze is what the connectors write there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectors, bronzeColumns as written } from '@tessera/ingest';
import { bronzeTables, bronzeColumns as read } from '@tessera/transforms';

const columnsWritten = new Map(
  connectors.flatMap(({ source, streams }) => streams.map((stream) => [`${source}__${stream.name}`, written(stream)])),
);

for (const table of bronzeTables) {
  test(`every column of ${table} that the transforms read is written, with its type`, () => {
    const there = columnsWritten.get(table);
    assert.ok(there, `${table} is written by no connector`);
    for (const [name, type] of Object.entries(read(table))) assert.equal(there[name], type, `${table}.${name}`);
  });
}
