// The questions in each vendor's README are SQL that runs on the bronze tables as they are declared.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEngine } from '@tessera/lakehouse';
import { bronzeColumns } from './bronze-table.ts';
import { connectors } from './connectors.ts';
import { sqlName } from './record-sql.ts';

for (const { source, streams } of connectors) {
  test(`the three questions in ${source}/README.md can be asked`, async (t) => {
    const engine = await createEngine({ scratch: join(tmpdir(), 'tessera-questions') });
    t.after(() => engine.close());
    const text = await readFile(new URL(`${source}/README.md`, import.meta.url), 'utf8');
    const questions = [...text.matchAll(/```sql\n(.*?)```/gs)].flatMap(([, block]) => (block ?? '').split(';'));
    const asked = questions.filter((question) => question.trim() !== '');
    assert.equal(asked.length, 3);
    await engine.session(async (session) => {
      for (const stream of streams) {
        const columns = Object.entries(bronzeColumns(stream)).map(([name, type]) => `${sqlName(name)} ${type}`);
        await session.run(`create temp table ${source}__${stream.name} (${columns.join(', ')})`);
      }
      for (const question of asked) assert.deepEqual(await session.query(question), []);
    });
  });
}
