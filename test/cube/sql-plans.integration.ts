// What the SQL door's planner asks is what the semantic layer answers: every kind of question, over every view, with the columns that the twin binds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Access } from '@tessera/security';
import { planSql } from '@tessera/sql-api';
import { insertRows } from './gold-rows.ts';
import { acme, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
let access: Access;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
  access = await served.access(acme);
});
after(() => served.close());

async function ask(sql: string) {
  const { views, rights } = served.semanticLayer;
  const planned = planSql(sql, { views: views(rights(access)), maxRows: 49_999 });
  return Promise.all(
    planned.reads.map(async (read) => {
      const { query, ungrouped } = read.query([], []);
      const answer = await served.semanticLayer.ask(access, query, { ungrouped });
      // An answer without rows names no columns.
      if (answer.rows > 0)
        for (const { member } of read.columns) assert.ok(answer.columns.includes(member), `${member} of ${sql}`);
      return answer;
    }),
  );
}

test('every measure and dimension of every view is answered: in groups, by periods, sorted and cut, and row by row', async () => {
  const { views, rights } = served.semanticLayer;
  for (const { name, columns } of views(rights(access))) {
    const measures = columns.filter(({ kind }) => kind === 'measure').map((column) => `measure(${column.name})`);
    const dimensions = columns.filter(({ kind }) => kind === 'dimension');
    await ask(`select ${measures.join(', ')} from ${name}`);
    await ask(`select * from ${name} limit 5`);
    for (const { name: column, type } of dimensions) {
      await ask(`select ${column}, ${measures[0]} from ${name} group by 1 order by 1 limit 3`);
      if (type === 'date' || type === 'timestamp')
        await ask(
          `select date_trunc('month', ${column}), ${measures[0]} from ${name} where ${column} >= '2026-01-01' and date_trunc('day', ${column}) <> '2026-03-01' group by 1 order by 1 limit 3`,
        );
    }
  }
});

test('filters mean the same in the layer as in SQL', async () => {
  const count = async (where: string) => {
    const [answer] = await ask(`select count(*) from users where ${where}`);
    return Number(answer?.values[0]?.[0]);
  };
  const [all, it_, notIt, none, some] = await Promise.all(
    ['1 = 1', "department = 'IT'", "department <> 'IT'", 'department is null', "department ilike '%hara'"].map(count),
  );
  assert.equal((it_ ?? 0) + (notIt ?? 0) + (none ?? 0), all);
  assert.equal(some, 1);
  assert.equal(await count("not (department = 'IT' or department is null)"), notIt);
  assert.equal(await count('department = null'), 0);
});
