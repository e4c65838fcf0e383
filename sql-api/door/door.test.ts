// The door with a real PostgreSQL behind it, asked by two drivers: sign-in, catalog, both protocols, errors, cancel, limits.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';

import pg from 'pg';
import Cursor from 'pg-cursor';
import postgres from 'postgres';
import { type Fixture, openFixture, tokenOf } from './test/fixture.ts';
import { toyPlan } from './test/toy-plan.ts';

let fixture: Fixture;
before(async () => {
  fixture = await openFixture(toyPlan, { limits: { sessionsPerTenant: 6, refusalMs: 50 } });
});
after(() => fixture.close());

async function withClient<T>(work: (client: pg.Client) => Promise<T>, url = fixture.url('acme-corp')): Promise<T> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
const fails = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  return true;
};

test('a person signs in with a token as password, and the database is the tenant', async () => {
  await withClient(async (client) => {
    const { rows } = await client.query('select current_database() as db, count(*)::int as n from pg_database');
    assert.deepEqual(rows, [{ db: 'acme-corp', n: 1 }]);
  });
  // The e-mail address is as good a name as the subject.
  await withClient(
    async (client) => assert.equal((await client.query('select 1 as one')).rows[0].one, 1),
    fixture.url('acme-corp', 'Ann@acme-corp.example', tokenOf('acme-corp', 'ann')),
  );
});

test('all settings of the session are told before the first ReadyForQuery: the JDBC driver reads no further', async () => {
  const client = new pg.Client(fixture.url('acme-corp'));
  const told: string[] = [];
  const wire = (client as unknown as { connection: NodeJS.EventEmitter }).connection;
  wire.on('parameterStatus', ({ parameterName }: { parameterName: string }) => told.push(parameterName));
  wire.once('backendKeyData', () => told.push('key'));
  wire.once('readyForQuery', () => told.push('ready'));
  await client.connect();
  await client.query('select 1');
  await client.end();
  assert.deepEqual(told.slice(-2), ['key', 'ready']);
  for (const name of ['server_version', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings'])
    assert.ok(told.includes(name), name);
});

test('every wrong sign-in gets the same words: another user, another tenant, no tenant, no token, a default account (attack 104)', async () => {
  const cases = [
    ['acme-corp', 'ben', tokenOf('acme-corp', 'ann')],
    ['globex-inc', 'ann', tokenOf('acme-corp', 'ann')],
    ['nowhere', 'ann', tokenOf('acme-corp', 'ann')],
    ['acme-corp', 'ann', 'x'],
    ['acme-corp', 'ann', tokenOf('acme-corp', 'ann', 1)],
    ['acme-corp', 'cube', ''],
    ['acme-corp', 'postgres', 'postgres'],
    ['acme-corp', 'door', ''],
    ['acme-corp', 'svc-nobody', 'x'],
    ['nowhere', 'svc-nobody', 'x'],
  ] as const;
  for (const [tenant, user, token] of cases)
    await assert.rejects(
      withClient(async () => {}, fixture.url(tenant, user, token || 'x')),
      (error: Error) => {
        assert.equal(error.message, `password authentication failed for user "${user}"`);
        return fails('28P01')(error);
      },
    );
});

test('a service account signs in by SCRAM, is rotated and removed; its open session ends with it', async () => {
  const { user, password } = await fixture.accounts.create({
    tenant: 'acme-corp' as never,
    name: 'bi',
    role: 'analyst',
  });
  assert.equal(user, 'svc-bi');
  const url = fixture.url('acme-corp', user, password);
  await withClient(async (client) => {
    assert.equal((await client.query('select sum(device_count)::int as n from devices')).rows[0].n, 15);
    await assert.rejects(
      withClient(async () => {}, fixture.url('globex-inc', user, password)),
      fails('28P01'),
    );
    const renewed = await fixture.accounts.rotate('acme-corp' as never, user);
    await assert.rejects(
      withClient(async () => {}, url),
      fails('28P01'),
    );
    await withClient(async () => {}, fixture.url('acme-corp', user, renewed.password));
    await assert.rejects(client.query('select 1'), fails('28P01'));
  }, url);
  await fixture.accounts.remove('acme-corp' as never, user);
  await assert.rejects(
    withClient(async () => {}, url),
    fails('28P01'),
  );
});

test('a revocation shuts the accounts of then: those made or rotated afterwards are let in, and so is nobody else', async () => {
  const tenant = 'acme-corp' as never;
  const make = (name: string) => fixture.accounts.create({ tenant, name, role: 'analyst' });
  const knock = (of: { user: string; password: string }) =>
    withClient((client) => client.query('select 1 as one'), fixture.url(tenant, of.user, of.password));
  const old = await make('before');
  await knock(old);
  const began = fixture.world.now;
  try {
    await withClient(
      async (client) => {
        fixture.world.revocations = [{ tenant, subject: null, until: Math.floor(began.getTime() / 1000) }];
        await assert.rejects(client.query('select 1'), fails('28P01'));
      },
      fixture.url(tenant, old.user, old.password),
    );
    await assert.rejects(knock(old), fails('28P01'));
    const sameSecond = await make('meanwhile');
    await assert.rejects(knock(sameSecond), fails('28P01'));
    fixture.world.now = new Date(began.getTime() + 1000);
    await knock(await make('after'));
    await assert.rejects(knock(old), fails('28P01'));
    await knock(await fixture.accounts.rotate(tenant, old.user));
  } finally {
    fixture.world.now = began;
    fixture.world.revocations = [];
    for (const { user } of await fixture.accounts.list()) await fixture.accounts.remove(tenant, user);
  }
});

test('views are tables with types, keys and comments', async () => {
  await withClient(async (client) => {
    const columns = await client.query(
      `select column_name, data_type, col_description('devices'::regclass, ordinal_position) as about
       from information_schema.columns where table_name = 'devices' order by ordinal_position`,
    );
    assert.deepEqual(columns.rows[0], {
      column_name: 'device_count',
      data_type: 'bigint',
      about: 'Title of device_count: What device_count means.',
    });
    assert.deepEqual(
      columns.rows.map(({ data_type }) => data_type),
      ['bigint', 'double precision', 'text', 'text', 'timestamp without time zone'],
    );
    const keys = await client.query(
      `select contype, conrelid::regclass::text as t, confrelid::regclass::text as f from pg_constraint where contype in ('p', 'f') and connamespace = 'public'::regnamespace order by 1`,
    );
    assert.deepEqual(keys.rows, [
      { contype: 'f', t: 'devices', f: 'projects' },
      { contype: 'p', t: 'projects', f: '-' },
    ]);
  });
});

test('sessions of the same rights see the same OIDs; another tenant has a database of his own', async () => {
  const oid = (url?: string) =>
    withClient(
      async (client) => (await client.query(`select 'devices'::regclass::oid as o, current_database() as d`)).rows[0],
      url,
    );
  assert.deepEqual(await oid(), await oid());
  const other = await oid(fixture.url('globex-inc'));
  assert.equal(other.d, 'globex-inc');
});

test('no catalog names another tenant, another role or another session (attack 109)', async () => {
  await withClient(async () => {
    await withClient(async (client) => {
      for (const [sql, most] of [
        ['select datname from pg_catalog.pg_database', 1],
        ['select rolname from pg_catalog.pg_roles', 1],
        ['select usename from pg_catalog.pg_user', 1],
        ['select rolname from pg_catalog.pg_authid', 1],
        ['select pid from pg_catalog.pg_stat_activity', 1],
        ['select * from pg_catalog.pg_stat_database', 0],
        ['select * from pg_catalog.pg_shdepend', 0],
        ['select * from pg_catalog.pg_shdescription', 0],
        ['select * from pg_catalog.pg_auth_members', 0],
        ['select * from pg_catalog.pg_db_role_setting', 0],
        ['select * from pg_catalog.pg_locks', 0],
        [`select setting from pg_catalog.pg_settings where setting like '%/%' and name not in ('TimeZone')`, 0],
      ] as const)
        assert.equal((await client.query(sql)).rows.length, most, sql);
      for (const sql of [
        'select * from pg_catalog.pg_database_',
        'select * from pg_catalog.pg_authid_',
        'select pg_catalog.pg_stat_get_activity(null)',
        'select pg_catalog.pg_database_size(1::oid)',
        'select pg_sleep(0)',
        "select pg_read_file('/etc/passwd')",
        'select * from pg_largeobject',
        'do $$begin end$$',
        'create table public.mine (a int)',
        "copy (select 1) to program 'true'",
      ])
        await assert.rejects(client.query(sql), fails('42501'), sql);
      const { rows } = await client.query('select * from pg_catalog.pg_settings');
      assert.doesNotMatch(JSON.stringify(rows), /globex|tessera/);
    });
  }, fixture.url('globex-inc'));
});

test('rows enter the twin with their types, in text and in binary, by both protocols', async () => {
  const wanted = [
    ['iOS', '3', 33.3333333333333, '2026-01-31 00:00:00'],
    ['mac"OS\\', '5', 100, '2026-02-28 12:34:56.789'],
    ['näive €', '7', null, null],
  ];
  const sql = 'select platform, device_count, compliance_pct, enrolled_at::text from devices order by device_count';
  await withClient(async (client) => {
    assert.deepEqual((await client.query({ text: sql, rowMode: 'array' })).rows, wanted);
    const named = { name: 'n', text: `${sql} offset $1`, values: [1], rowMode: 'array' as const };
    assert.deepEqual((await client.query(named)).rows, wanted.slice(1));
  });
  const binary = new pg.Client({ connectionString: fixture.url('acme-corp'), binary: true } as pg.ClientConfig);
  await binary.connect();
  const typed = await binary.query('select device_count, compliance_pct from devices offset $1 limit 1', [1]);
  assert.deepEqual(typed.rows, [{ device_count: '5', compliance_pct: 100 }]);
  await binary.end();
  const sqlTag = postgres(fixture.url('acme-corp'), { max: 1 });
  const rows = await sqlTag`select platform, device_count::int as n from devices where device_count > ${4} order by 1`;
  assert.deepEqual(
    [...rows],
    [
      { platform: 'mac"OS\\', n: 5 },
      { platform: 'näive €', n: 7 },
    ],
  );
  await sqlTag.end();
});

test('around the rows PostgreSQL computes what it always does: windows, CTEs, cursors, temporary tables, transactions', async () => {
  await withClient(async (client) => {
    const one = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows;
    assert.deepEqual(await one('select sum(device_count) over (order by platform)::int from devices order by 1'), [
      [3],
      [8],
      [15],
    ]);
    assert.deepEqual(
      await one('with a as (select device_count c from devices) select max(c)::int from a union all select 0'),
      [[7], [0]],
    );
    await client.query('begin');
    await client.query('declare c scroll cursor for select device_count::int as n from devices');
    assert.deepEqual((await client.query('fetch 2 from c')).rows, [{ n: 3 }, { n: 5 }]);
    assert.deepEqual((await client.query('fetch backward 1 from c')).rows, [{ n: 3 }]);
    await client.query('commit');
    await client.query('create temp table kept as select * from devices');
    assert.deepEqual(await one('select count(*)::int from kept'), [[3]]);
    const all = (await client.query(
      'select 1 as a; select count(*)::int as b from devices; select 2 as c',
    )) as unknown as pg.QueryResult[];
    assert.deepEqual(
      all.map(({ rows }) => rows[0]),
      [{ a: 1 }, { b: 3 }, { c: 2 }],
    );
    const cursor = client.query(new Cursor('select device_count::int as n from devices where device_count > $1', [0]));
    assert.deepEqual(await cursor.read(2), [{ n: 3 }, { n: 5 }]);
    assert.deepEqual(await cursor.read(2), [{ n: 7 }]);
    await cursor.close();
    assert.deepEqual((await one('explain select * from devices')).flat()[0], 'Semantic query on devices');
  });
});

test('two portals of one statement keep their own rows, and each has its own parameters (attack 112)', async () => {
  await withClient(async (client) => {
    await client.query('begin');
    const a = client.query(new Cursor('select device_count::int as n from devices where device_count > $1', [0]));
    assert.deepEqual(await a.read(1), [{ n: 3 }]);
    await a.close();
    await client.query('commit');
    const sql = { name: 'same', text: 'select count(*)::int as n from devices where device_count > $1' };
    const many = await Promise.all([0, 3, 5, 7].map((n) => client.query({ ...sql, values: [n] })));
    assert.deepEqual(
      many.map(({ rows }) => rows[0].n),
      [3, 2, 1, 0],
    );
  });
});

test('a constant expression of a filter is computed by PostgreSQL before the question, with the parameters', async () => {
  await withClient(async (client) => {
    await client.query('/* probe */ select platform from devices');
    await client.query('/* probe */ select platform from devices where device_count > $1::int', [41]);
    const filters = fixture.asked.slice(-2).map(({ query }) => (query as { filters: unknown }).filters);
    assert.deepEqual(filters, [[{ params: [], probed: ['2'] }], [{ params: ['41'], probed: ['42'] }]]);
  });
});

test('an error has its SQLSTATE, hint and position; the session and its transaction behave as ever', async () => {
  await withClient(async (client) => {
    const refused = { code: '0A000', position: '8', hint: 'Leave it.' };
    for (const text of [
      'select forbidden',
      { text: 'select forbidden', values: [] },
      { name: 'x', text: 'select forbidden where $1', values: [true] },
    ])
      await assert.rejects(client.query(text as never), (error: Error) => {
        const { code, position, hint } = error as Error & Record<string, string>;
        assert.deepEqual({ code, position, hint }, refused);
        return true;
      });
    assert.equal((await client.query('select 1 as one')).rows[0].one, 1);
    // Positions are those of the client's text, counted in characters, though PostgreSQL saw another.
    await assert.rejects(
      client.query(`select 'näive €', nope from devices`),
      (error: Error & { position?: string }) => {
        assert.equal(error.position, '19');
        return fails('42703')(error);
      },
    );
    await assert.rejects(
      client.query('select platform from devices where device_count > 0 and nope = $1', [1]),
      (error: Error & { position?: string }) => {
        assert.equal(error.position, '57');
        return fails('42703')(error);
      },
    );
    await client.query('begin');
    await assert.rejects(client.query('select forbidden'), fails('0A000'));
    await assert.rejects(client.query('select 1'), fails('25P02'));
    await assert.rejects(client.query('select * from devices'), fails('25P02'));
    await assert.rejects(client.query('select $1::int', [1]), fails('25P02'));
    await client.query('rollback');
    assert.equal((await client.query('select count(*)::int as n from devices')).rows[0].n, 3);
    await assert.rejects(client.query('select too_many.* from devices as too_many'), fails('54000'));
  });
});

test('what the semantic layer refuses is refused here with its SQLSTATE; what PostgreSQL would read itself is refused, too', async () => {
  await withClient(async (client) => {
    await client.query({ name: 'kept', text: 'select platform from devices where $1', values: [true] });
    fixture.world.denied.add('devices.platform');
    await assert.rejects(
      client.query({ name: 'kept', text: 'select platform from devices where $1', values: [true] }),
      fails('42501'),
    );
    await assert.rejects(client.query('select platform from devices'), fails('42501'));
    fixture.world.denied.clear();
    // The toy planner does not know TABLE: the trap in the table does.
    await assert.rejects(client.query('table devices'), fails('0A000'));
    await assert.rejects(client.query('select measure(device_count) from devices'), fails('0A000'));
    assert.equal(
      (await client.query('select measure(device_count)::int as n from devices group by platform order by 1')).rows[2]
        .n,
      7,
    );
  });
});

test('expired tokens end the session at its next statement; rights taken away fail the statement (attack 113)', async () => {
  const before = fixture.world.now;
  const soon = Math.floor(before.getTime() / 1000) + 60;
  await withClient(
    async (client) => {
      await client.query('select 1');
      fixture.world.hasSql = false;
      await assert.rejects(client.query('select * from devices'), fails('42501'));
      await assert.rejects(client.query('select $1::int', [1]), fails('42501'));
      await assert.rejects(
        withClient(async () => {}),
        fails('42501'),
      );
      fixture.world.hasSql = true;
      await client.query('select * from devices');
      fixture.world.now = new Date((soon + 1) * 1000);
      await assert.rejects(client.query('select 1'), fails('28P01'));
      await assert.rejects(client.query('select 1'));
    },
    fixture.url('acme-corp', 'ann', tokenOf('acme-corp', 'ann', soon)),
  );
  fixture.world.now = before;
});

test('a portal that has rows left gives none once the sign-in has ended or the right is gone (attack 113)', async () => {
  const before = fixture.world.now;
  const soon = Math.floor(before.getTime() / 1000) + 60;
  const text = 'select g from generate_series(1, 10) as g';
  await withClient(
    async (client) => {
      const gone = client.query(new Cursor(text));
      assert.equal((await gone.read(2)).length, 2);
      fixture.world.hasSql = false;
      await assert.rejects(gone.read(2), fails('42501'));
      fixture.world.hasSql = true;
      const over = client.query(new Cursor(text));
      assert.equal((await over.read(2)).length, 2);
      fixture.world.now = new Date((soon + 1) * 1000);
      await assert.rejects(over.read(2), fails('28P01'));
    },
    fixture.url('acme-corp', 'ann', tokenOf('acme-corp', 'ann', soon)),
  );
  fixture.world.now = before;
});

test('a question is cancelled by its own client only (attack 114)', async () => {
  await withClient(async (client) => {
    fixture.world.slowMs = 5_000;
    const before = fixture.asked.length;
    const slow = client.query('select * from devices');
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    while (fixture.asked.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = fixture.asked.at(-1);
    await cancel(processID, secretKey ^ 1);
    assert.equal(asked?.signal?.aborted, false);
    await cancel(processID, secretKey);
    await assert.rejects(slow, fails('57014'));
    assert.equal(asked?.signal?.aborted, true);
    fixture.world.slowMs = 0;
    const busy = client.query('select count(*) from generate_series(1, 1000000000)');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cancel(processID, secretKey);
    await assert.rejects(busy, fails('57014'));
    await client.query('select * from devices');
  });
});

function cancel(pid: number, secret: number): Promise<void> {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(pid, 8);
  request.writeInt32BE(secret, 12);
  return new Promise((resolve, reject) => {
    const socket = net.connect(fixture.door.port, '127.0.0.1', () => socket.end(request));
    socket.once('close', () => resolve());
    socket.once('error', reject);
    socket.resume();
  });
}

test('a tenant has so many sessions and no more, another tenant his own', async () => {
  const clients: pg.Client[] = [];
  for (let i = 0; i < 6; i += 1) {
    const client = new pg.Client(fixture.url('acme-corp'));
    await client.connect();
    clients.push(client);
  }
  await assert.rejects(
    withClient(async () => {}),
    fails('53300'),
  );
  await withClient(async () => {}, fixture.url('globex-inc'));
  await Promise.all(clients.map((client) => client.end()));
});

test('each tenant gets his own rows', async () => {
  const sum = (url: string) =>
    withClient(
      async (client) => (await client.query('select sum(device_count)::int as n from devices')).rows[0].n,
      url,
    );
  assert.equal(await sum(fixture.url('acme-corp')), 15);
  assert.equal(await sum(fixture.url('globex-inc')), 15_000);
});
