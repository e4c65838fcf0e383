// Statements as BI programs send them give what REST gives, to the digit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acme } from '../cube/served-tenants.ts';
import { client, open, useDoor } from '../sql/use-door.ts';
import { recorded } from './recorded.ts';

useDoor();

/** A cell as one text, whichever door it came from: numbers by their value, times to the second. */
function plain(value: unknown): string {
  if (value instanceof Date)
    return new Date(value.getTime() - value.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return text.slice(0, 19);
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}
const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(plain).join(' | ')).sort();

for (const { tool, what, statements, rest } of recorded)
  test(`${tool}: ${what}`, async () => {
    const { status, body } = await open.served.ask(acme, '/cubejs-api/v1/load', { query: rest.query });
    assert.equal(status, 200, JSON.stringify(body));
    let rows: unknown[][] = [];
    for (const text of statements) {
      const answer = await client.query({ text, rowMode: 'array' });
      if (answer.fields.length > 0) rows = answer.rows as unknown[][];
    }
    assert.ok(rows.length > 0);
    assert.deepEqual(sorted(rows), sorted(body.data.map((row) => rest.columns.map((name) => row[name]))));
  });
