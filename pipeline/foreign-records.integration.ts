// Attack 148 on the path that makes everything anew: a rebuild takes the records that were taken, whatever the connection says since.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authDocument } from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { rebuild, verifyLedger } from './index.ts';
import { changingTenant } from './testing/changing-tenant.case.ts';

const of = (id: string, organization: string) => authDocument(id, { organization: { id: organization } });
const differing = ({ tables }: Awaited<ReturnType<typeof rebuild>>) =>
  tables.filter(({ same }) => !same).map(({ table }) => table);

test('a rebuild takes no foreign record, also once the connection says another organisation', async (t) => {
  const it = await changingTenant(t, { organizationId: 'ours' });
  await it.turn([of('a', 'ours'), of('x', 'theirs')]);
  assert.deepEqual(differing(await rebuild(it.run, it.config, { verify: true })), []);
  const [connection] = it.config.connections;
  assert.ok(connection);
  const settings = { ...connection.settings, organizationId: 'theirs' };
  const moved = { ...it.config, connections: [{ ...connection, settings }] };
  assert.deepEqual(differing(await rebuild(it.run, moved, { verify: true })), []);
  assert.equal((await verifyLedger(it.run, moved)).balanced, true);
});
