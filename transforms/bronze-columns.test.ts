// What models read of bronze is what the connectors write there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bronzeColumns as columnsOfStream, connectors } from '@tessera/ingest';
import { bronzeColumns, bronzeTables } from './bronze-columns.ts';

const declared = new Map(
  connectors.flatMap((connector) =>
    connector.streams.map((stream) => [`${connector.source}__${stream.name}`, columnsOfStream(stream)] as const),
  ),
);

for (const table of bronzeTables)
  test(`${table} has the columns that models read, of their types`, () => {
    const columns: Readonly<Record<string, string>> = declared.get(table) ?? {};
    for (const [name, type] of Object.entries(bronzeColumns(table)))
      assert.equal(columns[name]?.replace('JSON', 'VARCHAR'), type, name);
  });
