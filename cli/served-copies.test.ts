// A command beside the server asks the very copy that answers, and changes nothing of it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  createServing,
  openTenantLake,
  parseTableName,
  type Release,
} from '@tessera/lakehouse';
import { servingFolders } from './claim-seat.ts';
import { withCopies } from './served-copies.ts';

test('every server’s copy of the release is asked while it serves; a release without one is none', async (t) => {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-copies-'));
  const tenant = must(parseTenant('acme-corp'));
  const engine = await createEngine({ scratch: path.join(home, 'scratch') });
  const columns = { id: 'VARCHAR' };
  const lake = openTenantLake(createFolderStore(path.join(home, 'lake')), engine, tenant);
  const table = lake.table('gold', must(parseTableName('fact_x')), { columns });
  const { version } = await engine.session((session) =>
    table.overwrite(session, { sql: 'select i::varchar as id from range(7) as t(i)' }),
  );
  const at = new Date(0);
  const release: Release = {
    ...{ number: 1, at, asOf: at, run: 'r1', tables: { fact_x: version }, rows: {}, inputs: {}, sources: {} },
  };
  const count = (number: number) =>
    withCopies({ home }, engine, tenant, { number }, async (inspect) => {
      const [row] = await inspect(tenant, 'select count(*) as n from fact_x', number);
      return Number(row?.n);
    });
  assert.deepEqual(await count(1), []);
  const servings = servingFolders(home).map((folder) =>
    createServing({ folder, memoryLimit: '200MB', tables: { fact_x: { columns } } }),
  );
  t.after(async () => {
    for (const serving of servings) serving.close();
    engine.close();
    await rm(home, { recursive: true, force: true });
  });
  for (const serving of servings) await serving.build(lake, release);
  for (const serving of servings) await serving.query(tenant, 'select 1 as one');
  assert.deepEqual(await count(1), [7, 7]);
  assert.deepEqual(await count(2), []);
  await assert.rejects(
    withCopies({ home }, engine, tenant, release, (inspect) => inspect(tenant, 'delete from fact_x', 1)),
  );
  assert.deepEqual(await count(1), [7, 7], 'and the copy can be asked again');
});
