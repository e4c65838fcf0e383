// Child process of a test: commits to one table, tells each id once it is acknowledged, and kills itself at some write unless it is killed before.
import path from 'node:path';
import { must, parseTenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  type DeltaTable,
  type Engine,
  openTenantLake,
  parseTableName,
  type TenantLake,
} from '@tessera/lakehouse';
import { meddledStore } from './crash-store.ts';

export const tenant = must(parseTenant('acme-corp'));
export const writtenTable = (lake: TenantLake): DeltaTable =>
  lake.table('silver', must(parseTableName('killed')), { columns: { id: 'VARCHAR', n: 'BIGINT' }, notNull: ['id'] });

export async function readWritten(table: DeltaTable, engine: Engine) {
  const rows = await engine.query(`select id from (${(await table.scan()).sql}) where id <> 'hot'`);
  return { ids: rows.map(({ id }) => String(id)), version: await table.version() };
}

async function live(folder: string, life: number): Promise<void> {
  const engine = await createEngine({
    scratch: path.join(folder, `scratch-${life}`),
    memoryLimit: '128MB',
  });
  const fatal = 3 + ((life * 5) % 23);
  const die = (call: number) => {
    if (life % 2 === 1 && call === fatal) process.kill(process.pid, 'SIGKILL');
  };
  const meddlers = [
    { before: ({ call }: { call: number }) => die(call) },
    { during: ({ call }: { call: number }) => die(call) },
    { after: ({ call }: { call: number }) => die(call) },
  ];
  const store = meddledStore(createFolderStore(path.join(folder, 'lake')), meddlers[life % 3] ?? {});
  const table = writtenTable(openTenantLake(store, engine, tenant));
  await engine.session(async (session) => {
    for (let n = 0; ; n++) {
      const id = `life-${life}-${n}`;
      const txn = { txn: { appId: `life-${life}`, version: n } };
      if (n % 4 === 3) {
        // Rewrites the file that holds the hot row, with the new one beside it.
        const sql = `select '${id}' as id, ${n} as n union all select 'hot', ${life * 1000 + n}`;
        await table.merge(session, { sql }, ['id'], txn);
      } else await table.append(session, { sql: `select '${id}' as id, ${n} as n` }, txn);
      process.send?.(id);
      if (n % 6 === 5) await table.compact(session, { minFiles: 4 });
    }
  });
}

const [folder, life] = process.argv.slice(2);
if (process.send && folder !== undefined) await live(folder, Number(life));
