// postgres.js, which pipelines and prepares everything: one JSON line a check.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { address, byOutcome, check, codes, sinceText, versionOf } from './say.ts';

const folder = path.dirname(fileURLToPath(import.meta.resolve('postgres')));
versionOf(readFileSync(path.join(folder, '..', 'package.json'), 'utf8'));
const sql = postgres(address, { max: 1, onnotice: () => {} });
const rows = async (text: string): Promise<unknown[][]> => [...(await sql.unsafe(text).values())];

await check('measure by group', () => rows(byOutcome));
await check(
  'percentage to the digit',
  async () => (await rows('SELECT MEASURE(abandoned_pct) FROM auth_attempts'))[0]?.[0],
);
await check('parameters in text', async () => (await sql.unsafe(sinceText, ['US', '2026-01-02']).values())[0]?.[0]);
await check('prepared on the server', async () => {
  const seen = new Set<unknown>();
  const day = '2026-01-02';
  for (let time = 0; time < 7; time += 1)
    for (const {
      n,
    } of await sql`SELECT count(*) AS n FROM auth_attempts WHERE country = ${'US'} AND started_on >= ${day}`)
      seen.add(n);
  return [...seen].join();
});
await check('pipeline', async () => {
  const [first, second] = await Promise.all([rows(byOutcome), rows('SELECT count(*) FROM auth_attempts')]);
  return [first.length, second[0]?.[0]];
});
await check('server-side cursor', async () => {
  let seen = 0;
  for await (const some of sql`SELECT started_at, outcome FROM auth_attempts`.cursor(2)) seen += some.length;
  return String(seen);
});
await check('an error has its SQLSTATE and the session goes on', () => codes(rows));
await sql.end();
