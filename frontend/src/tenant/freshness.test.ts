// What the platform says about the sources, and what the page makes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTenantInfo, stalenessOf, summaryOf } from './freshness.ts';

const source = (name: string, status: string) => ({
  source: name,
  title: name.toUpperCase(),
  newestOccurredAt: null,
  newestIngestAt: null,
  checkedAt: '2026-11-18T00:00:00Z',
  status,
});
const answer = (...sources: object[]) => ({
  tenant: 'acme-corp',
  displayName: 'Acme',
  timeZone: 'UTC',
  asOf: '2026-11-21T00:00:00Z',
  release: { number: 3, at: '2026-11-21T00:00:00Z' },
  sources,
});

test('a quiet source is not stale', () => {
  const info = parseTenantInfo(answer(source('okta', 'quiet'), source('jira', 'fresh')));
  assert.equal(stalenessOf(info, ['okta']), undefined);
  assert.deepEqual(summaryOf(info), { words: 'All 2 sources up to date', isBad: false });
});

test('a number is behind where one of its sources is, and only then', () => {
  const info = parseTenantInfo(answer(source('intune', 'fresh'), source('jamf', 'stale')));
  assert.match(stalenessOf(info, ['intune', 'jamf']) ?? '', /JAMF is stale, last checked 18 Nov 2026/);
  assert.equal(stalenessOf(info, ['intune']), undefined);
  assert.deepEqual(summaryOf(info), { words: 'JAMF behind', isBad: true });
});

test('a status without a known name is never called fresh', () => {
  assert.equal(parseTenantInfo(answer(source('okta', 'splendid'))).sources[0]?.status, 'stale');
});

test('an answer without a field is refused with its name', () => {
  assert.throws(() => parseTenantInfo({ ...answer(), timeZone: undefined }), /without timeZone/);
  assert.throws(() => parseTenantInfo(null), /without tenant/);
});
