// For tests: what staging makes of one page's body, by the same SQL and a file as raw keeps it, without a lake.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { createEngine, type Row } from '@tessera/lakehouse';
import { renderRows } from './batch-sql.ts';
import type { StreamFacts } from './define-connector.ts';
import { renderRecords } from './page-sql.ts';
import { sqlText } from './record-sql.ts';

/** Bronze columns of every record of the body, good or bad, with `_problem` and `_misfit`. */
export async function stageBody(
  t: TestContext,
  stream: StreamFacts,
  body: unknown,
  parent?: string,
): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-page-'));
  const engine = await createEngine({ scratch: join(folder, 'scratch') });
  t.after(async () => {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const path = join(folder, 'page.json.zst');
  await writeFile(path, zstdCompressSync(text));
  const records = renderRecords(stream, [path], text.length);
  const facts = { tenant: 'acme-corp', orgId: 'acme-corp-hq', source: 'test', owner: undefined };
  return engine.session(async (session) => {
    await session.run(`create temp table batch_pages as select ${sqlText(path)} as path, 'run-1' as reference,
      TIMESTAMPTZ '2026-01-01T00:00:00Z' as received_at, ${parent === undefined ? 'null::VARCHAR' : sqlText(parent)} as parent`);
    return session.query(`select * from (${renderRows(stream, records, facts)})`);
  });
}
