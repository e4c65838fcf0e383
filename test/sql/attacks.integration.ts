// Attacks on the running SQL door, by number: Cube, the planner and a PostgreSQL behind it are real, and so are the bytes.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { acme, globex } from '../cube/served-tenants.ts';
import { codeOf, rowsOf } from './open-door.ts';
import { int, rawClient, signedIn, startMessage, text, typed } from './raw-client.ts';
import { client, open, useDoor } from './use-door.ts';

useDoor({ limits: { loginTimeoutMs: 3_000 } });
const refused = async (sql: string, code: string) => assert.equal(await codeOf(client.query(sql)), code, sql);

test('attack 102: lengths and starts that cannot be: 08P01 and closed, nothing kept', async () => {
  const user = { user: 'u1', database: acme };
  const wide = startMessage({ ...user, application_name: 'x'.repeat(11_000) });
  for (const [bytes, code] of [
    [int(0xffffffff), '08P01'],
    [int(3), '08P01'],
    [int(0), '08P01'],
    [wide, '08P01'],
    [startMessage({ database: acme }), '28000'],
    [startMessage(user, 0x20000), '08P01'],
    [startMessage(user, 0x30009), '08P01'],
  ] as const) {
    const raw = rawClient(open.door.port);
    raw.send(bytes, Buffer.alloc(4));
    const { codes, closed } = await raw.closed();
    assert.deepEqual([codes, closed], [[code], true]);
  }
  // A length of a gigabyte is refused when it is read, not when it has come.
  const raw = await signedIn(await open.url());
  raw.send(Buffer.from('Q'), int(0x3fff_ffff), Buffer.alloc(64));
  assert.deepEqual((await raw.closed()).codes, ['08P01']);
});

test('attack 104: no default user, no empty password, no token of another', async () => {
  const token = await open.served.token(acme);
  for (const [user, database, proof] of [
    ['cube', acme, ''],
    ['postgres', acme, ''],
    ['door', acme, ''],
    ['cube', 'cube', 'cube'],
    ['u2', acme, token],
    ['u1', globex, token],
    ['u1', 'template1', token],
    ['u1', 'postgres', token],
  ] as const) {
    const raw = rawClient(open.door.port);
    raw.send(startMessage({ user, database }));
    await raw.until('R');
    raw.send(typed('p', text(proof)));
    assert.deepEqual((await raw.closed()).codes, ['28P01'], `${user} ${database}`);
  }
  open.world.elapsedMs += 600_000;
});

test('attack 106: no statement changes who asks', async () => {
  for (const sql of [
    'set role door',
    "set role 'postgres'",
    'set session authorization door',
    'reset session authorization',
    "set user = 'b'",
    "set door.user = 'ben'",
    'reset role',
    "select set_config('role', 'door', false)",
    "select set_config('door.user', 'ben', false)",
    'alter role current_user superuser',
    'set local role none',
    'set search_path = door',
  ])
    assert.match((await codeOf(client.query(sql))) ?? 'done', /^(42501|22023|42601)$/, sql);
  await refused("select count(*) from users where __user = 'b'", '42703');
  assert.deepEqual(await rowsOf(client, 'select current_user'), [['u1']]);
});

test('attack 108: whatever names a view, it is the caller’s own part of it; the table behind it answers nobody', async () => {
  const one = [['4']];
  for (const sql of [
    'select count(*) from "users"',
    'select count(*) from public.users',
    'select count(*) from "public"."users" as tenant_id',
    'with x as (select * from users) select count(*) from x',
    'select count(*) from (table users) x',
    'select (select count(*) from users)',
  ]) {
    const answer = await rowsOf(client, sql).catch((error: { code?: string }) => error.code);
    assert.ok(answer === '0A000' || JSON.stringify(answer) === JSON.stringify(one), `${sql} ${JSON.stringify(answer)}`);
  }
  for (const [sql, code] of [
    ['select * from gold.users', '42501'],
    ['select * from dim_user', '42P01'],
    ['select * from acme.public.users', '42501'],
    ['select * from {users}', '42601'],
    ["select * from query('users')", '42501'],
    ["select * from 'users'::regclass", '42601'],
    ['select tenant_id from users', '42703'],
    ['select users.tenant_id from users users', '42703'],
    ["select ('users'::regclass)::regrole", '42501'],
    ['select * from only users', ''],
    ['select * from users tablesample system (100)', ''],
    ['select ctid, xmin, tableoid from users', ''],
    ['select users from users', ''],
  ] as const) {
    const found = await codeOf(client.query(sql));
    if (code) assert.equal(found, code, sql);
    // Served or refused, but never what lies in the table that PostgreSQL sees.
    else assert.match(found ?? 'served', /^(0A000|42\w{3}|served)$/, sql);
  }
});

test('attack 109: catalogs, settings and functions tell nothing of other tenants, of other sessions or of this machine', async () => {
  const other = await open.connect(globex, { subject: 'canary-of-globex' });
  await other.query("select 'canary-in-a-statement'");
  await rowsOf(other, 'create temp table canary_table as select 1 as canary_column');
  let seen = '';
  const { rows } = await client.query(
    // Everything that shows what all databases share, what runs, or what is set; the rest is the same everywhere.
    `select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')
       and relname ~ '^pg_(stat_|database|authid|auth_|roles|user|group|shadow|settings|locks|tablespace|db_role|sh|prepared|cursors|hba|ident|file|config|backend|replication|subscription|seclabel|polic|tables|views|namespace|largeobject|foreign|publication|extension|parameter|wait|aios|index)' `,
  );
  for (const { relname } of rows as { relname: string }[]) {
    const answer = await client
      .query(`select * from pg_catalog."${relname}"`)
      .catch((error: Error) => ({ rows: error.message }));
    seen += JSON.stringify(answer.rows);
  }
  for (const sql of [
    'select version()',
    'show all',
    "select current_setting('data_directory')",
    "select current_setting('hba_file')",
    "select current_setting('unix_socket_directories')",
    "select current_setting('config_file')",
  ])
    seen += JSON.stringify(
      await client.query(sql).then(
        ({ rows: found }) => found,
        (error: Error) => error.message,
      ),
    );
  assert.deepEqual(seen.match(/.{0,80}(canary|globex|tessera-sql|\/run-\d|s\.PGSQL|\/tmp\/).{0,40}/g), null);
  await other.end();
});

test('attack 110: several statements, comments and everything that is not reading', async () => {
  for (const [sql, code] of [
    ['select 1; drop table users', '25006'],
    ['select 1; update users set email = null', '25006'],
    ['/* a /* nested */ */ delete from users', '25006'],
    ['select 1 /*!; drop table users */', ''],
    ['copy users to stdout', '42501'],
    ["copy (select 1) to '/tmp/x'", '42501'],
    ["copy users from program 'id'", '42501'],
    ['do $$begin perform 1; end$$', '42501'],
    ['listen x', '42501'],
    ['notify x', '42501'],
    ["insert into users (email) values ('x')", '25006'],
    ['create table t (a int)', '25006'],
    ['create view v as select 1', '42501'],
    ['create function f() returns int language sql as $$select 1$$', '42501'],
    ['truncate users', '25006'],
    ['prepare x as delete from users', '42501'],
    ['explain analyze delete from users', '25006'],
    ['with x as (delete from users returning 1) select * from x', '25006'],
    ['select 1 into users', '25006'],
    ['grant all on users to public', '42501'],
    ['vacuum', '42501'],
    ['select pg_notify($$a$$, $$b$$)', '42501'],
    ['select lo_creat(-1)', '42501'],
    ["select dblink('x', 'y')", '42501'],
    ['select pg_sleep(100)', '42501'],
    ["select query_to_xml('select 1', true, true, '')", '42501'],
  ] as const) {
    const found = await codeOf(client.query(sql));
    if (code === '') assert.equal(found, undefined, sql);
    else if (found !== code) assert.match(found ?? 'done', /^(25006|42501)$/, sql);
  }
  assert.deepEqual(await rowsOf(client, 'select count(*)::int from users'), [[4]]);
});

test('attack 112: parameters that lie about themselves fail their statement or their session, and are never SQL', async () => {
  assert.deepEqual(await rowsOf(client, 'select count(*)::int from users where department = $1', ["' or '1'='1"]), [
    [0],
  ]);
  assert.deepEqual(await rowsOf(client, 'select count(*)::int from users where department = $1', ["O'Hara"]), [[1]]);
  const raw = await signedIn(await open.url());
  const parse = (sql: string, ...oids: number[]) =>
    typed('P', text(''), text(sql), Buffer.from([0, oids.length]), ...oids.map(int));
  const bind = (format: number, value: Buffer) =>
    typed('B', text(''), text(''), Buffer.from([0, 1, 0, format, 0, 1]), int(value.length), value, Buffer.from([0, 0]));
  const run = [typed('E', text(''), int(0)), typed('S')];
  const sql = 'select count(*) from auth_attempts where started_at > $1';
  for (const [oid, format, value, codes] of [
    [1114, 1, Buffer.from([1, 2, 3]), /^(22P03|08P01)$/],
    [1114, 0, Buffer.from('never'), /^22(007|P02)$/],
    [1114, 7, Buffer.from('x'), /^(22P03|22023|08P01)$/],
    // What PostgreSQL itself says of a type that is not there.
    [999_999, 0, Buffer.from('x'), /^XX000$/],
    [1114, 0, Buffer.from([0xff, 0xfe]), /^22\w{3}$/],
  ] as const) {
    raw.send(parse(sql, oid), bind(format, value), ...run);
    const said = await raw.until('Z');
    assert.match(said.codes[0] ?? 'none', codes, `${oid} ${format} ${said.codes}`);
    assert.equal(said.closed, false);
  }
  // As many parameters as the count can say, of a statement with one.
  raw.send(
    parse('select $1::int'),
    typed(
      'B',
      text(''),
      text(''),
      Buffer.from([0, 0, 0xff, 0xff]),
      ...Array.from({ length: 65_535 }, () => int(0xffffffff)),
      Buffer.from([0, 0]),
    ),
    ...run,
  );
  assert.deepEqual((await raw.until('Z')).codes, ['08P01']);
  // A Bind whose values go beyond its end closes the session, and no other.
  raw.send(typed('B', text(''), text(''), Buffer.from([0, 0, 0, 1]), int(0x7fff_ffff)), typed('S'));
  assert.deepEqual((await raw.closed()).codes, ['08P01']);
  // The same name of two sessions is two statements.
  const other = await open.connect(globex);
  await client.query({ name: 'same', text: 'select count(*) from users' });
  assert.equal(await codeOf(other.query('execute same')), '26000');
  await other.end();
});

test('attack 114: guessed cancel requests stop nobody, also many of them', async () => {
  const busy = client.query('select count(*)::int from generate_series(1, 1500000) g');
  for (let i = 0; i < 60; i += 1) {
    await new Promise<void>((resolve) => {
      const socket = net.connect(open.door.port, '127.0.0.1', () => {
        socket.end(
          Buffer.concat([
            int(16),
            int(80_877_102),
            int((client as unknown as { processID: number }).processID),
            int(i * 2_654_435),
          ]),
        );
      });
      socket.resume();
      socket.on('error', () => {});
      socket.once('close', () => resolve());
    });
  }
  assert.deepEqual((await busy).rows, [{ count: 1_500_000 }]);
});

test('attack 116: what would be finished over something that was cut is refused, never wrong', async () => {
  for (const sql of [
    'select measure(mttr_hours) from issues group by upper(priority)',
    'select sum(m) from (select measure(ttr_median_hours) as m from issues group by upper(priority)) x',
    'select avg(measure) from (select measure(login_failure_rate_pct) as measure, outcome, upper(country) from auth_attempts group by outcome, upper(country)) x',
    'select measure(distinct_users) from auth_attempts where upper(country) = outcome',
  ])
    await refused(sql, '0A000');
});

test('attack 117: NUL, half characters, huge literals, deep brackets, long lists: an error, soon, and the session goes on', async () => {
  const raw = await signedIn(await open.url());
  const query = async (sql: Uint8Array) => {
    raw.send(typed('Q', sql, Buffer.from([0])));
    return raw.until('Z');
  };
  assert.deepEqual((await query(Buffer.from([0x73, 0xff, 0xfe]))).codes, ['22021']);
  assert.deepEqual((await query(Buffer.from('select 1\0; drop table users'))).codes, ['22021']);
  for (const [sql, codes] of [
    ["select E'\\u0000'", /^(22021|42601|22P05)$/],
    [`select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, /^54\d{3}$/],
    [`select ${'array['.repeat(3_000)}1${']'.repeat(3_000)}`, /^54\d{3}$/],
    [`select 1 where 1 in (${Array.from({ length: 10_000 }, (_, i) => i).join()})`, /^54\d{3}$/],
    [`select '${'x'.repeat(16_000_000)}'`, /^54\d{3}$/],
    [`select ${'1+'.repeat(9_000)}1`, /^54\d{3}$/],
    [`select ${'-'.repeat(1)}1 ${'union select 1 '.repeat(3_000)}`, /^54\d{3}$/],
    ['select 1 from (select', /^42601$/],
  ] as const) {
    const said = await query(Buffer.from(sql));
    assert.match(said.codes[0] ?? 'none', codes, sql.slice(0, 40));
  }
  assert.equal((await query(Buffer.from('select 1'))).letters.includes('D'), true);
  raw.socket.destroy();
});

test('attack 118: a password message is nowhere: neither in what a session may read nor in what is written down', async () => {
  const token = await open.served.token(acme, { subject: 'ann' });
  const entered = await open.connect(acme, { subject: 'ann' });
  const { rows } = await entered.query('select * from pg_stat_activity');
  assert.doesNotMatch(
    JSON.stringify([rows, open.noted, open.served.events, open.served.audit]),
    new RegExp(`eyJ|${token.slice(-20)}`),
  );
  await entered.end();
});

test('the native seam and Cube’s own SQL routes are not there, on purpose', async () => {
  for (const route of ['cubesql', 'sql', 'convert-query', 'sql4sql']) {
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${open.served.url}/cubejs-api/v1/${route}?query=select%201`, {
        method,
        headers: { authorization: `Bearer ${await open.served.token(acme)}`, 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{"query":"select 1"}' } : {}),
      });
      assert.equal(answer.status, 404, `${method} ${route}`);
    }
  }
});
