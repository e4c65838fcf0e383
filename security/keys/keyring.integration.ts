// The same contract on AWS KMS, as moto's server speaks it, and the way from a key file to KMS.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { bytes, keyringContract, temporaryFolder, tenant, withCode, words } from './keyring.contract.ts';
import { createKmsMaster, type KmsSettings } from './kms-master.ts';
import { openKeyring } from './open-keyring.ts';

const found = await startMoto();
if (found === undefined) {
  test('AWS KMS', { skip: 'moto_server is not on the path' }, () => {});
} else {
  after(() => found.server.kill());
  // The stand-in takes any credentials; the SDK wants some.
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const place = { endpoint: found.endpoint, region: 'eu-central-1' };
  const client = new KMSClient(place);
  const newKey = async (): Promise<KmsSettings> => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    return { ...place, key: KeyMetadata?.KeyId ?? '' };
  };
  const shared = newKey();
  keyringContract('AWS KMS', () => shared, 20);

  test('a rotation moves what a key file wrapped under KMS, and from one KMS key to the next', async (t) => {
    const folder = await temporaryFolder(t);
    const acme = tenant('acme-corp');
    const sealed = await openKeyring({ folder }).seal(acme, 'secret', 'a', bytes('x'));
    const master = async () =>
      (JSON.parse(await readFile(path.join(folder, 'tenants/acme-corp.json'), 'utf8')) as { master: string }).master;
    assert.equal(await master(), 'local:1');
    for (const kms of [await newKey(), await newKey()]) {
      const ring = openKeyring({ folder, kms });
      assert.equal(words(await ring.open(acme, 'secret', 'a', sealed)), 'x');
      await ring.rotate();
      assert.match(await master(), new RegExp(`^kms:.*${kms.key}$`));
      assert.equal(words(await openKeyring({ folder, kms }).open(acme, 'secret', 'a', sealed)), 'x');
    }
    await assert.rejects(openKeyring({ folder }).open(acme, 'secret', 'a', sealed), withCode('MASTER_KEY_MISSING'));
  });

  test('KMS itself refuses the key of one tenant for another, and an unknown key is a fault of its own', async () => {
    const kms = createKmsMaster(await shared);
    const wrapped = await kms.wrap(tenant('acme-corp'), bytes('k'.repeat(32)));
    await assert.rejects(kms.unwrap(tenant('globex-inc'), wrapped), withCode('SEAL_BROKEN'));
    const nowhere = createKmsMaster({ ...(await shared), key: 'alias/nowhere' });
    await assert.rejects(nowhere.wrap(tenant('acme-corp'), bytes('k')), withCode('KEY_SERVICE_FAILED'));
  });
}

async function startMoto(): Promise<{ server: ChildProcess; endpoint: string } | undefined> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => probe.close(resolve));
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  let failed = false;
  server.once('error', () => {
    failed = true;
  });
  for (let tries = 0; tries < 300 && !failed && server.exitCode === null; tries++) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return { server, endpoint };
    await wait(100);
  }
  if (!failed) server.kill();
  return undefined;
}
