// What every master key must do, run on the key file and on AWS KMS: the keyring above them cannot tell which it has.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import fc from 'fast-check';
import type { Keyring, SealPurpose } from './contract.ts';
import type { KmsSettings } from './kms-master.ts';
import { openKeyring } from './open-keyring.ts';

export const tenant = (name: string) => must(parseTenant(name));
export const withCode = (code: string) => (error: unknown) => error instanceof Fault && error.code === code;
export const bytes = (text: string) => new TextEncoder().encode(text);
export const words = (plain: Uint8Array) => new TextDecoder().decode(plain);

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-keys-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Declares the tests. `kms` undefined is the key file; `runs` keeps slow services within their time. */
export function keyringContract(name: string, kms: () => Promise<KmsSettings | undefined>, runs: number): void {
  const acme = tenant('acme-corp');
  const globex = tenant('globex-inc');
  const open = async (t: TestContext, folder?: string): Promise<{ ring: Keyring; folder: string }> => {
    const at = folder ?? (await temporaryFolder(t));
    return { ring: openKeyring({ folder: at, kms: await kms() }), folder: at };
  };
  const wrappedFile = (folder: string, of: string) => path.join(folder, 'tenants', `${of}.json`);

  test(`${name}: what is sealed opens for its tenant, purpose and label alone, whatever single bit is changed`, async (t) => {
    const { ring } = await open(t);
    const purposes: readonly SealPurpose[] = ['secret', 'raw-page', 'backup'];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...purposes),
        fc.string(),
        fc.nat(),
        async (plain, purpose, label, at) => {
          const sealed = await ring.seal(acme, purpose, label, plain);
          assert.deepEqual(new Uint8Array(await ring.open(acme, purpose, label, sealed)), plain);
          const bent = Uint8Array.from(sealed);
          const bit = at % (bent.length * 8);
          bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const other = purposes[(purposes.indexOf(purpose) + 1) % purposes.length] ?? 'secret';
          await assert.rejects(ring.open(acme, purpose, label, bent), withCode('SEAL_BROKEN'));
          await assert.rejects(ring.open(acme, other, label, sealed), withCode('SEAL_BROKEN'));
          await assert.rejects(ring.open(acme, purpose, `${label}.`, sealed), withCode('SEAL_BROKEN'));
          await assert.rejects(ring.open(acme, purpose, label, sealed.subarray(0, -1)), withCode('SEAL_BROKEN'));
          await assert.rejects(ring.open(globex, purpose, label, sealed), withCode('SEAL_BROKEN'));
        },
      ),
      { numRuns: runs },
    );
  });

  test(`${name}: the same bytes sealed twice differ, and no key is in any file`, async (t) => {
    const { ring, folder } = await open(t);
    const twice = await Promise.all([1, 2].map(() => ring.seal(acme, 'secret', 'a', bytes('x'))));
    assert.notDeepEqual(twice[0], twice[1]);
    const mask = Buffer.from(await ring.derive(acme, 'mask'));
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const content = await readFile(path.join(file.parentPath, file.name));
      for (const form of [mask, Buffer.from(mask.toString('base64')), Buffer.from(mask.toString('hex'))])
        assert.equal(content.indexOf(form), -1);
    }
  });

  test(`${name}: derived keys are 32 bytes, one a tenant and use, and the same after a restart and a rotation`, async (t) => {
    const { ring, folder } = await open(t);
    const all = async (from: Keyring) =>
      (
        await Promise.all(
          [acme, globex].flatMap((of) => (['mask', 'lake', 'serving'] as const).map((use) => from.derive(of, use))),
        )
      ).map((key) => Buffer.from(key).toString('hex'));
    const before = await all(ring);
    assert.deepEqual([new Set(before).size, before.every((key) => key.length === 64)], [6, true]);
    assert.deepEqual(await all((await open(t, folder)).ring), before);
    assert.deepEqual(await ring.rotate(), { tenants: 2 });
    assert.deepEqual(await all(ring), before);
    assert.deepEqual(await all((await open(t, folder)).ring), before);
  });

  test(`${name}: a rotation wraps every key anew while another process reads and seals without a pause`, async (t) => {
    const { ring, folder } = await open(t);
    const other = (await open(t, folder)).ring;
    const sealed = await ring.seal(acme, 'secret', 'a', bytes('before'));
    const wrapped = await readFile(wrappedFile(folder, 'acme-corp'), 'utf8');
    let rotating = true;
    const reading = (async () => {
      let read = 0;
      for (; rotating || read === 0; read++) {
        assert.equal(words(await other.open(acme, 'secret', 'a', sealed)), 'before');
        const fresh = await other.seal(tenant(`new-${read % 5}`), 'secret', 'a', bytes('during'));
        assert.equal(words(await ring.open(tenant(`new-${read % 5}`), 'secret', 'a', fresh)), 'during');
      }
      return read;
    })();
    for (let round = 0; round < 3; round++) await ring.rotate();
    rotating = false;
    assert.ok((await reading) > 0);
    assert.notEqual(await readFile(wrappedFile(folder, 'acme-corp'), 'utf8'), wrapped);
    assert.equal(words(await (await open(t, folder)).ring.open(acme, 'secret', 'a', sealed)), 'before');
  });

  test(`${name}: an erased key opens, seals and derives nothing, in a process that had it in memory too, and is never made again`, async (t) => {
    const { ring, folder } = await open(t);
    const running = (await open(t, folder)).ring;
    const sealed = await running.seal(acme, 'raw-page', 'p', bytes('x'));
    const copied = await readFile(wrappedFile(folder, 'acme-corp'), 'utf8');
    await running.seal(globex, 'raw-page', 'p', bytes('x'));
    await ring.erase(acme);
    await ring.erase(acme);
    const after = [ring, running, (await open(t, folder)).ring];
    for (const one of after) {
      await assert.rejects(one.open(acme, 'raw-page', 'p', sealed), withCode('KEY_ERASED'));
      await assert.rejects(one.seal(acme, 'raw-page', 'p', bytes('x')), withCode('KEY_ERASED'));
      await assert.rejects(one.derive(acme, 'mask'), withCode('KEY_ERASED'));
    }
    const { wrapped } = JSON.parse(copied) as { wrapped: string };
    assert.doesNotMatch(await readFile(wrappedFile(folder, 'acme-corp'), 'utf8'), new RegExp(wrapped.slice(0, 20)));
    assert.deepEqual(await ring.rotate(), { tenants: 1 });
    const states = (await ring.status()).map(({ tenant: of, state }) => [of, state]);
    assert.deepEqual(states, [
      ['acme-corp', 'erased'],
      ['globex-inc', 'active'],
    ]);
  });

  test(`${name}: a wrapped key that is put in another tenant's place is refused`, async (t) => {
    const { ring, folder } = await open(t);
    await ring.seal(acme, 'secret', 'a', bytes('x'));
    const stolen = await readFile(wrappedFile(folder, 'acme-corp'));
    await writeFile(wrappedFile(folder, 'globex-inc'), stolen, { mode: 0o600 });
    await assert.rejects(ring.seal(globex, 'secret', 'a', bytes('x')), withCode('SEAL_BROKEN'));
  });
}
