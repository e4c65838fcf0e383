// The bounded cache, the tenant's ids and the tenant predicate, each alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTenant, must, parseTenant } from '@tessera/base';
import fc from 'fast-check';
import { createBoundedCache } from './bounded-cache.ts';
import { conjunctsFor, masksFor, withConjuncts, withoutConjuncts } from './rewrite.ts';
import { idsOf } from './tenant-ids.ts';

test('the cache forgets what was used longest ago, never holds more than its bound, and expires', async () => {
  let now = 0;
  const cache = createBoundedCache(60, () => now);
  const value = 'x'.repeat(20);
  for (const key of ['a', 'b']) await cache.set(key, value, 10);
  await cache.get('a');
  await cache.set('c', value, 10);
  assert.equal(await cache.get('b'), null);
  assert.deepEqual(await cache.keysStartingWith(''), ['a', 'c']);
  now = 10_001;
  assert.equal(await cache.get('a'), null);
  await cache.set('big', 'x'.repeat(100), 10);
  assert.equal(await cache.get('big'), null);
});

test('a lock is held once at a time, is freed by a failure, and is not lost when the cache is full', async () => {
  const cache = createBoundedCache(1);
  let release = () => {};
  const first = cache.withLock('k', () => new Promise<void>((resolve) => (release = resolve)));
  assert.equal(await cache.withLock('k', async () => {}), false);
  release();
  assert.equal(await first, true);
  await assert.rejects(async () => cache.withLock('k', async () => Promise.reject(new Error('no'))));
  assert.equal(await cache.withLock('k', async () => {}), true);
});

const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}$/).filter(isTenant);
test('two tenants, or two releases, never share an id (attack 72)', () => {
  fc.assert(
    fc.property(slug, slug, fc.nat(99), fc.nat(99), (tenant, other, release, next) => {
      const [a, b] = [idsOf({ tenant, release }), idsOf({ tenant: other, release: next })];
      const isSame = tenant === other && release === next;
      assert.equal(a.orchestrator === b.orchestrator, isSame);
      assert.equal(a.rollups === b.rollups, isSame);
      // Random names hardly ever meet, so the two halves are also changed one at a time.
      for (const one of [
        idsOf({ tenant, release: release + 1 }),
        idsOf({ tenant: `${tenant}x`.slice(-60), release }),
      ]) {
        assert.notEqual(a.orchestrator, one.orchestrator);
        assert.notEqual(a.rollups, one.rollups);
      }
    }),
  );
});

test('a context without a tenant or a release gets no ids (attack 74)', () => {
  for (const context of [
    undefined,
    null,
    {},
    { tenant: 'acme-corp' },
    { tenant: 'ACME', release: 1 },
    { tenant: 'acme', release: '1' },
  ]) {
    assert.throws(() => idsOf(context), { code: 'INTERNAL' });
  }
});

const members = { users: ['dim_user.tenant_id'], issues: ['fact_issue.tenant_id'] };
const acme = must(parseTenant('acme-corp'));
const predicate = (member: string) => ({ member, operator: 'equals', values: ['acme-corp'] });
const europe = { member: 'fact_issue.org_id', values: ['eu', 'uk'] as const, rule: 'by-org' };

test('attack 37: tenant and row filters are the outermost conjuncts for every view in any position, whatever is nested below', () => {
  const own = { or: [{ member: 'issues.priority', operator: 'equals', values: ['High'] }] };
  const query = { measures: ['users.user_count'], filters: [own] };
  const conjuncts = conjunctsFor(query, acme, { issues: [europe], users: [] }, members);
  const rewritten = withConjuncts(query, conjuncts).filters;
  assert.deepEqual(rewritten, [
    predicate('dim_user.tenant_id'),
    predicate('fact_issue.tenant_id'),
    { member: 'fact_issue.org_id', operator: 'equals', values: ['eu', 'uk'] },
    own,
  ]);
  assert.deepEqual(withoutConjuncts(rewritten, conjuncts), [own]);
  for (const only of [
    { timeDimensions: [{ dimension: 'issues.created_on' }] },
    { segments: ['issues.any'] },
    { order: { 'issues.priority': 'asc' } },
    { order: [{ id: 'issues.created_on.month', desc: true }] },
  ])
    assert.deepEqual(conjunctsFor(only, acme, {}, members), [predicate('fact_issue.tenant_id')]);
});

test('attacks 38, 39: a row filter without values, or with an empty one, answers nobody; it is never left out', () => {
  const query = { measures: ['issues.issue_count'] };
  for (const values of [[], [''], [null], [undefined], ['eu', null]]) {
    const rows = { issues: [{ ...europe, values: values as unknown as typeof europe.values }] };
    assert.throws(() => conjunctsFor(query, acme, rows, members), { code: 'INTERNAL' }, JSON.stringify(values));
  }
});

test('a query that touches no view, or one without a tenant, is refused rather than left open (attack 57)', () => {
  assert.throws(() => conjunctsFor({}, acme, {}, members), { code: 'QUERY_INVALID' });
  for (const name of ['other.x', 'constructor.x', '__proto__.x']) {
    assert.throws(() => conjunctsFor({ measures: [name] }, acme, {}, members), { code: 'QUERY_MEMBER_UNKNOWN' });
  }
});

test('masks name every masked member of the view, used or not; one without a token is denied', () => {
  const maskedBy = new Map([['users.email', ['users.email', 'dim_user.email']]]);
  const masked = new Set(['users.email', 'issues.issue_key']);
  assert.deepEqual(masksFor({ measures: ['users.user_count'] }, { masked }, maskedBy), [
    { member: 'users.email' },
    { member: 'dim_user.email' },
  ]);
  assert.deepEqual(masksFor({ measures: ['issues.issue_count'] }, { masked }, maskedBy), []);
  assert.throws(() => masksFor({ dimensions: ['issues.issue_key'] }, { masked }, maskedBy), { code: 'MEMBER_DENIED' });
});
