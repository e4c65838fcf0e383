// A backup brings back every row, refuses what was changed or is another tenant's, and cannot be read without the tenant's key.
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import { backupTenant, eraseTenant, readBackupFile, readManifest, restoreTenant, type Sealing } from './backup.ts';
import { checksumOf } from './checksum.ts';
import type { ObjectKey, ObjectStore, Release, TenantLake } from './contract.ts';
import { createFolderStore } from './folder-store.ts';
import { openTenantLake } from './tenant-lake.ts';
import { type Lab, openLab, pairs, tableName, withCode } from './testing/lab.ts';

/** Sealing with one key, as the keyring does it: the label is authenticated. */
function sealingWith(key: Buffer): Sealing {
  return {
    async seal(label, plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async open(label, sealed) {
      const bytes = Buffer.from(sealed);
      const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(label));
      opener.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([opener.update(bytes.subarray(12, -16)), opener.final()]);
    },
  };
}

const canary = 'CANARY-5d41';
const tenant = must(parseTenant('acme-corp'));
const facts = { at: '2026-01-01T00:00:00Z', release: 1, policy: 'p1', tables: {} };

describe('Backup and restore', () => {
  let lab: Lab;
  let folder: string;
  const sealing = sealingWith(randomBytes(32));
  before(async () => {
    lab = await openLab();
    folder = await mkdtemp(join(tmpdir(), 'backup-'));
    await lab.engine.session(async (s) => {
      const table = orders(lab.lake);
      for (let i = 0; i < 25; i++) await table.append(s, pairs([`${canary}-${i}`, i]));
      await lab
        .anotherLake('globex-inc')
        .table('silver', tableName('orders'), { columns: {} })
        .append(s, pairs(['b', 1]));
    });
    await lab.lake.releases.publish(release(1, 24));
  });
  after(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  const orders = (lake: TenantLake) =>
    lake.table('silver', tableName('orders'), { columns: { id: 'VARCHAR', n: 'BIGINT' } });
  const release = (number: number, version: number): Release => ({
    number,
    at: new Date(),
    asOf: new Date(),
    run: `run-${number}`,
    tables: { orders: version },
    inputs: {},
    rows: {},
    sources: {},
  });
  let places = 0;
  const emptyPlace = (): ObjectStore => createFolderStore(join(folder, `place-${places++}`));
  const take = (to: ObjectStore) => backupTenant({ tenant, from: lab.store, to, sealing, facts });
  const sumIn = async (store: ObjectStore) => {
    const lake = openTenantLake(store, lab.engine, tenant);
    const served = await lake.releases.latest();
    const rows = await orders(lake).scan(served?.tables.orders);
    return lab.engine.session((s) => checksumOf(s, rows));
  };

  it('brings back the release with all its rows, and nothing of other tenants', async () => {
    const kept = emptyPlace();
    const { objects } = await take(kept);
    assert.ok(objects.length > 50 && objects.every(({ key }) => key.startsWith('tenant-acme-corp/')));
    const back = emptyPlace();
    await restoreTenant({ tenant, from: kept, to: back, sealing });
    assert.deepEqual(await sumIn(back), await sumIn(lab.store));
    assert.equal((await sumIn(back)).rows, 25);
  });

  it('holds nothing that can be read without the key', async () => {
    const place = join(folder, 'sealed');
    await take(createFolderStore(place));
    const names = await readdir(place, { recursive: true, withFileTypes: true });
    for (const file of names.filter((one) => one.isFile()))
      assert.ok(!(await readFile(join(file.parentPath, file.name))).includes(canary), file.name);
    await assert.rejects(
      restoreTenant({
        tenant,
        from: createFolderStore(place),
        to: emptyPlace(),
        sealing: sealingWith(randomBytes(32)),
      }),
    );
  });

  it('copies only what is new the second time', async () => {
    const kept = emptyPlace();
    await take(kept);
    const written: string[] = [];
    const put: ObjectStore['put'] = (key, body) => {
      written.push(key);
      return kept.put(key, body);
    };
    const watched: ObjectStore = { ...kept, put };
    await lab.engine.session((s) => orders(lab.lake).append(s, pairs(['late', 99])));
    await backupTenant({ tenant, from: lab.store, to: watched, sealing, facts });
    const data = written.filter((key) => key.endsWith('.parquet') && !key.includes('_delta_log'));
    assert.equal(data.length, 1, written.join(' '));
  });

  it('attack 218: is refused for another tenant, where objects are, or where one byte differs', async () => {
    const kept = emptyPlace();
    const { objects } = await take(kept);
    const other = must(parseTenant('globex-inc'));
    await assert.rejects(
      restoreTenant({ tenant: other, from: kept, to: emptyPlace(), sealing }),
      withCode('BACKUP_BROKEN'),
    );
    await assert.rejects(restoreTenant({ tenant, from: kept, to: lab.store, sealing }), withCode('RESTORE_NOT_EMPTY'));
    const key = objects.find((object) => object.key.endsWith('.parquet'))?.key as ObjectKey;
    await kept.put(key, await sealing.seal(key, new TextEncoder().encode('other bytes')));
    const half = emptyPlace();
    await assert.rejects(restoreTenant({ tenant, from: kept, to: half, sealing }), withCode('BACKUP_BROKEN'));
    assert.equal(
      await openTenantLake(half, lab.engine, tenant).releases.latest(),
      undefined,
      'nothing is served from half of it',
    );
  });

  it('attack 218: a manifest that was changed, or made by another, is refused though every object is whole', async () => {
    const kept = emptyPlace();
    const files = { 'config.json': new TextEncoder().encode('{}') };
    const manifest = await backupTenant({ tenant, from: lab.store, to: kept, sealing, facts, files });
    assert.deepEqual(await readBackupFile(kept, manifest, 'config.json'), Buffer.from('{}'));
    assert.equal(await readBackupFile(kept, manifest, 'other.json'), undefined);
    const key = 'tenant-acme-corp/backup/manifest.json' as ObjectKey;
    const write = (text: unknown) => kept.put(key, new TextEncoder().encode(JSON.stringify(text)));
    const short = { ...manifest, objects: manifest.objects.slice(1) };
    for (const other of [
      short,
      { ...manifest, policy: 'p0' },
      { ...manifest, release: 9 },
      { ...manifest, files: [] },
    ]) {
      await write(other);
      await assert.rejects(restoreTenant({ tenant, from: kept, to: emptyPlace(), sealing }), withCode('BACKUP_BROKEN'));
    }
    await kept.put(key, new TextEncoder().encode('{"format":'));
    await assert.rejects(readManifest(kept, tenant), withCode('BACKUP_BROKEN'));
    await kept.put('tenant-acme-corp/backup/config.json' as ObjectKey, new TextEncoder().encode('[]'));
    await assert.rejects(readBackupFile(kept, manifest, 'config.json'), withCode('BACKUP_BROKEN'));
  });

  it('attack 165: a manifest that names objects of elsewhere is refused', async () => {
    const kept = emptyPlace();
    const manifest = await take(kept);
    const evil = { ...manifest, objects: [{ key: 'tenant-acme-corp/../tenant-globex-inc/x', bytes: 1, sha256: '' }] };
    await kept.put(
      'tenant-acme-corp/backup/manifest.json' as ObjectKey,
      new TextEncoder().encode(JSON.stringify(evil)),
    );
    await assert.rejects(restoreTenant({ tenant, from: kept, to: emptyPlace(), sealing }), withCode('BACKUP_BROKEN'));
  });

  it('is complete although the pipeline goes on writing', async () => {
    const kept = emptyPlace();
    const writing = lab.engine.session(async (s) => {
      for (let i = 100; i < 120; i++) {
        const { version } = await orders(lab.lake).append(s, pairs([`w${i}`, i]));
        await lab.lake.releases.publish(release(((await lab.lake.releases.latest())?.number ?? 0) + 1, version));
      }
    });
    await take(kept);
    await writing;
    const back = emptyPlace();
    await restoreTenant({ tenant, from: kept, to: back, sealing });
    const { rows } = await sumIn(back);
    assert.ok(rows >= 25, String(rows));
  });

  it('erasing leaves nothing of the tenant and all of the others', async () => {
    const place = emptyPlace();
    const kept = emptyPlace();
    await take(kept);
    await restoreTenant({ tenant, from: kept, to: place, sealing });
    const other = 'tenant-globex-inc/gold/x' as ObjectKey;
    await place.put(other, new Uint8Array([1]));
    const { objects, left } = await eraseTenant(place, tenant);
    assert.ok(objects > 50);
    assert.equal(left, 0);
    assert.deepEqual(await place.get(other), Buffer.from([1]));
  });
});

describe('The checksum of rows', () => {
  it('does not depend on order, and tells rows, their number and their values apart', async () => {
    const lab = await openLab();
    const sum = (sql: string) => lab.engine.session((s) => checksumOf(s, { sql }));
    const base = await sum('select * from (values (1, true), (2, null)) t(a, b)');
    assert.deepEqual(await sum('select b, a from (values (2, null), (1, true)) t(a, b)'), base);
    for (const other of [
      '(1, true)',
      '(1, true), (2, null), (2, null)',
      '(1, true), (2, false)',
      '(1, null), (2, true)',
    ])
      assert.notDeepEqual(await sum(`select * from (values ${other}) t(a, b)`), base);
    assert.deepEqual(await sum('select 1 as a where false'), { rows: 0, sum: '0' });
    await lab.close();
  });
});
