// Real clients of BI, in the versions of clients.ts, against the whole SQL API: catalogs, types, cursors, parameters, and REST's numbers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type OpenDoor, openDoor } from '../sql/open-door.ts';
import { clients, type Facts } from './clients.ts';
import { accountUrl, factsOf, runClient } from './run-clients.ts';

let open: OpenDoor;
let url: string;
let facts: Facts;
before(async () => {
  open = await openDoor();
  [url, facts] = await Promise.all([accountUrl(open), factsOf(open.served)]);
});
after(() => open.close());

for (const client of clients)
  test(client.name, async (t) => {
    const run = await runClient(client, url, facts);
    if ('why' in run) return t.skip(run.why);
    if (client.version) assert.ok(run.version.startsWith(client.version), `it is ${run.version}`);
    for (const [check, wrong] of run.wrong) assert.equal(wrong, undefined, check);
  });
