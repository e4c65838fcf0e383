// Tokens of personal data: HMAC-SHA256 as Node computes it, joinable within a tenant and never across, and nothing of the key is left anywhere.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { must, parseTenant, type Tenant } from '@tessera/base';
import fc from 'fast-check';
import type { Release } from './contract.ts';
import { DuckDBInstance } from './duckdb.ts';
import { revealTokens } from './pii-reveal.ts';
import { renderToken, tokenForm, withMaskKey } from './pii-tokens.ts';
import { createServing, type ServingDoor } from './serving.ts';
import { type Lab, openLab, tableName, withCode } from './testing/lab.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));
const hmac = (key: Uint8Array, message: string) => createHmac('sha256', key).update(message).digest('hex').slice(0, 16);
const users = { email: 'VARCHAR', display_name: 'VARCHAR', n: 'BIGINT', created_at: 'TIMESTAMPTZ' };
const events = { actor_login: 'VARCHAR', client_ip: 'VARCHAR', n: 'BIGINT', occurred_at: 'TIMESTAMPTZ' };
const tables = {
  dim_user: { columns: users, pii: ['email', 'display_name'] },
  fact_event: { columns: events, pii: ['actor_login', 'client_ip'] },
};

describe('a token', () => {
  it('is the HMAC-SHA256 that node:crypto computes, for every text and key', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const tokenOf = async (column: string, value: string) => {
      const read = await connection.runAndReadAll(`select ${renderToken(column, '$1')}`, [value]);
      return read.getRows()[0]?.[0];
    };
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.string({ unit: 'binary' }), (key, value) =>
        withMaskKey(connection, key, async () => {
          assert.equal(await tokenOf('device_name', value), `device_${hmac(key, `device|${value}`)}`);
          const email = Buffer.from(value).toString('hex');
          assert.equal(await tokenOf('email', ` ${email.toUpperCase()}`), `person_${hmac(key, `person|${email}`)}`);
        }),
      ),
      { numRuns: 100 },
    );
    const left = await connection.runAndReadAll("select getvariable('mask_inner'), getvariable('mask_outer')");
    assert.deepEqual(left.getRows(), [[null, null]], 'nothing of the key stays with the connection');
    await assert.rejects(tokenOf('email', 'a').then((token) => assert.match(String(token), tokenForm)));
    connection.closeSync();
    instance.closeSync();
  });
});

describe('a serving copy with personal columns', () => {
  let lab: Lab;
  let serving: ServingDoor;
  const keys = new Map<Tenant, Uint8Array>([acme, globex].map((of) => [of, randomBytes(32)]));
  const maskKeyOf = async (of: Tenant) => keys.get(of) ?? randomBytes(32);
  const people = Array.from({ length: 50 }, (_, i) => `user-${i}@example.test`);

  before(async () => {
    lab = await openLab();
    serving = createServing({ folder: join(lab.folder, 'serving'), memoryLimit: '256MB', tables, maskKeyOf });
    for (const name of ['acme-corp', 'globex-inc']) await release(name, 1);
  });
  after(async () => {
    serving.close();
    await lab.close();
  });

  /** The same people in both tenants: whatever tells them apart is the key. */
  async function release(of: string, number: number): Promise<Release> {
    const lake = lab.anotherLake(of);
    const at = "timestamptz '2026-01-01 00:00:00Z'";
    const users = people.map((email, i) => `('${email}', ${i === 0 ? 'null' : `'Person ${i}'`}, ${i}::bigint, ${at})`);
    const sources = {
      dim_user: `select * from (values ${users.join(', ')}) t(email, display_name, n, created_at)`,
      fact_event: `select ${i50} as actor_login, '10.0.0.' || i as client_ip, i::bigint as n, ${at} as occurred_at from range(200) r(i)`,
    };
    const versions: Record<string, number> = {};
    for (const [name, sql] of Object.entries(sources)) {
      const columns = tables[name as keyof typeof tables].columns;
      const table = lake.table('gold', tableName(name), { columns });
      versions[name] = (await lab.engine.session((s) => table.overwrite(s, { sql }))).version;
    }
    const made: Release = {
      number,
      at: new Date(),
      asOf: new Date(),
      run: 'r',
      tables: versions,
      rows: {},
      inputs: {},
      sources: {},
    };
    await serving.build(lake, made);
    return made;
  }
  const i50 = "case when i = 7 then null else 'User-' || (i % 50) || '@EXAMPLE.test' end";
  const tokens = async (of: Tenant, sql: string) => (await serving.query(of, sql)).map((row) => row.token);

  it('joins the same person in every table, however spelled, and leaves null null', async () => {
    const [row] = await serving.query(
      acme,
      `select count(*) filter (u.n is not null) joined, count(*) filter (e.actor_login is null and e.actor_login_token is null) empty, count(*) all_rows
       from fact_event e left join dim_user u on u.email_token = e.actor_login_token`,
    );
    assert.deepEqual(row, { joined: 199, empty: 1, all_rows: 200 });
    const [same] = await serving.query(acme, 'select email_token from dim_user where n = 3');
    const key = keys.get(acme) ?? new Uint8Array();
    assert.equal(same?.email_token, `person_${hmac(key, 'person|user-3@example.test')}`);
    const [unnamed] = await serving.query(acme, 'select display_name_token t from dim_user where n = 0');
    assert.equal(unnamed?.t, null);
  });

  it('has no token that another tenant has, whatever the people (attack 126)', async () => {
    for (const sql of [
      'select email_token as token from dim_user',
      'select display_name_token as token from dim_user where display_name is not null',
      'select client_ip_token as token from fact_event',
    ]) {
      const [ours, theirs] = [new Set(await tokens(acme, sql)), await tokens(globex, sql)];
      assert.ok(ours.size >= 49);
      assert.deepEqual(
        theirs.filter((token) => ours.has(token)),
        [],
      );
    }
    await fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (key, value) => {
        const other = Uint8Array.from(key, (byte, i) => (i === 0 ? byte ^ 1 : byte));
        assert.notEqual(hmac(key, value), hmac(other, value));
      }),
    );
  });

  it('holds nothing of the key, nor does any file beside it', async () => {
    const key = Buffer.from(keys.get(acme) ?? []);
    const pads = [0x36, 0x5c].map((pad) => Buffer.from(key.map((byte) => byte ^ pad)));
    const forms = [key, ...pads].flatMap((bytes) => [bytes, bytes.toString('hex'), bytes.toString('base64')]);
    let files = 0;
    for (const entry of await readdir(lab.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      files++;
      const content = await readFile(join(entry.parentPath, entry.name));
      for (const form of forms) assert.equal(content.indexOf(form), -1, entry.name);
    }
    assert.ok(files > 5);
  });

  it('keeps its tokens where a table is taken over from the release before, and makes all anew under another key', async () => {
    const sql = 'select email_token as token from dim_user order by n';
    const first = await tokens(acme, sql);
    await release('acme-corp', 2);
    assert.deepEqual(await tokens(acme, sql), first);
    const folder = join(lab.folder, 'serving-rekeyed');
    const shown: string[][] = [];
    for (const key of [randomBytes(32), randomBytes(32)]) {
      const one = createServing({ folder, memoryLimit: '256MB', tables, maskKeyOf: async () => key });
      await one.build(lab.anotherLake('globex-inc'), serving.serving(globex) as Release);
      shown.push((await one.query(globex, sql)).map(({ token }) => String(token)));
      one.close();
    }
    assert.equal(shown[1]?.length, 50);
    assert.deepEqual(
      shown[1]?.filter((token) => shown[0]?.includes(token)),
      [],
    );
  });

  it('gives values back for its own tokens alone: others and unknown ones are absent alike', async () => {
    const own = (await tokens(acme, 'select email_token as token from dim_user order by n limit 2')) as string[];
    const key = Buffer.from(keys.get(globex) ?? []);
    const foreign = `person_${hmac(key, 'person|user-0@example.test')}`;
    const found = await revealTokens(serving, tables, acme, [...own, foreign, 'person_0123456789abcdef']);
    const shown = found.map(({ token, value }) => [own.indexOf(token), value]).sort();
    assert.deepEqual(shown, [
      [0, 'User-0@EXAMPLE.test'],
      [0, 'user-0@example.test'],
      [1, 'User-1@EXAMPLE.test'],
      [1, 'user-1@example.test'],
    ]);
    assert.deepEqual(await revealTokens(serving, tables, acme, [foreign]), []);
    await assert.rejects(revealTokens(serving, tables, acme, ["person_' or true --"]), withCode('QUERY_REFUSED'));
  });
});
