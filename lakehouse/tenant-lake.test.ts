// A tenant's lake: raw pages, releases and quarantine, and that nothing of it can be steered outside the tenant's prefix.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fault, must, parseTenant, type Tenant } from '@tessera/base';
import fc from 'fast-check';
import type { ObjectKey, RawPage, Release, TableName } from './contract.ts';
import { keySegment, parseTableName, tenantKey } from './keys.ts';
import { openTenantLake } from './tenant-lake.ts';
import { type Lab, openLab } from './testing/lab.ts';

const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('tenant lake', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  const page = (over: Partial<RawPage> = {}): RawPage => ({
    source: 'okta',
    stream: 'users',
    run: 'r1',
    page: 0,
    receivedAt: new Date('2026-05-01T23:59:00Z'),
    request: 'GET /api/v1/users',
    status: 200,
    body: bytes('[{"id":"a","n":1},\n{"id":"b","n":2}]'),
    cursor: '{"after":"b"}',
    ...over,
  });

  describe('raw pages', () => {
    it('keep the exact bytes with their hash, request and time, where the design says', async () => {
      const entry = await lab.lake.raw.put(page());
      assert.equal(entry.key, 'tenant-acme-corp/raw/okta/users/2026-05-01/r1-000000.json.zst');
      assert.equal(entry.sha256, createHash('sha256').update(page().body).digest('hex'));
      const listed = await lab.anotherLake().raw.list('okta', 'users');
      assert.deepEqual(listed, [entry]);
      assert.deepEqual(Buffer.from(await lab.lake.raw.read(entry)), Buffer.from(page().body));
    });

    it('are not changed by a page that comes again', async () => {
      const first = await lab.lake.raw.put(page({ run: 'again' }));
      assert.deepEqual(await lab.lake.raw.put(page({ run: 'again', body: bytes('[]'), cursor: '{}' })), first);
      assert.deepEqual(Buffer.from(await lab.lake.raw.read(first)), Buffer.from(page().body));
    });

    it('exist only once their sidecar does', async () => {
      const { key } = await lab.lake.raw.put(page({ run: 'whole', stream: 'groups' }));
      const folder = join(lab.folder, 'lake', key, '..');
      await writeFile(join(folder, 'killed-000000.json.zst'), 'half a pa');
      assert.deepEqual(
        (await lab.lake.raw.list('okta', 'groups')).map((e) => e.run),
        ['whole'],
      );
      await lab.lake.raw.put(page({ run: 'killed', stream: 'groups' }));
      const [killed] = await lab.lake.raw.list('okta', 'groups', 'killed');
      assert.deepEqual(Buffer.from(await lab.lake.raw.read(killed!)), Buffer.from(page().body));
    });

    it('are listed by run and from a day on, in order', async () => {
      for (const [run, day] of [
        ['a', 1],
        ['b', 2],
        ['b-1', 3],
      ] as const) {
        for (const number of [11, 2]) {
          const receivedAt = new Date(Date.UTC(2026, 0, day, 12));
          await lab.lake.raw.put(page({ stream: 'factors', run, page: number, receivedAt }));
        }
      }
      const shown = async (run?: string, since?: Date) =>
        (await lab.lake.raw.list('okta', 'factors', run, since)).map((e) => `${e.run}:${e.page}`);
      assert.deepEqual(await shown(), ['a:2', 'a:11', 'b:2', 'b:11', 'b-1:2', 'b-1:11']);
      assert.deepEqual(await shown('b'), ['b:2', 'b:11']);
      assert.deepEqual(await shown(undefined, new Date('2026-01-02T23:00:00Z')), ['b:2', 'b:11', 'b-1:2', 'b-1:11']);
    });

    it('that rot on disk are refused', async () => {
      const entry = await lab.lake.raw.put(page({ run: 'rot' }));
      await assert.rejects(lab.lake.raw.read({ ...entry, sha256: '0'.repeat(64) }), code('RAW_PAGE_CORRUPT'));
      await writeFile(join(lab.folder, 'lake', entry.key), 'not zstd');
      await assert.rejects(lab.lake.raw.read(entry), code('RAW_PAGE_CORRUPT'));
    });

    it('can be read by the engine where they lie', async () => {
      const entry = await lab.lake.raw.put(page({ run: 'sql' }));
      const read = ([path]: readonly string[]) =>
        lab.engine.query(
          `select id, n from read_json('${path}', format = 'array', columns = {id: 'VARCHAR', n: 'BIGINT'})`,
        );
      assert.deepEqual(await lab.lake.raw.localPaths([entry], read), [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ]);
    });
  });

  describe('releases', () => {
    const release = (number: number): Release => ({
      number,
      at: new Date('2026-05-02T00:00:01.5Z'),
      asOf: new Date('2026-05-02T00:00:00Z'),
      run: `run-${number}`,
      tables: { dim_user: number },
      rows: { dim_user: 10 },
      inputs: {},
      sources: { okta: { newestOccurredAt: null, newestIngestAt: '2026-05-01T00:00:00.000Z', checkedAt: null } },
    });

    it('are numbered from one without gaps, and read back as they were published', async () => {
      const { releases } = lab.lake;
      assert.equal(await releases.latest(), undefined);
      await assert.rejects(releases.publish(release(2)), code('RELEASE_TAKEN'));
      await releases.publish(release(1));
      await releases.publish(release(2));
      const other = lab.anotherLake().releases;
      assert.deepEqual(await other.latest(), release(2));
      assert.deepEqual(await other.get(1), release(1));
      assert.equal(await other.get(3), undefined);
      await assert.rejects(other.publish(release(2)), code('RELEASE_TAKEN'));
      await other.publish(release(3));
      assert.deepEqual(await releases.latest(), release(3));
      const names = await readdir(join(lab.folder, 'lake/tenant-acme-corp/releases'));
      assert.deepEqual(names.sort(), ['1.json', '2.json', '3.json', 'newest-hint']);
    });

    it('are given to one of several that race for the same number', async () => {
      const racing = Array.from({ length: 6 }, () => lab.anotherLake('initech').releases.publish(release(1)));
      const settled = await Promise.allSettled(racing);
      assert.equal(settled.filter((s) => s.status === 'fulfilled').length, 1);
      for (const s of settled) if (s.status === 'rejected') assert(code('RELEASE_TAKEN')(s.reason));
    });

    it('are found without their hint, and in spite of one that is wrong', async () => {
      const hint = join(lab.folder, 'lake/tenant-acme-corp/releases/newest-hint');
      for (const wrong of ['', '999', '1', 'garbage']) {
        await writeFile(hint, wrong);
        assert.equal((await lab.anotherLake().releases.latest())?.number, 3);
      }
    });
  });

  it('quarantines records with their reason, once however often they are found', async () => {
    const found = ['x', 'y'].map((record) => ({
      source: 'jira' as const,
      stream: 'issues',
      run: 'r1',
      page: 3,
      reason: 'key is missing',
      record,
      at: new Date('2026-05-02T00:00:00Z'),
    }));
    await lab.lake.quarantine.put(found);
    await lab.lake.quarantine.put(found.map((f) => ({ ...f, at: new Date('2026-05-03T00:00:00Z') })));
    await lab.lake.quarantine.put([{ ...found[0]!, reason: 'other', record: 'line\nbreak' }]);
    const listed = await lab.anotherLake().quarantine.list();
    assert.deepEqual(listed.map((f) => f.record).sort(), ['line\nbreak', 'x', 'y']);
  });

  describe('names', () => {
    const bad = [
      '',
      '.',
      '..',
      '../b',
      'a/b',
      'a%2fb',
      'a\\b',
      'a b',
      '-a',
      '.a',
      'a..b',
      'a\0',
      'ä',
      '😀',
      'x'.repeat(201),
    ];
    for (const name of bad) {
      it(`refuses ${JSON.stringify(name.slice(0, 10))} as a step of a key`, () => {
        assert.throws(() => keySegment(name), code('NAME_INVALID'));
      });
    }

    it('never lets a key leave its tenant’s prefix (attack 149)', () => {
      fc.assert(
        fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 1, maxLength: 4 }), (steps) => {
          try {
            const key = tenantKey(lab.tenant, 'raw', ...steps);
            assert(key.startsWith('tenant-acme-corp/raw/'));
            assert.equal(join('/', key), `/${key}`);
          } catch (error) {
            assert(code('NAME_INVALID')(error));
          }
        }),
      );
    });

    it('takes table names of lower-case words only', () => {
      for (const good of ['dim_user', 'okta__users', 't1']) assert.equal(parseTableName(good).ok, true);
      for (const wrong of ['', 'Dim', '_a', 'a_', 'a___b', 'a-b', 'a.b', '../a', 'a/b', 7, null]) {
        assert.equal(parseTableName(wrong).ok, false);
      }
    });
  });

  it('takes no path and no text for a tenant, a key or a table: the compiler refuses', () => {
    const check = (raw: string) => {
      // @ts-expect-error a text is no tenant
      const tenant: Tenant = raw;
      // @ts-expect-error a text is no key
      const key: ObjectKey = raw;
      // @ts-expect-error a text is no table
      const table: TableName = raw;
      // @ts-expect-error a text opens no lake
      openTenantLake(lab.store, lab.engine, raw);
      // @ts-expect-error a text names no table
      lab.lake.table('gold', raw, { columns: {} });
      // @ts-expect-error there is no layer of another tenant
      lab.lake.table('../tenant-globex-inc/gold', table, { columns: {} });
      // @ts-expect-error a text reads nothing
      lab.store.get(`tenant-globex-inc/${raw}`);
      // @ts-expect-error an area is one of a list
      tenantKey(tenant, '../..', raw);
      return key;
    };
    assert.equal(typeof check, 'function');
    assert.equal(must(parseTenant('acme-corp')), lab.tenant);
  });
});
