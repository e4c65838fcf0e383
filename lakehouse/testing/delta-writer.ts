// Child process of a test: commits to one table again and again, appends and merges by turns, until done or killed.
import { must, parseTenant } from '@tessera/base';
import { createEngine } from '../engine.ts';
import { createFolderStore } from '../folder-store.ts';
import { openTenantLake } from '../tenant-lake.ts';
import { tableName } from './lab.ts';

const [folder = '', writer = '', commits = '0'] = process.argv.slice(2);
const engine = await createEngine({ scratch: `${folder}/scratch-${writer}`, memoryLimit: '128MB' });
const lake = openTenantLake(createFolderStore(`${folder}/lake`), engine, must(parseTenant('acme-corp')));
const table = lake.table('silver', tableName('raced'), { columns: { id: 'VARCHAR', n: 'BIGINT' } });
process.send?.('started');
await engine.session(async (session) => {
  for (let n = 0; n < Number(commits); n++) {
    const source = { sql: `select '${writer}-${n}' as id, 1 as n` };
    const txn = { txn: { appId: `writer-${writer}`, version: n }, properties: { [`at-${writer}`]: String(n) } };
    if (n % 5 === 4) await table.merge(session, source, ['id'], txn);
    else await table.append(session, source, txn);
    process.send?.(n);
  }
});
engine.close();
process.disconnect?.();
