// What a session of the SQL door lives through: names for statements, rights that change, sign-ins that are written down, shares that run out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFairness } from '@tessera/platform';
import pg from 'pg';
import { acme, globex } from '../cube/served-tenants.ts';
import { codeOf, type OpenDoor, openDoor, rowsOf } from './open-door.ts';

let open: OpenDoor;
let atMs = 0;
before(async () => {
  const quotaOf = () => ({ concurrent: 2, queued: 50, perMinute: 600, weight: 1 });
  open = await openDoor({ fairness: createFairness({ quotaOf, places: 4, now: () => atMs }) });
});
after(() => open.close());
const afterwards = async (client: pg.Client) => {
  open.world.rights = {};
  await client.end().catch(() => {});
};

test('PREPARE, EXECUTE and DEALLOCATE in SQL: parameters reach the filter, defaults of types are found, the session goes on after errors', async () => {
  const client = await open.connect();
  await client.query(
    `prepare by_place (text) as select outcome, measure(attempt_count)::int from auth_attempts where country = $1 group by 1 order by 1`,
  );
  assert.deepEqual(await rowsOf(client, "execute by_place('DE')"), [['denied', 1]]);
  assert.equal(
    (await rowsOf(client, "execute by_place('U' || 'S')")).reduce((sum, [, n]) => sum + Number(n), 0),
    5,
  );
  assert.deepEqual(await rowsOf(client, 'execute by_place(null)'), []);
  // Types that are not declared are PostgreSQL's to find.
  await client.query(
    'prepare since as select count(*)::int from auth_attempts where started_on >= $1 and started_on < $2::date + 1',
  );
  assert.deepEqual(await rowsOf(client, "execute since('2026-01-02', date '2026-01-31')"), [[1]]);
  assert.deepEqual(await rowsOf(client, "execute since('2026-01-01', '2026-02-03')"), [[6]]);
  await client.query('prepare all_of_them as select count(*)::int from auth_attempts');
  assert.deepEqual(await rowsOf(client, 'execute all_of_them'), [[6]]);

  assert.equal(await codeOf(client.query('execute by_place')), '42601');
  assert.equal(await codeOf(client.query("execute since('x', '2026-01-01')")), '22007');
  assert.equal(await codeOf(client.query('prepare all_of_them as select 1')), '42P05');
  assert.equal(await codeOf(client.query('prepare wrong as select nothing from auth_attempts')), '42703');
  assert.equal(await codeOf(client.query('execute wrong')), '26000');
  assert.equal(await codeOf(client.query('execute all_of_them; select 1')), '0A000');
  assert.deepEqual(await rowsOf(client, 'execute all_of_them'), [[6]]);
  // In a transaction, in a failed one, and after it.
  await client.query('begin');
  await client.query('prepare inside as select count(*)::int from users');
  assert.deepEqual(await rowsOf(client, 'execute inside'), [[4]]);
  assert.equal(await codeOf(client.query('select 1/0')), '22012');
  assert.equal(await codeOf(client.query('execute inside')), '25P02');
  assert.equal(await codeOf(client.query('deallocate inside')), '25P02');
  await client.query('rollback');
  assert.deepEqual(await rowsOf(client, 'execute inside'), [[4]]);
  await client.query('deallocate inside');
  assert.equal(await codeOf(client.query('execute inside')), '26000');
  await client.query('discard plans');
  assert.deepEqual(await rowsOf(client, 'execute all_of_them'), [[6]]);
  await client.query('discard all');
  assert.equal(await codeOf(client.query('execute all_of_them')), '26000');
  // A name given by the protocol means the same to SQL.
  const named = {
    name: 'mine',
    text: 'select count(*)::int as n from auth_attempts where country = $1',
    values: ['DE'],
  };
  assert.equal((await client.query(named)).rows[0].n, 1);
  assert.deepEqual(await rowsOf(client, "execute mine('US')"), [[5]]);
  await afterwards(client);
});

test('attack 113: prepared by either protocol, then the right is taken away, then executed: 42501', async () => {
  const client = await open.connect();
  const text = 'select country, measure(attempt_count)::int as n from auth_attempts group by 1';
  const named = { name: 'bound', text: `${text} having measure(attempt_count) > $1`, values: [0] };
  await client.query(`prepare told as ${text}`);
  assert.equal((await rowsOf(client, 'execute told')).length, 2);
  assert.equal((await client.query(named)).rows.length, 2);
  const { members } = open.served.semanticLayer.rights(await open.served.access(acme));
  const dimensions = new Map([...members.dimensions].filter(([name]) => name !== 'auth_attempts.country'));
  open.world.rights = { members: { ...members, dimensions } };
  assert.equal(await codeOf(client.query('execute told')), '42501');
  assert.equal(await codeOf(client.query(named)), '42501');
  // The door closes for him: his statements in hand fail, too.
  open.world.rights = { actions: new Set(['query']) };
  assert.equal(await codeOf(client.query('execute told')), '42501');
  open.world.rights = {};
  assert.equal((await rowsOf(client, 'execute told')).length, 2);
  await afterwards(client);
});

test('a session whose views have changed ends at its next statement, and says why; the next session sees them as they are', async () => {
  const client = await open.connect();
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  assert.equal((await rowsOf(client, 'select country from auth_attempts')).length, 6);
  const { members } = open.served.semanticLayer.rights(await open.served.access(acme));
  // The same views by other rows: nothing in the catalog differs, so the session goes on.
  open.world.rights = { rows: { auth_attempts: [{ member: 'fact_auth_attempt.country', values: ['DE'], rule: 'r' }] } };
  assert.equal((await rowsOf(client, 'select country from auth_attempts')).length, 1);
  const dimensions = new Map([...members.dimensions].filter(([name]) => name !== 'auth_attempts.country'));
  open.world.rights = { members: { ...members, dimensions } };
  await assert.rejects(client.query('select 1'), (error: Error & { code?: string }) => {
    assert.match(error.message, /what you may see has changed since you connected/);
    return error.code === '57P01';
  });
  await ended;
  const next = await open.connect();
  assert.equal(await codeOf(next.query('select country from auth_attempts')), '42703');
  assert.equal((await rowsOf(next, 'select outcome from auth_attempts')).length, 6);
  await afterwards(next);
});

test('sign-ins are written down: who came in, that somebody was refused, who has no right to this door, and what was refused as not allowed', async () => {
  const { noted } = open;
  const client = await open.connect(acme, { subject: 'ann' });
  const entered = noted.at(-1);
  assert.deepEqual(
    [
      entered?.action,
      entered?.door,
      entered?.decision,
      entered?.tenant,
      entered?.subject,
      entered?.from,
      entered?.roles,
    ],
    ['sql.login', 'sql', 'allowed', acme, 'ann', '127.0.0.1', ['analyst']],
  );
  assert.equal(await codeOf(client.query("select pg_read_file('/etc/passwd')")), '42501');
  assert.deepEqual(
    [noted.at(-1)?.action, noted.at(-1)?.decision, noted.at(-1)?.code, noted.at(-1)?.subject],
    ['query', 'denied', 'SQL_FUNCTION_REFUSED', 'ann'],
  );
  await client.end();
  const guess = new pg.Client((await open.url()).replace(/:[^:@]+@/, ':s3cret-guess@'));
  assert.equal(await codeOf(guess.connect()), '28P01');
  assert.deepEqual(
    [noted.at(-1)?.tenant, noted.at(-1)?.subject, noted.at(-1)?.decision, noted.at(-1)?.code],
    [undefined, undefined, 'denied', 'TOKEN_INVALID'],
  );
  open.world.rights = { actions: new Set(['query']) };
  assert.equal(await codeOf(open.connect(acme, { subject: 'ben' })), '42501');
  assert.deepEqual(
    [noted.at(-1)?.tenant, noted.at(-1)?.subject, noted.at(-1)?.decision, noted.at(-1)?.code],
    [acme, 'ben', 'denied', 'ACTION_DENIED'],
  );
  open.world.rights = {};
  // Attack 118: no proof is in any line, nor in an event.
  assert.doesNotMatch(JSON.stringify([noted, open.served.events, open.served.audit]), /s3cret-guess|eyJ/);
});

test('attack 105: after five wrong passwords even the right one waits, for that account from that address alone', async () => {
  const { user, password } = await open.accounts.create({ tenant: acme, name: 'etl', role: 'analyst' });
  const other = await open.accounts.create({ tenant: acme, name: 'other', role: 'analyst' });
  const url = (name: string, proof: string) => `postgresql://${name}:${proof}@127.0.0.1:${open.door.port}/${acme}`;
  const enter = async (name: string, proof: string) => {
    const client = new pg.Client(url(name, proof));
    client.on('error', () => {});
    const code = await codeOf(client.connect());
    await client.end().catch(() => {});
    return code;
  };
  for (let i = 0; i < 6; i += 1) assert.equal(await enter(user, 'wrong'), '28P01');
  assert.equal(await enter(user, password), '28P01');
  assert.equal(await enter(other.user, other.password), undefined);
  open.world.elapsedMs += 1_001;
  assert.equal(await enter(user, password), undefined);
});

test('an account carries org, region and teams as a token does, and they must be such', async () => {
  const made = await open.accounts.create({
    tenant: acme,
    name: 'scoped',
    role: 'analyst',
    org: 'acme-corp-hq',
    region: 'emea',
    teams: ['it', 'ops'],
  });
  const [account] = (await open.accounts.list()).filter(({ user }) => user === made.user);
  assert.deepEqual([account?.org, account?.region, account?.teams], ['acme-corp-hq', 'emea', ['it', 'ops']]);
  for (const bad of [{ org: '*' }, { region: "e'" }, { teams: [''] }])
    await assert.rejects(open.accounts.create({ tenant: acme, name: 'bad', role: 'analyst', ...bad }), {
      code: 'SQL_USER_INVALID',
    });
});

test('the names of a session are its own: CURRENT_USER, roles, owners and lists of rights show no opaque name', async () => {
  const client = await open.connect(acme, { subject: 'ann' });
  const [names] = await rowsOf(
    client,
    'select current_user, session_user, user, current_role, current_catalog, current_database(), upper(current_user), pg_get_userbyid(10)',
  );
  assert.deepEqual(names, ['ann', 'ann', 'ann', 'ann', acme, acme, 'ANN', 'door']);
  assert.deepEqual(
    (await client.query('select current_user, current_catalog')).fields.map(({ name }) => name),
    ['current_user', 'current_catalog'],
  );
  assert.deepEqual(
    await rowsOf(client, 'select count(*)::int from users where email = current_user or display_name = $1', ['x']),
    [[0]],
  );
  assert.deepEqual(await rowsOf(client, 'select rolname from pg_roles where rolname = current_user'), [['ann']]);
  assert.deepEqual(
    await rowsOf(
      client,
      "select has_table_privilege(current_user, 'users', 'select'), has_table_privilege('users', 'insert'), has_schema_privilege(current_user, 'public', 'usage'), pg_has_role(current_user, 'usage')",
    ),
    [[true, false, true, true]],
  );
  assert.equal(await codeOf(client.query("select has_table_privilege('ben', 'users', 'select')")), '42704');
  for (const sql of [
    'select * from pg_database',
    'select * from pg_roles',
    'select * from pg_user',
    'select * from pg_authid',
    'select * from pg_stat_activity',
    'select * from information_schema.enabled_roles',
    'select * from information_schema.table_privileges',
    'select * from information_schema.role_table_grants',
    'select * from information_schema.applicable_roles',
    'select * from information_schema.schemata',
    'select * from pg_tables',
    'select * from pg_indexes',
    'select relname, relacl::text, pg_get_userbyid(relowner) from pg_class',
    'select nspname, nspacl::text from pg_namespace',
    'select * from pg_views',
    'select * from pg_settings',
    'select pg_get_userbyid(i::oid) from generate_series(16000, 30000) i',
    'select pg_get_userbyid((select i::oid + (random() * 0)::int)) from generate_series(16000, 30000) i',
    'select u.* from generate_series(16000, 30000) i, pg_get_userbyid(i::oid) u',
    'select d.* from current_database() d',
    'select * from pg_default_acl',
    'select * from pg_policies',
    'show all',
    'select * from information_schema.tables',
    'select * from information_schema.columns',
    'select * from pg_prepared_statements',
    'select * from pg_shadow',
  ]) {
    const answer = await client.query(sql).catch((error: Error) => ({ rows: [error.message] }));
    const seen = JSON.stringify(answer.rows);
    assert.deepEqual(seen.match(/.{0,200}\b[dr]_[0-9a-f]{16}\b/g), null, sql);
    assert.deepEqual(seen.match(/.{0,200}globex/g), null, sql);
  }
  await afterwards(client);
});

test('days, months and the last weeks of views: date_trunc on columns of type date, now() minus an interval', async () => {
  const client = await open.connect();
  assert.deepEqual(
    await rowsOf(
      client,
      "select date_trunc('month', started_on)::date::text, count(*)::int from auth_attempts group by 1 order by 1",
    ),
    [
      ['2026-01-01', 4],
      ['2026-02-01', 2],
    ],
  );
  assert.deepEqual(
    await rowsOf(client, "select count(*)::int from auth_attempts where started_on >= now() - interval '20 years'"),
    [[6]],
  );
  assert.deepEqual(
    await rowsOf(client, "select count(*)::int from auth_attempts where started_at > now() + interval '20 years'"),
    [[0]],
  );
  assert.deepEqual(await rowsOf(client, 'select count(*)::int from auth_attempts where started_on < current_date'), [
    [6],
  ]);
  await afterwards(client);
});

test('a tenant asks within its share here as on REST: what is too much is 53400, and another tenant is not affected', async () => {
  const client = await open.connect();
  const other = await open.connect(globex);
  atMs += 60_000;
  const codes = new Set<string | undefined>();
  for (let i = 0; i < 140; i += 1) codes.add(await codeOf(client.query('select count(*) from users')));
  assert.deepEqual([...codes], [undefined, '53400']);
  assert.equal(await codeOf(other.query('select count(*) from users')), undefined);
  // What asks nothing of the layer is not counted.
  assert.equal(await codeOf(client.query('select 1')), undefined);
  atMs += 60_000;
  assert.equal(await codeOf(client.query('select count(*) from users')), undefined);
  await Promise.all([client.end(), other.end()]);
});
