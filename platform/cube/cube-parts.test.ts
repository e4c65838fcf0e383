// The bounded cache, the tenant's ids and the tenant predicate, each alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTenant, must, parseTenant } from '@tessera/base';
import fc from 'fast-check';
import { createBoundedCache } from './bounded-cache.ts';
import { idsOf } from './tenant-ids.ts';
import { type RewritableQuery, withTenantPredicate } from './tenant-predicate.ts';

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
test('two tenants, or two releases, never share an id', () => {
  fc.assert(
    fc.property(slug, slug, fc.nat(99), fc.nat(99), (tenant, other, release, next) => {
      const [a, b] = [idsOf({ tenant, release }), idsOf({ tenant: other, release: next })];
      const isSame = tenant === other && release === next;
      assert.equal(a.orchestrator === b.orchestrator, isSame);
      assert.equal(a.rollups === b.rollups, isSame);
    }),
  );
});

test('a context without a tenant or a release gets no ids', () => {
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

test('the predicate is the outermost conjunct for every view in any position', () => {
  const own = { or: [{ member: 'issues.priority', operator: 'equals', values: ['High'] }] };
  const query = { measures: ['users.user_count'], filters: [own] };
  assert.deepEqual(withTenantPredicate(query, acme, members).filters, [
    predicate('dim_user.tenant_id'),
    predicate('fact_issue.tenant_id'),
    own,
  ]);
  assert.deepEqual(
    withTenantPredicate<RewritableQuery>({ timeDimensions: [{ dimension: 'issues.created_on' }] }, acme, members)
      .filters,
    [predicate('fact_issue.tenant_id')],
  );
});

test('a query that touches no view, or one without a tenant, is refused rather than left open', () => {
  assert.throws(() => withTenantPredicate({}, acme, members), { code: 'QUERY_INVALID' });
  for (const name of ['other.x', 'constructor.x', '__proto__.x']) {
    assert.throws(() => withTenantPredicate({ measures: [name] }, acme, members), { code: 'QUERY_MEMBER_UNKNOWN' });
  }
});
