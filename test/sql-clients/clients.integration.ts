// Real clients of BI, in the versions of clients.ts, against the whole SQL API: catalogs, types, cursors, parameters, and REST's numbers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OpenDoor } from '../sql/open-door.ts';
import { clients, type Facts } from './clients.ts';
import { type Address, openForClients } from './open-for-clients.ts';
import { factsOf, runClient } from './run-clients.ts';

let open: OpenDoor;
let address: Address;
let facts: Facts;
before(async () => {
  ({ open, address } = await openForClients());
  facts = await factsOf(open.served);
});
after(() => open?.close());

for (const client of clients)
  test(client.name, async (t) => {
    const run = await runClient(client, address, facts);
    if ('why' in run) return t.skip(run.why);
    if (client.version) assert.ok(run.version.startsWith(client.version), `it is ${run.version}`);
    for (const [check, wrong] of run.wrong) assert.equal(wrong, undefined, check);
  });
