// A worker in a process of its own, for tests of leases: does what it is told over IPC and says what became of it.
import { asFault, must, parseTenant } from '@tessera/base';
import { createEngine } from '../engine.ts';
import { createFolderStore } from '../folder-store.ts';
import { openTenantLake } from '../tenant-lake.ts';

const [folder = '', holder = '', ttl = ''] = process.argv.slice(2);
const engine = await createEngine({ scratch: `${folder}/scratch-${holder}` });
const lake = openTenantLake(createFolderStore(`${folder}/lake`), engine, must(parseTenant('acme-corp')));
let lease: Awaited<ReturnType<typeof lake.leases.take>>;

const orders: Readonly<Record<string, () => Promise<unknown>>> = {
  take: async () => {
    lease = await lake.leases.take({ holder, ttlMs: Number(ttl) });
    return lease?.fence ?? null;
  },
  beat: async () => lease?.beat(),
  release: async () => lease?.release(),
  publish: async () => {
    const number = ((await lake.releases.latest())?.number ?? 0) + 1;
    const at = new Date();
    await lake.releases.publish({ number, at, asOf: at, run: holder, tables: {}, inputs: {}, rows: {}, sources: {} });
    return number;
  },
  append: async () => {
    const table = lake.table('silver', 'things' as never, { columns: { who: 'VARCHAR' } });
    return (await engine.session((session) => table.append(session, { sql: `select '${holder}' as who` }))).version;
  },
};
process.on('message', (order: string) => {
  Promise.resolve(orders[order]?.()).then(
    (done) => process.send?.({ done: done ?? null }),
    (error: unknown) => process.send?.({ refused: asFault(error).code }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ done: 'ready' });
