// A demo tenant's whole lake as a start makes it, then lived in: merges, joined files, checkpoints, a vacuum and a column that came later.
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fixedClock, must, observeNothing, parseTenant } from '@tessera/base';
import { startDemo } from '@tessera/cli/demo-process.ts';
import { connectors, createWeb, thisMachine } from '@tessera/ingest';
import {
  createEngine,
  createFolderStore,
  createServing,
  type DeltaTable,
  openTenantLake,
  parseTableName,
  type TenantLake,
} from '@tessera/lakehouse';
import { compactBronze, parseTenantConfig, type RunNeeds, runTenant, vacuumTables } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';

const tenant = must(parseTenant('initech'));
const dayMs = 86_400_000;

export interface LakeTable {
  /** `gold/dim_user` */
  readonly name: string;
  readonly folder: string;
  readonly table: DeltaTable;
}

/** Every table that lies in the tenant's folder. */
function tablesOf(lake: TenantLake, tenantFolder: string): readonly LakeTable[] {
  return (['bronze', 'silver', 'gold'] as const).flatMap((layer) =>
    readdirSync(path.join(tenantFolder, layer))
      .sort()
      .map((name) => ({
        name: `${layer}/${name}`,
        folder: path.join(tenantFolder, layer, name),
        table: lake.table(layer, must(parseTableName(name)), { columns: {} }),
      })),
  );
}

/** Small files are joined, every second table gets a checkpoint, what no reader needs is deleted, and two tables get a column more. */
async function wear(needs: RunNeeds, tables: readonly LakeTable[]) {
  const joined = await compactBronze(needs, 'interop', { minFiles: 2 });
  for (const { table } of tables.filter((_, i) => i % 2 === 0)) await table.checkpoint();
  const later = new Date(Math.max(Date.now(), needs.now().getTime()) + 2 * dayMs);
  const gone = await vacuumTables(needs, { retentionDays: 1, keepReleases: 2, clock: () => later });
  const grown = ['bronze/okta__users', 'gold/dim_user'];
  for (const { name, table } of tables) {
    if (!grown.includes(name)) continue;
    const { sql } = await table.scan();
    await needs.engine.session((session) =>
      table.append(session, { sql: `select *, 'later' as interop_note from (${sql}) limit 3` }),
    );
  }
  return {
    grown,
    joined: joined.reduce((sum, { files }) => sum + files, 0),
    files: gone.reduce((sum, { files }) => sum + files, 0),
    commits: gone.reduce((sum, { commits }) => sum + commits, 0),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Opens it in `folder`; the demo's vendors and the engine run until `close`. Versions of before the last release stay, older ones are vacuumed. */
export async function openDemoLake(folder: string) {
  const demo = await startDemo({
    ...process.env,
    TESSERA_HOME: folder,
    TESSERA_PORT: String(await freePort()),
    TESSERA_DEMO_PORT: String(await freePort()),
    TESSERA_DEMO_TENANTS: tenant,
  });
  const [found] = demo.tenants;
  if (found === undefined) throw new Error(`the demo has no ${tenant}`);
  const config = parseTenantConfig(found, 'interop');
  const engine = await createEngine({ scratch: path.join(folder, 'scratch'), memoryLimit: '1GB' });
  const clock = fixedClock(demo.asOf);
  const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, tenant, clock);
  const serving = createServing({ folder: path.join(folder, 'serving'), tables: {} });
  const needs: RunNeeds = {
    ...{ connectors, lake, engine, serving, now: clock, observe: observeNothing, env: {} },
    web: createWeb({ networks: thisMachine }),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    models: await loadProject(),
  };
  // Three releases, so that the later ones merge.
  for (const daysAgo of [14, 3, 0]) {
    const instant = new Date(demo.asOf.getTime() - daysAgo * dayMs);
    await demo.setClock(instant);
    clock.set(instant);
    const { changed } = await runTenant(needs, config);
    if (!changed) throw new Error(`the run of ${daysAgo} days ago changed nothing`);
  }
  const tables = tablesOf(lake, path.join(folder, 'lake', `tenant-${tenant}`));
  const worn = await wear(needs, tables);
  return {
    ...{ lake, engine, tables, worn },
    async close() {
      await serving.close();
      engine.close();
      await demo.close();
    },
  };
}
