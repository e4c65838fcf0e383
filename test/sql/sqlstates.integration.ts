// The decision table of the SQL door's refusals, over the wire: SQLSTATE, place in the client's own text, and what to do instead.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import pg from 'pg';
import { acme, globex } from '../cube/served-tenants.ts';
import { codeOf, openDoor, rowsOf } from './open-door.ts';
import { int } from './raw-client.ts';
import { client, open, useDoor } from './use-door.ts';

interface Told {
  readonly code?: string;
  readonly position?: string;
  readonly hint?: string;
  readonly message: string;
}
type Row = readonly [code: string, marked: string, says: RegExp, hint?: RegExp];

/** `^` stands where the client is told that it is; a row without it has no place. */
const table: readonly Row[] = [
  ['42601', 'select count(*) frm ^users', /syntax error at or near "users"/],
  ['42601', "select 'näive €' from users where 1 =^", /syntax error/],
  ['42601', "select ^'unfinished", /unterminated quoted string/],
  ['42601', 'select (1^', /syntax error at end of input/],
  ['42P01', 'select * from ^planets', /relation "planets" does not exist/],
  ['42P01', 'select * from ^dim_user', /relation "dim_user" does not exist/],
  ['42P01', "select 'é', ^x.department from users", /missing FROM-clause entry for table "x"/],
  ['42703', 'select ^departmnt from users', /column "departmnt" does not exist/, /users\.department/],
  ['42703', "select 'näive €', ^tenant_id from users", /column "tenant_id" does not exist/],
  ['42703', "select count(*) from users where department = 'IT' and ^nope = 1", /column "nope" does not exist/],
  ['42803', 'select department, ^user_count from users group by 1', /must appear in the GROUP BY clause/, /MEASURE/],
  ['42803', 'select ^department, measure(user_count) from users', /must appear in the GROUP BY clause/],
  [
    '0A000',
    'select ^measure(mfa_adoption_pct) from users group by upper(department)',
    /cannot be answered exactly/,
    /./,
  ],
  [
    '0A000',
    'select sum(login_failure_rate_pct) from (select ^measure(login_failure_rate_pct) as login_failure_rate_pct, upper(country) from auth_attempts group by 2) x',
    /cannot be answered exactly/,
    /./,
  ],
  ['42501', 'select email, ^pg_sleep(1) from users', /permission denied for function pg_sleep/],
  ['42501', '^copy users to stdout', /COPY is not served here/],
  ['42501', 'select * from ^gold.users', /permission denied for schema gold/],
  ['42501', "^set role 'x'", /permission denied to set parameter "role"/],
  ['42501', "select 'x'::^regrole", /permission denied for type regrole/],
  ['25006', '^delete from users', /cannot execute DELETE: semantic views are read-only/],
  ['25006', "^update users set email = 'x'", /cannot execute UPDATE/],
  ['25006', 'select 1; ^drop table users', /cannot execute DROP TABLE/],
  ['25006', 'create table ^mine (a int)', /only CREATE TEMP TABLE is served/],
  ['22023', "^set timezone = 'Mars/Base'", /invalid value for parameter "timezone"/],
  ['22012', 'select 1/0 from users', /division by zero/],
  ['54000', `select 1${'+1'.repeat(9_000)}`, /more than 8192 words/],
  ['54000', `select '${'x'.repeat(300_000)}'`, /more than 262144 bytes/],
  ['54001', `select ${'('.repeat(300)}1${')'.repeat(300)}`, /nested too deeply/],
  ['26000', 'execute nothing', /prepared statement "nothing" does not exist/],
  ['34000', 'fetch all from nothing', /cursor "nothing" does not exist/],
  ['42704', "select has_database_privilege('globex-inc', 'acme-corp', 'connect')", /role "globex-inc" does not exist/],
];

/** Long work in little memory: one series alone would reach the limit of temporary files first. */
const busy = 'select count(*) from generate_series(1, 9000) a, generate_series(1, 9000) b, generate_series(1, 9000) c';

useDoor();

const told = (act: Promise<unknown>): Promise<Told> =>
  act.then(
    () => ({ message: 'it was answered' }),
    (error: Told) => error,
  );

for (const [code, marked, says, hint] of table)
  test(`${code}: ${marked.slice(0, 90)}`, async () => {
    const at = marked.indexOf('^');
    const sql = marked.replace('^', '');
    for (const [protocol, question] of [
      ['simple', { text: sql }],
      // A name makes the driver prepare it.
      ['extended', { text: sql, name: `n${at}${sql.length}` }],
    ] as const) {
      if (protocol === 'extended' && sql.includes(';')) continue;
      const error = await told(client.query(question));
      const found = [error.code, error.position === undefined ? -1 : Number(error.position) - 1];
      assert.deepEqual(found, [code, at], `${protocol}: ${JSON.stringify(error)} ${error.message}`);
      assert.match(error.message, says, protocol);
      if (hint) assert.match(error.hint ?? '', hint, protocol);
      assert.deepEqual(await rowsOf(client, 'select 1'), [[1]], 'the session goes on');
    }
  });

test('42501: a value that is shown as a token stands in no filter, order or join; a member taken away is refused by name', async (t) => {
  const { members } = open.served.semanticLayer.rights(await open.served.access(acme));
  t.after(() => {
    open.world.rights = {};
  });
  open.world.rights = { masked: new Set(['users.email']) };
  const masked = await open.connect();
  for (const marked of [
    "select count(*) from users where ^email = 'ann@acme.example'",
    'select ^email from users order by email',
    'select department from users order by ^email',
    'select max(^email) from users',
    'select count(*) from users where length(^email) > 3',
  ]) {
    const error = await told(masked.query(marked.replace('^', '')));
    assert.deepEqual(
      [error.code, Number(error.position) - 1],
      ['42501', marked.indexOf('^')],
      `${marked} ${error.message}`,
    );
    assert.match(error.message, /Column email is shown to you as a token/);
  }
  await masked.end();
  const measures = new Set([...members.measures].filter((name) => name !== 'users.mfa_enrolled'));
  open.world.rights = { members: { ...members, measures } };
  const fewer = await open.connect();
  for (const [call, code] of [
    ['sum', '42703'],
    ['measure', '0A000'],
  ] as const) {
    const sayings: string[] = [];
    for (const name of ['mfa_enrolled', 'was_never_there']) {
      const error = await told(fewer.query(`select ${call}(${name}) from users`));
      assert.equal(error.code, code, error.message);
      sayings.push(`${error.position} ${error.message} ${error.hint}`.replaceAll(name, 'it'));
    }
    assert.equal(sayings[0], sayings[1], 'hidden is the same as absent');
  }
  await fewer.end();
  open.world.rights = { actions: new Set(['query']) };
  assert.equal(await codeOf(open.connect()), '42501');
});

test('22007, 22P02, 42P02: values that are not of their type, and one that was never given', async () => {
  const sql = 'select count(*)::int from users where created_at > $1';
  assert.equal(await codeOf(client.query("select count(*) from users where created_at > 'never'")), '22007');
  assert.equal(await codeOf(client.query(sql, ['never'])), '22007');
  assert.equal(await codeOf(client.query('select count(*) from users where is_admin = $1', ['perhaps'])), '22P02');
  assert.equal(await codeOf(client.query(sql)), '42P02');
  assert.deepEqual(await rowsOf(client, sql, ['2000-01-01']), [[0]]);
});

test('28P01: a wrong proof, a wrong user, a wrong tenant: the same words; and a sign-in that has ended ends its session', async () => {
  const right = await open.url();
  const refusals = await Promise.all(
    [right.replace(/:[^:@]+@/, ':nonsense@'), right.replace('//u1:', '//u2:'), right.replace(/acme-corp$/, globex)].map(
      async (url) => {
        const one = new pg.Client(url);
        one.on('error', () => {});
        return told(one.connect());
      },
    ),
  );
  assert.deepEqual(
    refusals.map(({ code, message }) => `${code} ${message.replace(/"u\d"/, 'him')}`),
    Array.from({ length: 3 }, () => '28P01 password authentication failed for user him'),
  );
  const soon = await open.connect(acme, { lifetime: '1h' });
  assert.deepEqual(await rowsOf(soon, 'select 1'), [[1]]);
  open.world.aheadMs = 3_600_000;
  assert.equal(await codeOf(soon.query('select 1')), '28P01');
  open.world.aheadMs = 0;
  assert.notEqual(await codeOf(soon.query('select 1')), undefined, 'the session is over');
});

test('53300: a tenant has the number of sessions that its own file says, and all together have no more than the door', async () => {
  const narrow = await openDoor({
    limits: { sessions: 3, sessionsPerTenant: 100 },
    sessionsOf: (tenant) => (tenant === acme ? 1 : 5),
  });
  try {
    const mine = await narrow.connect();
    assert.equal((await told(narrow.connect())).code, '53300');
    const others = [await narrow.connect(globex), await narrow.connect(globex)];
    const fourth = await told(narrow.connect(globex));
    assert.deepEqual([fourth.code, fourth.message], ['53300', 'too many connections for "globex-inc"']);
    assert.deepEqual(await rowsOf(mine, 'select 1'), [[1]]);
    assert.equal(narrow.noted.filter(({ rule }) => rule === 'too-many-sessions').length, 2);
    await Promise.all([mine, ...others].map((client) => client.end()));
  } finally {
    await narrow.close();
  }
});

test('EXPLAIN tells the question as lines or as JSON, by both protocols; ANALYZE is refused with its place', async () => {
  const client = await open.connect();
  const sql = "select outcome, measure(attempt_count) from auth_attempts where country = 'US' group by 1";
  for (const values of [undefined, []] as const) {
    const json = await client.query({
      text: `explain (format json, verbose) ${sql}`,
      ...(values && { values: [...values] }),
    });
    assert.deepEqual(
      json.fields.map(({ name, dataTypeID }) => [name, dataTypeID]),
      [['QUERY PLAN', 114]],
    );
    const [{ Plan }] = json.rows[0]['QUERY PLAN'];
    assert.deepEqual([Plan['Node Type'], Plan['Relation Name'], Plan.Asked], ['Semantic query', 'auth_attempts', true]);
    assert.match(Plan.SQL, /select/i);
    assert.equal(Plan.Query.filters[0].values[0], 'US');
    const lines = await client.query({ text: `explain ${sql}`, ...(values && { values: [...values] }) });
    assert.equal(lines.rows[0]['QUERY PLAN'], 'Semantic query on auth_attempts');
  }
  const several = await client.query(
    `explain (format json) select (${'select count(*) from users'}), (select count(*) from issues)`,
  );
  assert.equal(several.rows[0]['QUERY PLAN'][0].Plan.Plans.length, 2);
  for (const words of ['explain analyze', 'explain (analyze, format json)', 'explain (format xml)']) {
    const refused = await told(client.query(`${words} ${sql}`));
    assert.deepEqual([refused.code, refused.hint], ['0A000', 'Write EXPLAIN or EXPLAIN (FORMAT JSON).'], words);
  }
  assert.match(String((await rowsOf(client, 'explain analyze select 1'))[0]), /actual time/);
  await client.end();
});

test('57014: a cancel request with the right secret, and statement_timeout', async () => {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const slow = codeOf(client.query(busy));
  // Again and again: the first ones may come before the statement.
  let isOver = false;
  void slow.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise<void>((resolve) => {
      const socket = net.connect(open.door.port, '127.0.0.1', () =>
        socket.end(Buffer.concat([int(16), int(80_877_102), int(processID), int(secretKey)])),
      );
      socket.resume();
      socket.on('error', () => {});
      socket.once('close', () => resolve());
    });
  }
  assert.equal(await slow, '57014');
  await client.query('set statement_timeout = 100');
  assert.equal(await codeOf(client.query(busy)), '57014');
  await client.query('reset statement_timeout');
  assert.deepEqual(await rowsOf(client, 'select 1'), [[1]]);
});

test('53300, 54000, 57014 by the door’s own limits: sessions of a tenant, rows of an answer, time of a statement', async () => {
  const narrow = await openDoor({ limits: { sessionsPerTenant: 2, maxRows: 3, largeRows: 0, statementMs: 4_000 } });
  try {
    await narrow.served.warm(acme);
    const [first, second] = [await narrow.connect(), await narrow.connect()];
    const third = await told(narrow.connect());
    assert.deepEqual([third.code, third.message], ['53300', 'too many connections for "acme-corp"']);
    const other = await narrow.connect(globex);
    assert.deepEqual(await rowsOf(other, 'select 1'), [[1]]);
    const rows = await told(first.query('select department, email from users'));
    assert.equal(rows.code, '54000', rows.message);
    assert.match(rows.message, /More than 3 rows of users would be needed, and no answer is cut silently/);
    const groups = first.query('select email, measure(user_count) from users group by 1');
    assert.equal(await codeOf(groups), '54000', 'groups are counted as rows are');
    assert.equal((await rowsOf(first, 'select department, email from users order by email limit 2')).length, 2);
    assert.equal(await codeOf(first.query(busy)), '57014');
    assert.deepEqual(await rowsOf(first, 'select 1'), [[1]]);
    await second.end();
    // What has left makes room.
    for (let code: string | undefined = '53300'; code === '53300'; )
      code = await codeOf(narrow.connect().then((next) => next.end()));
    await Promise.all([first.end(), other.end()]);
  } finally {
    await narrow.close();
  }
});
