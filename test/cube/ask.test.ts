// The semantic layer for doors inside the process: the same answers and refusals as REST.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Access } from '@tessera/security';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
let access: Access;
before(async () => {
  served = await serveTenants(undefined, ({ groups }) =>
    groups.includes('viewer') ? { masked: new Set(['users.email']), actions: new Set(['query']) } : {},
  );
  for (const copy of served.copies.values()) await insertRows(copy);
  access = await served.access(acme);
});
after(() => served.close());

test('an answer comes column by column, numbers as text, and is written down as one of the SQL door', async () => {
  const query = {
    measures: ['users.user_count'],
    dimensions: ['users.department'],
    order: { 'users.department': 'asc' as const },
  };
  const answer = await served.semanticLayer.ask(access, query, { from: '192.0.2.7' });
  assert.deepEqual(answer, {
    columns: ['users.department', 'users.user_count'],
    values: [
      ['IT', "O'Hara"],
      ['3', '1'],
    ],
    rows: 2,
    release: 1,
  });
  const note = served.audit.at(-1);
  assert.deepEqual(
    [note?.door, note?.decision, note?.rows, note?.members, note?.from],
    ['sql', 'allowed', 2, ['users.user_count', 'users.department'], '192.0.2.7'],
  );
});

test('what REST refuses is refused with the same fault, and written down', async () => {
  await assert.rejects(served.semanticLayer.ask(access, { measures: ['users.nothing'] }), { code: 'MEMBER_DENIED' });
  assert.deepEqual([served.audit.at(-1)?.decision, served.audit.at(-1)?.rule], ['denied', 'default-deny']);
  const elsewhere = { ...access, tenant: 'elsewhere' as never };
  await assert.rejects(served.semanticLayer.ask(elsewhere, { measures: ['users.user_count'] }), {
    code: 'TENANT_UNKNOWN',
  });
});

test('attack 54: rows instead of groups need the right to them', async () => {
  const query = { dimensions: ['users.department'], measures: ['users.user_count'] };
  const { rows } = await served.semanticLayer.ask(access, query, { ungrouped: true });
  assert.equal(rows, 4);
  const viewer = await served.access(acme, { groups: ['viewer'] });
  await assert.rejects(served.semanticLayer.ask(viewer, query, { ungrouped: true }), { code: 'ACTION_DENIED' });
});

test('rows instead of groups have no shares and no distinct counts: refused with the measure, before the engine', async () => {
  for (const measure of ['users.mfa_adoption_pct', 'users.mfa_phishing_resistant_pct'])
    await assert.rejects(
      served.semanticLayer.ask(access, { measures: ['users.user_count', measure] }, { ungrouped: true }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'QUERY_INVALID');
        assert.ok(error.message.includes(measure), error.message);
        return true;
      },
    );
});

test('an abort ends the wait at once', async () => {
  const query = { measures: ['users.user_count'] };
  await assert.rejects(served.semanticLayer.ask(access, query, { signal: AbortSignal.abort() }), {
    code: 'QUERY_CANCELLED',
  });
  const late = new AbortController();
  const asked = served.semanticLayer.ask(access, { measures: ['users.mfa_enrolled'] }, { signal: late.signal });
  late.abort();
  await assert.rejects(asked, { code: 'QUERY_CANCELLED' });
});

test('a plan shows the SQL with its predicate and the roll-up that it reads', async () => {
  await served.warm(acme);
  const { sql, rollup } = await served.semanticLayer.explain(access, { measures: ['users.user_count'] });
  assert.match(sql, /tenant_id/);
  assert.match(String(rollup), /dim_user\.by_/);
  const rows = await served.semanticLayer.explain(access, { dimensions: ['users.email'] });
  assert.equal(rows.rollup, undefined);
});

test('views are told as far as the rights go, with types, keys and what adds up', async () => {
  const views = served.semanticLayer.views(served.semanticLayer.rights(access));
  const users = views.find(({ name }) => name === 'users');
  assert.deepEqual(
    users?.columns.find(({ name }) => name === 'user_count'),
    {
      name: 'user_count',
      kind: 'measure',
      type: 'int8',
      title: 'People',
      about: 'All persons of the tenant, resolved over Okta, Entra and Jira by e-mail.',
      aggregate: 'count',
      additive: 'sum',
    },
  );
  assert.equal(users?.columns.find(({ name }) => name === 'mfa_adoption_pct')?.additive, undefined);
  const issues = views.find(({ name }) => name === 'issues');
  assert.deepEqual(issues?.primaryKey, ['issue_key']);
  assert.deepEqual(issues?.foreignKeys, [{ columns: ['project_key'], view: 'projects', references: ['project_key'] }]);

  const viewer = await served.access(acme, { groups: ['viewer'] });
  const seen = served.semanticLayer.views(served.semanticLayer.rights(viewer)).find(({ name }) => name === 'users');
  assert.equal(seen?.columns.find(({ name }) => name === 'email')?.masked, true);
});

test('the version differs between tenants, releases and rights', async () => {
  const { version } = served.semanticLayer;
  const before = version(access);
  assert.equal(version(access), before);
  const viewer = await served.access(acme, { groups: ['viewer'] });
  assert.notEqual(version(viewer), before);
  served.publish(globex);
  assert.equal(version(access), before);
  served.publish(acme);
  assert.notEqual(version(access), before);
});
