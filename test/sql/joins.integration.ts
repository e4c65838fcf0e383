// Joins along the keys that the catalog tells of, over the wire: what rights leave of them, and keys that are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rights } from '@tessera/security';
import type pg from 'pg';
import { insertRows } from '../cube/gold-rows.ts';
import { acme, type GoldCopy } from '../cube/served-tenants.ts';
import { codeOf, rowsOf } from './open-door.ts';
import { open, useDoor } from './use-door.ts';

useDoor({
  fill: async (copy: GoldCopy) => {
    await insertRows(copy);
    await copy.insert('fact_issue', [
      { issue_id: '90', issue_key: 'X-1', project_id: 'unknown', is_open: true, created_on: '2026-01-01' },
    ]);
  },
});

/** A session of somebody with these rights. */
async function as<T>(rights: Partial<Rights>, work: (client: pg.Client) => Promise<T>): Promise<T> {
  open.world.rights = rights;
  const client = await open.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
    open.world.rights = {};
  }
}
const named =
  'select p.project_name, count(*)::int, sum(i.open_issues)::int from issues i left join projects p on p.project_key = i.project_key group by 1 order by 1';

test('along each key of pg_constraint a LEFT JOIN repeats and loses no row, and an inner one leaves those that have a partner', () =>
  as({}, async (client) => {
    const keys = await rowsOf(
      client,
      `select f.relname, a.attname, t.relname, b.attname from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
       where c.contype = 'f' and cardinality(c.conkey) = 1 order by 1`,
    );
    assert.ok(keys.length >= 3, 'issues, issue_transitions and backlog refer to projects');
    for (const [view, column, other, key] of keys) {
      // Not every view has a measure that counts its rows: with OFFSET they are fetched, and counted by PostgreSQL.
      const count = (from: string) => `select count(*)::int from (select v.${column} from ${from} offset 0) x`;
      const [all] = await rowsOf(client, count(`${view} v`));
      const joined = `${view} v left join ${other} o on v.${column} = o.${key}`;
      assert.deepEqual(await rowsOf(client, count(joined)), [all], joined);
      const [known] = await rowsOf(client, count(`${joined} where o.${key} is not null`));
      assert.deepEqual(await rowsOf(client, count(joined.replace('left join', 'join'))), [known], joined);
      const plain = `select o.${key}, min(v.${column}) from ${joined} group by 1 order by 1`;
      assert.deepEqual(await rowsOf(client, plain, []), await rowsOf(client, plain));
    }
  }));

test('what rights leave of the other view is all that is joined, and nothing of one’s own is lost', async () => {
  const whole = [
    ['Development', 1, 0],
    ['Operations', 4, 1],
    [null, 1, 1],
  ];
  assert.deepEqual(await as({}, (client) => rowsOf(client, named)), whole);
  const only = { projects: [{ member: 'dim_project.project_key', values: ['DEV'], rule: 'r' }] } as const;
  assert.deepEqual(await as({ rows: only }, (client) => rowsOf(client, named)), [whole[0], [null, 5, 2]]);
  const inner = named.replace('left join', 'join');
  assert.deepEqual(await as({ rows: only }, (client) => rowsOf(client, inner)), [whole[0]]);
  // A token joins nothing.
  const masked = { masked: new Set(['projects.project_key']) };
  assert.equal(await as(masked, (client) => codeOf(client.query(named))), '42501');
});

test('EXPLAIN tells both questions, and parameters go into the one that they are about', () =>
  as({}, async (client) => {
    const plan = (await rowsOf(client, `explain ${named}`)).flat().join('\n');
    assert.match(plan, /"issues\.project_key"/);
    assert.match(plan, /"projects\.project_key"/);
    const text = `select p.project_name, measure(i.issue_count)::int from issues i join projects p using (project_key) where p.project_name = $1 and i.priority = $2 group by 1`;
    assert.deepEqual(await rowsOf(client, text, ['Operations', 'Low']), [['Operations', 1]]);
    assert.deepEqual(await rowsOf(client, text, ['Nobody', 'Low']), []);
  }));

test('two projects of one key: refused where the join would repeat issues, answered where it does not', () =>
  as({}, async (client) => {
    const copy = open.served.copies.get(acme);
    await copy?.insert('dim_project', [{ project_id: '3', project_key: 'OPS', project_name: 'Operations (old)' }]);
    open.served.publish(acme);
    for (const values of [undefined, []])
      await assert.rejects(rowsOf(client, named, values), (error: pg.DatabaseError) => {
        assert.equal(error.code, '0A000');
        assert.match(error.message, /rows of projects share a key/);
        assert.match(error.hint ?? '', /each key once/);
        return true;
      });
    const once =
      'select q.name, sum(i.issue_count)::int from issues i left join (select project_key, min(project_name) as name from projects group by 1) q on q.project_key = i.project_key group by 1 order by 1';
    assert.deepEqual(await rowsOf(client, once), [
      ['Development', 1],
      ['Operations', 4],
      [null, 1],
    ]);
    const known = 'select count(*)::int from issues i join projects p on p.project_key = i.project_key';
    assert.deepEqual(await rowsOf(client, known), [[5]]);
  }));
