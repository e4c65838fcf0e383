// Child process of a test: commits to the table that others commit to at the same time, and joins small files now and then.
import path from 'node:path';
import { must, parseTenant } from '@tessera/base';
import {
  createEngine,
  type DeltaTable,
  type ObjectStore,
  openObjectStore,
  openTenantLake,
  parseTableName,
  type TenantLake,
} from '@tessera/lakehouse';

export const tenant = must(parseTenant('acme-corp'));
export interface StoreOrders {
  /** Of this machine, for files that are being made. */
  readonly scratch: string;
  readonly folder?: string;
  readonly s3?: { readonly endpoint: string; readonly bucket: string };
}

export function openWritersStore({ scratch, folder, s3 }: StoreOrders): ObjectStore {
  const place = s3 === undefined ? (folder ?? path.join(scratch, 'lake')) : `s3://${s3.bucket}`;
  return openObjectStore(place, {
    cacheFolder: path.join(scratch, `cache-${process.pid}`),
    s3: {
      ...(s3 === undefined ? {} : { endpoint: s3.endpoint }),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
  });
}

export const writersTable = (lake: TenantLake): DeltaTable =>
  lake.table('silver', must(parseTableName('contested')), { columns: { id: 'VARCHAR', n: 'BIGINT' }, notNull: ['id'] });

async function write(orders: StoreOrders, writer: number, commits: number): Promise<void> {
  const scratch = path.join(orders.scratch, `writer-${writer}`);
  const engine = await createEngine({ scratch, memoryLimit: '128MB' });
  const table = writersTable(openTenantLake(openWritersStore(orders), engine, tenant));
  await engine.session(async (session) => {
    for (let n = 0; n < commits; n++) {
      const txn = { txn: { appId: `writer-${writer}`, version: n } };
      const source = { sql: `select 'writer-${writer}-${n}' as id, ${n} as n` };
      await table.append(session, source, txn);
      // The same once more is nothing.
      if (n % 50 === 49) await table.append(session, source, txn);
      if (writer === 0 && n % 60 === 59) await table.compact(session, { minFiles: 100 });
    }
  });
  engine.close();
}

const [orders, writer, commits] = process.argv.slice(2);
if (process.send && orders !== undefined) {
  await write(JSON.parse(orders) as StoreOrders, Number(writer), Number(commits));
  process.disconnect?.();
}
