// The shared names, faults and settings hold what they promise.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  asFault,
  Fault,
  fixedClock,
  isTenant,
  must,
  parseTenant,
  readSettings,
  renderSettings,
  sqlName,
  tenantCatalog,
} from './index.ts';

test('a tenant name that could be a path, a wildcard or another case is refused (attack 149)', () => {
  for (const name of [
    '',
    '../acme',
    'Acme',
    'acme_corp',
    'acme--corp',
    '-acme',
    '1acme',
    'acme.corp',
    'a*',
    'a'.repeat(41),
    7,
    null,
  ]) {
    assert.equal(parseTenant(name).ok, false, String(name));
  }
  assert.equal(must(parseTenant('acme-corp')), 'acme-corp');
});

test('two tenants never share a SQL name', () => {
  const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4}){0,3}$/).filter(isTenant);
  fc.assert(fc.property(slug, slug, (a, b) => (sqlName(a) === sqlName(b)) === (a === b)));
  assert.equal(tenantCatalog(must(parseTenant('acme-corp'))), 'tenant_acme_corp_catalog');
});

test('must turns a refused result into the fault itself', () => {
  assert.throws(() => must(parseTenant('No')), { code: 'TENANT_INVALID' });
});

test('an unexpected error becomes INTERNAL without its text', () => {
  const fault = asFault(new Error('password=hunter2'));
  assert.equal(fault.code, 'INTERNAL');
  assert.equal(fault.status, 500);
  assert.doesNotMatch(JSON.stringify(fault), /hunter2/);
  const own = new Fault('TENANT_INVALID', { length: 3 });
  assert.equal(asFault(own), own);
});

test('a bad setting is named, and its value is not repeated', () => {
  assert.throws(
    () => readSettings({ TESSERA_PORT: 'eighty-s3cret' }),
    (error: Error) => {
      assert.match(error.message, /TESSERA_PORT/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    },
  );
  assert.equal(readSettings({ TESSERA_PORT: '' }).port, 4000);
  assert.ok(
    path.isAbsolute(readSettings({ TESSERA_HOME: 'here' }).home),
    'programs started in other folders are told of it',
  );
});

test('every setting is in the reference with its default', () => {
  assert.match(renderSettings(), /`TESSERA_DEMO_PORT` \| `4100`/);
});

test('a fixed clock stands still until it is set', () => {
  const clock = fixedClock('2026-01-01T00:00:00Z');
  assert.equal(clock().toISOString(), '2026-01-01T00:00:00.000Z');
  clock.set('2026-01-02T00:00:00Z');
  assert.equal(clock().toISOString(), '2026-01-02T00:00:00.000Z');
});
