// Whose catalog a session has: callers of other rights and of other tenants, at the same time, and the tenant in every question to the engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acme, globex } from '../cube/served-tenants.ts';
import { type OpenDoor, openDoor, rowsOf } from './open-door.ts';

let open: OpenDoor;
before(async () => {
  open = await openDoor();
});
after(() => open?.close());

const columnsOfUsers = "select column_name from information_schema.columns where table_name = 'users' order by 1";

test('attack 109: callers of other rights have catalogs of their own, while both are there: no name, comment or key tells more', async (t) => {
  t.after(() => {
    open.world.rights = {};
  });
  const whole = await open.connect();
  const { members } = open.served.semanticLayer.rights(await open.served.access(acme));
  const dimensions = new Map([...members.dimensions].filter(([name]) => !/^(issues\.|users\.email$)/.test(name)));
  const measures = new Set([...members.measures].filter((name) => !name.startsWith('issues.')));
  const names = async (client: typeof whole) => (await rowsOf(client, columnsOfUsers)).flat();
  assert.ok((await names(whole)).includes('email'));
  open.world.rights = { members: { ...members, dimensions, measures } };
  const fewer = await open.connect();
  assert.ok((await names(fewer)).includes('department') && !(await names(fewer)).includes('email'));
  assert.deepEqual(await rowsOf(fewer, "select to_regclass('issues'), to_regclass('users') is not null"), [
    [null, true],
  ]);
  // Where it is told of, it is there; where it is not, its name is nowhere.
  const told = async (client: typeof whole) =>
    JSON.stringify([
      await rowsOf(client, 'select description from pg_description where objoid >= 16384'),
      await rowsOf(client, 'select relname from pg_class where oid >= 16384'),
      await rowsOf(client, 'select attname from pg_attribute where attrelid >= 16384'),
      await rowsOf(client, 'select conname from pg_constraint where oid >= 16384'),
    ]);
  assert.doesNotMatch(await told(fewer), /issue_count|mttr|"email"/);
  open.world.rights = {};
  const all = await told(whole);
  for (const name of ['issue_count', 'mttr', '"email"']) assert.ok(all.includes(name), name);
  await Promise.all([whole.end(), fewer.end()]);
});

test('attack 109: the same rights in two tenants are two catalogs: each has its own name, and nothing that the other made', async () => {
  const [own, other] = [await open.connect(acme), await open.connect(globex)];
  await other.query('create temp table made_elsewhere (a int)');
  const name = (client: typeof own) =>
    rowsOf(client, 'select current_database(), count(*)::int from pg_database group by 1');
  assert.deepEqual([await name(own), await name(other)], [[[acme, 1]], [[globex, 1]]]);
  assert.deepEqual(await rowsOf(own, "select relname from pg_class where relname = 'made_elsewhere'"), []);
  await Promise.all([own.end(), other.end()]);
});

test('attack 82: every question to the engine names the caller’s tenant', async () => {
  for (const tenant of [acme, globex]) {
    const client = await open.connect(tenant);
    const plans = await rowsOf(client, 'explain select department, measure(user_count) from users group by 1');
    assert.match(plans.join(' '), /tenant_id" = /, 'the condition is in the SQL of the plan');
    await client.end();
  }
});

test('a question is on the trail with its door, its tenant and who asked', async () => {
  const client = await open.connect();
  const before = open.served.audit.length;
  await rowsOf(client, 'select count(*) from users');
  const [line] = open.served.audit.slice(before);
  assert.deepEqual([line?.door, line?.tenant, line?.subject, line?.decision], ['sql', acme, 'u1', 'allowed']);
  await client.end();
});
