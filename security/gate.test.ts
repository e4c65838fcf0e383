// Queries that pass the gate and queries that do not, as a decision table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateLoadRequest } from './index.ts';

const visible = {
  measures: new Set(['issues.issue_count']),
  dimensions: new Map([
    ['issues.priority', 'string'],
    ['issues.is_open', 'boolean'],
    ['issues.created_on', 'time'],
    ['issues.created_at', 'time'],
    ['users.email', 'string'],
  ] as const),
  segments: new Set(['issues.open']),
};
const gate = (query: unknown, rest: object = {}) => gateLoadRequest({ query, ...rest }, visible);
const base = { measures: ['issues.issue_count'] };

test('an ordinary query passes, alone and in a list', () => {
  const query = {
    ...base,
    dimensions: ['issues.priority'],
    timeDimensions: [{ dimension: 'issues.created_on', granularity: 'day', dateRange: ['2026-01-01', '2026-01-31'] }],
    filters: [
      {
        or: [
          { member: 'issues.priority', operator: 'equals', values: ['High'] },
          { member: 'issues.issue_count', operator: 'gt', values: ['1'] },
        ],
      },
    ],
    order: [['issues.issue_count', 'desc']],
    segments: ['issues.open'],
    limit: 100,
    timezone: 'UTC',
  };
  assert.deepEqual(gate(query).query, query);
  assert.ok(gate([query, query], { queryType: 'multi' }));
});

const unknownMember: Record<string, object> = {
  'a measure': { measures: ['issues.secret'] },
  'a dimension': { ...base, dimensions: ['users.secret'] },
  'a dimension with a granularity': { ...base, dimensions: ['users.created_at.day'] },
  'a time dimension': { ...base, timeDimensions: [{ dimension: 'issues.secret_at' }] },
  'a segment': { ...base, segments: ['issues.all_tenants'] },
  'a nested filter': {
    ...base,
    filters: [{ and: [{ or: [{ member: 'issues.tenant_id', operator: 'equals', values: ['globex-inc'] }] }] }],
  },
  'an order': { ...base, order: { 'issues.secret': 'asc' } },
  'a measure used as a dimension': { dimensions: ['issues.issue_count'] },
};
for (const [where, query] of Object.entries(unknownMember)) {
  test(`an unknown member in ${where} is 400 and named`, () => {
    assert.throws(() => gate(query), { code: 'QUERY_MEMBER_UNKNOWN', status: 400 });
  });
}

const invalid: Record<string, unknown> = {
  'measures as text': { measures: 'issues.issue_count' },
  'a member expression': { measures: [{ expression: ['issues', 'return 1'] }] },
  subqueryJoins: { ...base, subqueryJoins: [{ sql: 'select 1' }] },
  joinHints: { ...base, joinHints: [['a', 'b']] },
  ungrouped: { ...base, ungrouped: true },
  maskedMembers: { ...base, maskedMembers: [] },
  'a negative limit': { ...base, limit: -1 },
  'a limit as text': { ...base, limit: '10' },
  'a limit beyond the bound': { ...base, limit: 50_001 },
  'a zone that is SQL': { ...base, timezone: "UTC' ) union select 1 --" },
  'a day that does not exist': {
    ...base,
    timeDimensions: [{ dimension: 'issues.created_on', dateRange: ['2026-13-45', '2026-13-46'] }],
  },
  'a day that no February has': {
    ...base,
    timeDimensions: [{ dimension: 'issues.created_on', dateRange: ['2026-02-30', '2026-03-01'] }],
  },
  'an hour that no day has': {
    ...base,
    timeDimensions: [{ dimension: 'issues.created_at', dateRange: ['2026-01-01T25:00:00', '2026-01-02'] }],
  },
  'a range that ends before it begins': {
    ...base,
    timeDimensions: [{ dimension: 'issues.created_on', dateRange: ['2026-01-31', '2026-01-01'] }],
  },
  'members of two views': { ...base, dimensions: ['users.email'] },
  'text as a time': { ...base, timeDimensions: [{ dimension: 'issues.priority', granularity: 'day' }] },
  'a granularity of text': { ...base, dimensions: ['issues.priority.day'] },
  'a granularity that is none': { ...base, dimensions: ['issues.created_on.fortnight'] },
  'a range with a quote': { ...base, timeDimensions: [{ dimension: 'issues.created_on', dateRange: "last'" }] },
  'an empty or': { ...base, filters: [{ or: [] }] },
  'equals without values': { ...base, filters: [{ member: 'issues.priority', operator: 'equals', values: [] }] },
  'a member with a quote': { measures: ['issues."x"'] },
  'a filter value that is an object': {
    ...base,
    filters: [{ member: 'issues.priority', operator: 'equals', values: [{}] }],
  },
  nothing: null,
};
for (const [what, query] of Object.entries(invalid)) {
  test(`${what} is refused before Cube sees it`, () => {
    assert.throws(() => gate(query), { code: 'QUERY_INVALID', status: 400 });
  });
}

const filters: readonly (readonly [fits: boolean, member: string, operator: string, values: readonly unknown[]])[] = [
  [true, 'issues.issue_count', 'gt', ['1']],
  [true, 'issues.issue_count', 'lte', ['-1.5e3']],
  [true, 'issues.issue_count', 'equals', ['1', '2']],
  [false, 'issues.issue_count', 'gt', ['abc']],
  [false, 'issues.issue_count', 'gt', ['1e999']],
  [false, 'issues.issue_count', 'gt', [null]],
  [false, 'issues.issue_count', 'gt', ['1', '2']],
  [false, 'issues.issue_count', 'contains', ['1']],
  [true, 'issues.priority', 'equals', ['High', null]],
  [true, 'issues.priority', 'contains', ['h', 'l']],
  [false, 'issues.priority', 'contains', [null]],
  [false, 'issues.priority', 'gt', ['High']],
  [false, 'issues.priority', 'inDateRange', ['2026-01-01', '2026-01-02']],
  [true, 'issues.is_open', 'equals', ['true']],
  [false, 'issues.is_open', 'equals', ['maybe']],
  [false, 'issues.is_open', 'gt', ['true']],
  [true, 'issues.created_on', 'inDateRange', ['2026-01-01', '2026-01-02']],
  [true, 'issues.created_on', 'inDateRange', ['last 30 days']],
  [false, 'issues.created_on', 'inDateRange', ['2026-01-02', '2026-01-01']],
  [false, 'issues.created_on', 'inDateRange', ['2026-01-01', '2026-01-02', '2026-01-03']],
  [true, 'issues.created_on', 'equals', ['2026-01-01']],
  [false, 'issues.created_on', 'equals', ['yesterday']],
  [false, 'issues.created_on', 'contains', ['2026']],
  [true, 'issues.created_at', 'afterDate', ['2026-01-01T10:00:00']],
  [false, 'issues.created_at', 'afterDate', ['2026-01-01', '2026-01-02']],
];
for (const [fits, member, operator, values] of filters) {
  test(`a filter ${member} ${operator} ${JSON.stringify(values)} ${fits ? 'passes' : 'is refused by its type'}`, () => {
    const query = { ...base, filters: [{ and: [{ member, operator, values }] }] };
    if (fits) assert.ok(gate(query));
    else assert.throws(() => gate(query), { code: 'QUERY_INVALID', message: new RegExp(`filter on ${member}`) });
  });
}

test('the refusal names the place and not the value', () => {
  assert.throws(
    () => gate({ ...base, timezone: 'canary-7f3a' }),
    (error: Error) => {
      assert.match(error.message, /query\.timezone/);
      assert.doesNotMatch(error.message, /canary/);
      return true;
    },
  );
});

test('filters nested beyond eight levels are refused, not followed (attack 189)', () => {
  const deep = Array.from({ length: 12 }).reduce<object>((inner) => ({ and: [inner] }), {
    member: 'issues.priority',
    operator: 'set',
  });
  assert.throws(() => gate({ ...base, filters: [deep] }), { code: 'QUERY_INVALID' });
});

test('a zone may have its current or its earlier name, and nothing but a name', () => {
  for (const timezone of ['UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5']) {
    assert.ok(gate({ ...base, timezone }), timezone);
  }
  for (const timezone of ['+05:30', 'utc', 'Mars/Phobos', '', 'Asia/Kolkata ', 'x'.repeat(10_000)]) {
    assert.throws(() => gate({ ...base, timezone }), { code: 'QUERY_INVALID' }, timezone.slice(0, 20));
  }
});

test("a day of the tenant's zone cannot be asked for in another zone", () => {
  const query = (dimension: string) => ({
    ...base,
    timezone: 'Asia/Tokyo',
    timeDimensions: [{ dimension, granularity: 'day' }],
  });
  assert.throws(() => gate(query('issues.created_on')), { code: 'QUERY_ZONE_REFUSED' });
  assert.ok(gate(query('issues.created_at')));
});

const member = (name: string) => ({ member: name, operator: 'equals', values: ['x'] });
const allowed = { members: visible, masked: new Set(['users.email']) };
const gateAs = (query: unknown) => gateLoadRequest({ query }, allowed);

test('a masked member may be selected as a dimension', () => {
  assert.ok(gateAs({ dimensions: ['users.email'], limit: 5 }));
});

const oracles: Record<string, object> = {
  'a filter': { filters: [member('users.email')] },
  'a filter of presence': { filters: [{ member: 'users.email', operator: 'set' }] },
  'a filter deep inside': {
    filters: [{ or: [{ and: [{ dimension: 'users.email', operator: 'contains', values: ['a'] }] }] }],
  },
  'an order': { order: { 'users.email': 'asc' } },
  'an order in a list': { order: [['users.email', 'desc']] },
  'a granularity of an order': { order: [['users.email.day', 'desc']] },
};
for (const [where, rest] of Object.entries(oracles)) {
  test(`a masked member in ${where} is refused: rows would tell its value (attack 124)`, () => {
    assert.throws(() => gateAs({ dimensions: ['users.email'], ...rest }), {
      code: 'MEMBER_DENIED',
      status: 403,
      sqlstate: '42501',
      params: { members: ['users.email'], rule: 'masked' },
    });
  });
}

test('a masked member in a measure, a segment or a time dimension is no such member', () => {
  for (const query of [
    { measures: ['users.email'] },
    { segments: ['users.email'] },
    { timeDimensions: [{ dimension: 'users.email' }] },
  ])
    assert.throws(() => gateAs(query), { code: 'MEMBER_DENIED', status: 403 });
});

test('a hidden and an absent member get the same code, status and text', () => {
  const text = (name: string) => {
    try {
      return gateAs({ measures: [name] });
    } catch (error) {
      const { code, status, message } = error as { code: string; status: number; message: string };
      return { code, status, message: message.replaceAll(name, '…') };
    }
  };
  assert.deepEqual(text('issues.resolve_ms'), text('issues.never_was'));
  assert.equal((text('issues.never_was') as { code: string }).code, 'MEMBER_DENIED');
});
