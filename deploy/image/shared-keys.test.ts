// One data key a tenant, whoever makes it: two functions that begin at once, one that starts anew, a rotation and an erasure elsewhere.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import { openKeyring } from '@tessera/security';
import { bringKey } from './shared-keys.ts';

const acme = must(parseTenant('acme-corp'));

/** Functions with disks of their own, the same master key, and one bucket. */
async function world(t: TestContext) {
  const home = await mkdtemp(path.join(tmpdir(), 'shared-keys-'));
  t.after(() => rm(home, { recursive: true }));
  const bucket = new Map<string, string>();
  const documents = {
    tenants: async function* () {},
    configOf: async () => assert.fail('not asked'),
    wrappedKeyOf: async () => bucket.get(acme),
    addWrappedKey: async (_: string, text: string) => {
      if (bucket.has(acme)) return false;
      bucket.set(acme, text);
      return true;
    },
  };
  const { cp } = await import('node:fs/promises');
  const first = path.join(home, 'first');
  await openKeyring({ folder: first }).derive(must(parseTenant('other-inc')), 'mask');
  const fn = async (name: string) => {
    const folder = path.join(home, name);
    await cp(first, folder, { recursive: true });
    const keyring = openKeyring({ folder });
    return { folder, keyring, bring: () => bringKey(acme, folder, keyring, documents) };
  };
  return { bucket, fn };
}
const secret = Buffer.from('a page');

test('two functions that begin at once end with the same key, and so does one that starts later', async (t) => {
  const { fn } = await world(t);
  const both = await Promise.all([fn('a'), fn('b')]);
  await Promise.all(both.map(({ bring }) => bring()));
  const later = await fn('c');
  await later.bring();
  const sealed = await both[0]!.keyring.seal(acme, 'raw-page', 'k', secret);
  for (const { keyring } of [...both, later])
    assert.equal(Buffer.from(await keyring.open(acme, 'raw-page', 'k', sealed)).toString(), 'a page');
});

test('an erasure elsewhere is noticed at the next call, and no new key is made', async (t) => {
  const { bucket, fn } = await world(t);
  const [one, other] = [await fn('a'), await fn('b')];
  await one.bring();
  await other.bring();
  await other.keyring.erase(acme);
  bucket.set(acme, await readFile(path.join(other.folder, 'tenants', `${acme}.json`), 'utf8'));
  await one.bring();
  await assert.rejects(one.keyring.seal(acme, 'raw-page', 'k', secret), { code: 'KEY_ERASED' });
});
