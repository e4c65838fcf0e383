// Attack 152: what a tenant's configuration says never becomes a part of a question to a vendor, but as a name among names or a bound value.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectors } from './connectors.ts';

const good: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  elasticsearch: { url: 'https://es.example:9243', apiKey: 'k' },
  jira: { url: 'https://acme.atlassian.net', email: 'a@acme.example', apiToken: 't' },
  okta: { url: 'https://acme.okta.com', token: 't' },
};
const outcome = (source: string, settings: object): string => {
  const connector = connectors.find((one) => one.source === source);
  assert.ok(connector);
  try {
    connector.check({ ...good[source], ...settings });
    return 'taken';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

for (const index of [
  ...['logs-*/_search?q=*', '../_security/user', '..', '.', '_all', '_cluster/settings', 'logs/_delete_by_query'],
  ...['logs-*?allow_no_indices=true', 'logs#x', 'logs%2f_search', '<logs-{now/d}>', 'logs *', 'logs\r\nx-evil: 1', ''],
  ...['logs,,x', 'logs",{"match_all":{}}', 'logs\u0000', 'l'.repeat(1001)],
])
  test(`attack 152: the index pattern ${JSON.stringify(index.slice(0, 30))} is refused`, () => {
    assert.equal(outcome('elasticsearch', { index }), 'SOURCE_SETTINGS_INVALID');
  });

test('attack 152: index patterns as people write them are taken', () => {
  for (const index of [
    'logs-*',
    'filebeat-8.1,winlogbeat-*',
    'eu-*:logs-auth',
    'logs-*,-logs-old',
    '.ds-logs-auth-*',
    '*',
  ])
    assert.equal(outcome('elasticsearch', { index }), 'taken', index);
});

test('attack 152: no setting holds a query, a filter, a scroll or a point in time', () => {
  for (const source of Object.keys(good))
    for (const name of ['query', 'jql', 'filter', 'body', 'fields', 'pit', 'scroll', 'script', 'headers', '__proto__x'])
      assert.equal(outcome(source, { [name]: 'project = X OR 1 = 1' }), 'SOURCE_SETTINGS_INVALID', `${source} ${name}`);
});

test('attack 152: an address with a question, a fragment or a person in it is refused', () => {
  for (const source of Object.keys(good))
    for (const tail of ['/?q=*', '/#x', '/?', '@evil.example'])
      assert.equal(outcome(source, { url: `${good[source]?.url}${tail}` }), 'SOURCE_SETTINGS_INVALID', source + tail);
});
