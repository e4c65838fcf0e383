// The S3 store: the common contract, a Delta table on it, and what its service may answer.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Fault, must, parseTenant } from '@tessera/base';
import { createEngine } from './engine.ts';
import { tenantKey } from './keys.ts';
import { objectStoreContract } from './object-store.contract.ts';
import { createS3Store } from './s3-store.ts';
import { openTenantLake } from './tenant-lake.ts';
import { tableName } from './testing/lab.ts';
import { startS3Server } from './testing/s3-server.ts';

const server = await startS3Server();
const clientFor = (endpoint: string) =>
  new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
const client = clientFor(server.endpoint);
await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
const cacheFolder = await mkdtemp(join(tmpdir(), 's3-cache-'));
after(async () => {
  client.destroy();
  await server.close();
  await rm(cacheFolder, { recursive: true });
});
const acme = must(parseTenant('acme-corp'));

objectStoreContract(server.kind, async () => ({
  store: createS3Store({ client, bucket: 'lake', prefix: 'shared/with/', cacheFolder }),
  close: async () => {},
}));

it(`keeps a Delta table on ${server.kind}, written by one process and read by another`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 's3-lake-'));
  const engine = await createEngine({ scratch: join(folder, 'scratch') });
  const lakeWith = (cache: string) =>
    openTenantLake(createS3Store({ client, bucket: 'lake', cacheFolder: join(folder, cache) }), engine, acme);
  const options = { columns: { id: 'VARCHAR', n: 'BIGINT' } };
  const [writer, reader] = ['a', 'b'].map((cache) => lakeWith(cache).table('silver', tableName('t'), options));
  await engine.session(async (s) => {
    for (let i = 0; i < 22; i++) await writer!.merge(s, { sql: `select 'k${i % 3}' as id, ${i} as n` }, ['id']);
  });
  assert.equal(await reader!.version(), 21);
  assert.deepEqual(await engine.query(`from (${(await reader!.scan()).sql}) order by id`), [
    { id: 'k0', n: 21 },
    { id: 'k1', n: 19 },
    { id: 'k2', n: 20 },
  ]);
  engine.close();
  await rm(folder, { recursive: true });
});

it('tries again where S3 says that two conditional writes met, and says STORE_FAILED where it refuses', async () => {
  const answers = [409, 409, 200, 412, 403];
  const fickle = createServer((request, response) => {
    request.resume().once('end', () => {
      const status = answers.shift() ?? 500;
      const code = { 409: 'ConditionalRequestConflict', 412: 'PreconditionFailed', 403: 'AccessDenied' }[status];
      response.writeHead(status).end(code === undefined ? '' : `<Error><Code>${code}</Code></Error>`);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => fickle.once('listening', resolve));
  const picky = clientFor(`http://127.0.0.1:${(fickle.address() as AddressInfo).port}`);
  const store = createS3Store({ client: picky, bucket: 'lake', cacheFolder });
  const key = tenantKey(acme, 'raw', 'a');
  assert.equal(await store.putIfAbsent(key, new Uint8Array(1)), true);
  assert.equal(await store.putIfAbsent(key, new Uint8Array(1)), false);
  await assert.rejects(store.putIfAbsent(key, new Uint8Array(1)), (error) => {
    assert(error instanceof Fault && error.code === 'STORE_FAILED');
    assert.match(error.message, /write tenant-acme-corp\/raw\/a \(AccessDenied 403\)/);
    return true;
  });
  picky.destroy();
  fickle.closeAllConnections();
  fickle.close();
});

it('tells an absent object from one that may not be read where S3 says 403 for both', async () => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const prefix = url.searchParams.get('prefix') ?? '';
    const deny = () => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    request.resume().once('end', () => {
      if (url.searchParams.get('list-type') !== '2' || prefix.endsWith('/closed')) return void deny();
      const found = prefix.endsWith('/mine') ? `<Contents><Key>${prefix}</Key><Size>1</Size></Contents>` : '';
      response.end(`<ListBucketResult>${found}<IsTruncated>false</IsTruncated></ListBucketResult>`);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const picky = clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const store = createS3Store({ client: picky, bucket: 'lake', cacheFolder });
  assert.equal(await store.get(tenantKey(acme, 'raw', 'absent')), undefined);
  await assert.rejects(store.localPath(tenantKey(acme, 'raw', 'absent')), { code: 'OBJECT_MISSING' });
  for (const name of ['mine', 'closed'])
    await assert.rejects(store.get(tenantKey(acme, 'raw', name)), { code: 'STORE_FAILED' }, name);
  picky.destroy();
  server.closeAllConnections();
  server.close();
});
