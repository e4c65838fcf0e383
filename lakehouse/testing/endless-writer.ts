// Child process of a test: writes objects until it is killed.
import { must, parseTenant } from '@tessera/base';
import { createFolderStore } from '../folder-store.ts';
import { tenantKey } from '../keys.ts';

const [folder = '', size = '0'] = process.argv.slice(2);
const store = createFolderStore(folder);
const tenant = must(parseTenant('acme-corp'));
const write = (n: number) => store.put(tenantKey(tenant, 'raw', `o${n % 5}`), new Uint8Array(Number(size)).fill(n));
await write(0);
process.send?.('started');
for (let n = 1; ; n++) await write(n);
