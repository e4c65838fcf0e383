// The statements of the tutorial do what the tutorial says.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { codeOf, rowsOf } from '../sql/open-door.ts';
import { client, open, useDoor } from '../sql/use-door.ts';
import { factsOf } from './run-clients.ts';

const page = path.join(import.meta.dirname, '..', '..', 'docs', 'tutorials', 'connect-a-bi-tool.md');
useDoor();

test('its questions are answered as REST answers, what is not exact is refused with a hint, and so is a write', async () => {
  const text = await readFile(page, 'utf8');
  const statements = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? '').split(';').flatMap((one) => one.trim() || []),
  );
  assert.equal(statements.length, 3);
  const [byOutcome, byMonth, inexact] = statements;
  assert.ok(byOutcome && byMonth && inexact);
  assert.deepEqual(await rowsOf(client, byOutcome), (await factsOf(open.served)).byOutcome);
  assert.equal((await rowsOf(client, byMonth)).length, 2);
  await assert.rejects(client.query(inexact), (error: Error & { code?: string; hint?: string }) => {
    assert.ok(error.hint, error.message);
    return error.code === '0A000';
  });
  assert.ok(text.includes('`DELETE FROM auth_attempts;` is `25006`'));
  assert.equal(await codeOf(client.query('DELETE FROM auth_attempts;')), '25006');
  assert.equal((await rowsOf(client, byOutcome)).length, 4);
});
