// Secrets at rest: sealed, by name, and gone with the tenant's key.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { bytes, temporaryFolder, tenant, withCode } from './keyring.contract.ts';
import { openKeyring } from './open-keyring.ts';
import { createSecretStore } from './secret-store.ts';

const acme = tenant('acme-corp');
const canary = 'canary-5f1e-secret';

test('a secret is read back by its name, is in no file, and a list shows names and times alone', async (t) => {
  const folder = await temporaryFolder(t);
  const store = createSecretStore(path.join(folder, 'secrets'), openKeyring({ folder: path.join(folder, 'keys') }));
  await store.set(acme, 'okta', `${canary}\n`);
  await store.set(acme, 'jira', 'other');
  assert.equal(await store.read(acme, 'okta'), canary);
  assert.equal(await store.read(tenant('globex-inc'), 'okta'), undefined);
  const file = path.join(folder, 'secrets', 'acme-corp.json');
  assert.equal((await readFile(file)).indexOf(bytes(canary)), -1);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const listed = await store.list(acme);
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['jira', 'okta'],
  );
  assert.doesNotMatch(JSON.stringify(listed), /canary|other/);
  assert.deepEqual([await store.remove(acme, 'okta'), await store.remove(acme, 'okta')], [true, false]);
  assert.equal(await store.read(acme, 'okta'), undefined);
});

test('secrets set at once are all kept', async (t) => {
  const folder = await temporaryFolder(t);
  const store = createSecretStore(path.join(folder, 'secrets'), openKeyring({ folder: path.join(folder, 'keys') }));
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  await Promise.all(names.map((name) => store.set(acme, name, name)));
  assert.equal((await store.list(acme)).length, 20);
});

test('names that are none and empty values are refused, without the value', async (t) => {
  const folder = await temporaryFolder(t);
  const store = createSecretStore(folder, openKeyring({ folder }));
  for (const name of ['', '../x', '__proto__', 'a b', `a${'b'.repeat(100)}`])
    await assert.rejects(
      store.set(acme, name, canary),
      (error: Error) => withCode('SECRET_INVALID')(error) && !error.message.includes(canary),
    );
  await assert.rejects(store.set(acme, 'a', ' \n'), withCode('SECRET_INVALID'));
  assert.equal(await store.read(acme, 'constructor'), undefined);
});

test("with the tenant's key its secrets are gone", async (t) => {
  const folder = await temporaryFolder(t);
  const keyring = openKeyring({ folder: path.join(folder, 'keys') });
  const store = createSecretStore(path.join(folder, 'secrets'), keyring);
  await store.set(acme, 'okta', canary);
  await keyring.erase(acme);
  await assert.rejects(store.read(acme, 'okta'), withCode('KEY_ERASED'));
  await assert.rejects(store.set(acme, 'okta', canary), withCode('KEY_ERASED'));
});
