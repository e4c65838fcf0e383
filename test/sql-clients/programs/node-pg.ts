// `pg` with its cursors: one JSON line a check.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { address, byOutcome, check, codes, sinceText, versionOf } from './say.ts';

versionOf(readFileSync(new URL(import.meta.resolve('pg/package.json')), 'utf8'));
const client = new pg.Client(address);
await client.connect();
const rows = async (text: string | pg.QueryConfig) =>
  (await client.query({ ...asConfig(text), rowMode: 'array' })).rows;
const asConfig = (text: string | pg.QueryConfig): pg.QueryConfig => (typeof text === 'string' ? { text } : text);

await check('measure by group', () => rows(byOutcome));
await check(
  'percentage to the digit',
  async () => (await rows('SELECT MEASURE(abandoned_pct) FROM auth_attempts'))[0]?.[0],
);
await check('parameters in text', async () => (await rows({ text: sinceText, values: ['US', '2026-01-02'] }))[0]?.[0]);
await check('prepared on the server', async () => {
  const seen = new Set<unknown>();
  for (let time = 0; time < 7; time += 1)
    seen.add((await rows({ name: 'since', text: sinceText, values: ['US', '2026-01-02'] }))[0]?.[0]);
  return [...seen].join();
});
await check('server-side cursor', async () => {
  const cursor = client.query(new Cursor('SELECT started_at, outcome FROM auth_attempts'));
  let seen = 0;
  for (let some = await cursor.read(2); some.length > 0; some = await cursor.read(2)) seen += some.length;
  await cursor.close();
  return String(seen);
});
await check('an error has its SQLSTATE and the session goes on', () => codes(rows));
await client.end();
