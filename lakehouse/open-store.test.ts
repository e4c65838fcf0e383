// The line of text that says where the lake is: what it may be, and that the same keys are found there again.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { must, parseTenant } from '@tessera/base';
import { tenantKey } from './keys.ts';
import { openObjectStore, parseStorePlace } from './open-store.ts';
import { startS3Server } from './testing/s3-server.ts';

for (const [text, place] of [
  ['s3://lake', { bucket: 'lake', prefix: '' }],
  ['s3://lake/', { bucket: 'lake', prefix: '' }],
  ['s3://lake.of-acme/a/b=1', { bucket: 'lake.of-acme', prefix: 'a/b=1/' }],
  ['s3://lake/a/', { bucket: 'lake', prefix: 'a/' }],
  ['data/lake', { folder: path.resolve('data/lake') }],
  ['/data/lake', { folder: '/data/lake' }],
] as const)
  it(`takes ${text}`, () => assert.deepEqual(parseStorePlace(text), place));

for (const text of [
  's3://',
  's3://Lake',
  's3://lake//a',
  's3://lake/a b',
  's3://lake?x=1',
  'gs://lake',
  'file:///lake',
])
  it(`refuses ${text}`, () => assert.throws(() => parseStorePlace(text), { code: 'SETTING_INVALID' }));

it('opens a folder and a bucket that keep what is put, apart by prefix', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'open-store-'));
  const server = await startS3Server();
  t.after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const s3 = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  await new S3Client(s3).send(new CreateBucketCommand({ Bucket: 'lake' }));
  const key = tenantKey(must(parseTenant('acme-corp')), 'raw', 'a.json');
  for (const place of [path.join(folder, 'lake'), 's3://lake/one', 's3://lake/two', 's3://lake']) {
    const open = () => openObjectStore(place, { cacheFolder: path.join(folder, 'cache'), s3 });
    assert.equal(await open().get(key), undefined, place);
    await open().put(key, Buffer.from(place));
    assert.equal(Buffer.from((await open().get(key)) ?? []).toString(), place);
  }
});
