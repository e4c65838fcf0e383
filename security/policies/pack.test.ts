// The policy pack as decision tables: who sees which kind of member how, who may do what. What no table lists is denied.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { type Access, type Action, actions, type Clearance, createPolicy, pack } from '../index.ts';
import { caller } from './random-policy.case.ts';

const { catalogue } = renderModel(subjects);
const { decideRights } = createPolicy(pack, catalogue);
const attributes = { org: 'acme-corp-hq', region: 'Germany', teams: ['Engineering'] };
const rightsOf = (groups: readonly string[], rest: Partial<Access> = attributes) =>
  decideRights(caller({ groups, ...rest }));

type Seen = 'allowed' | 'masked' | 'denied';
function seen(rights: ReturnType<typeof rightsOf>, path: string): Seen {
  const { measures, dimensions } = rights.members;
  if (!measures.has(path) && !dimensions.has(path)) return 'denied';
  return rights.masked.has(path) ? 'masked' : 'allowed';
}

const levels: readonly Clearance[] = ['internal', 'confidential', 'pii'];
/** By group: views that are open, what is seen at each class, actions. Views and actions that are not listed are denied. */
const table: Record<
  string,
  { views: readonly string[]; sees: readonly [Seen, Seen, Seen]; may: readonly Action[]; rows?: readonly string[] }
> = {
  viewer: { views: Object.keys(catalogue), sees: ['allowed', 'allowed', 'masked'], may: ['query', 'pipeline.read'] },
  analyst: {
    views: Object.keys(catalogue),
    sees: ['allowed', 'allowed', 'allowed'],
    may: ['query', 'sql', 'export', 'pipeline.read'],
  },
  steward: {
    views: Object.keys(catalogue),
    sees: ['allowed', 'allowed', 'allowed'],
    may: [
      'query',
      'sql',
      'export',
      'rows.raw',
      'policy.explain',
      'audit.read',
      'pii.reveal',
      'embed.mint',
      'pipeline.read',
      'quarantine.read',
    ],
  },
  operator: {
    views: Object.keys(catalogue),
    sees: ['allowed', 'denied', 'denied'],
    may: ['query', 'pipeline.read', 'pipeline.operate', 'quarantine.read', 'quarantine.operate'],
  },
  'platform-analyst': {
    views: Object.keys(catalogue),
    sees: ['allowed', 'denied', 'denied'],
    may: ['query', 'sql', 'pipeline.read'],
  },
  admin: { views: Object.keys(catalogue), sees: ['allowed', 'allowed', 'allowed'], may: actions },
  'org-analyst': {
    views: Object.keys(catalogue),
    sees: ['allowed', 'allowed', 'allowed'],
    may: ['query', 'sql', 'export', 'pipeline.read'],
    rows: ['own-org'],
  },
  'region-analyst': {
    views: ['auth_attempts', 'auth_events'],
    sees: ['allowed', 'allowed', 'allowed'],
    may: ['query', 'sql', 'export', 'pipeline.read'],
    rows: ['own-region'],
  },
  'team-viewer': {
    views: ['auth_attempts', 'device_states', 'devices', 'user_states', 'users'],
    sees: ['allowed', 'allowed', 'masked'],
    may: ['query', 'pipeline.read'],
    rows: ['own-team'],
  },
};

test('every group of the pack has a row in the table', () => {
  assert.deepEqual(Object.keys(table).sort(), pack.bindings.map(({ group }) => group).sort());
});

for (const [group, { views, sees, may, rows = [] }] of Object.entries(table)) {
  test(`group ${group}: every member of every view, every action`, () => {
    const rights = rightsOf([group]);
    for (const [view, { members }] of Object.entries(catalogue)) {
      for (const [name, { kind, classification }] of Object.entries(members)) {
        const expected = views.includes(view) ? sees[levels.indexOf(classification)] : 'denied';
        assert.equal(seen(rights, `${view}.${name}`), expected, `${view}.${name} (${kind}, ${classification})`);
      }
      assert.deepEqual(
        (views.includes(view) ? (rights.rows[view] ?? []) : []).map(({ rule }) => rule),
        views.includes(view) ? rows : [],
      );
    }
    assert.deepEqual(Object.keys(rights.rows).sort(), rows.length > 0 ? [...views].sort() : []);
    assert.deepEqual([...rights.actions].sort(), [...may].sort());
  });
}

test('a clearance in the token lowers what an analyst sees; a level that nobody knows is the lowest', () => {
  const as = (clearance: Access['clearance']) => seen(rightsOf(['analyst'], { clearance }), 'users.email');
  assert.deepEqual([as('pii'), as('confidential'), as('internal')], ['allowed', 'masked', 'masked']);
  assert.equal(rightsOf(['viewer'], { clearance: 'pii' }).masked.has('users.email'), true, 'it never raises');
  const lowest = rightsOf(['analyst'], { clearance: 'public' });
  assert.equal(lowest.members.measures.size, 0);
});

test('a platform analyst who is an analyst, too, sees nobody: deny wins', () => {
  const rights = rightsOf(['admin', 'platform-analyst']);
  assert.equal(seen(rights, 'users.email'), 'denied');
  assert.equal(seen(rights, 'users.is_admin'), 'denied');
  assert.equal(seen(rights, 'users.user_count'), 'allowed');
  assert.ok(!rights.actions.has('pii.reveal') && !rights.actions.has('export'));
});

test('a scope holds for every other group of its caller, too (attack 44), and two scopes hold both (attack 43)', () => {
  const both = rightsOf(['analyst', 'team-viewer', 'org-analyst']);
  assert.deepEqual(
    both.rows.users?.map(({ member, values }) => [member, values]),
    [
      ['dim_user.org_id', ['acme-corp-hq']],
      ['dim_user.department', ['Engineering']],
    ],
  );
  assert.equal(seen(both, 'issues.issue_count'), 'denied', 'a view that the scope cannot filter is closed');
});

for (const [group, missing] of [
  ['org-analyst', 'org'],
  ['region-analyst', 'region'],
  ['team-viewer', 'teams'],
] as const) {
  test(`${group} without the claim ${missing} is refused, never unfiltered (attacks 38, 39, 40)`, () => {
    const without: Partial<Access> = { ...attributes, [missing]: missing === 'teams' ? [] : undefined };
    const refused = { code: 'CLAIM_REFUSED', status: 403, params: { claim: missing } };
    assert.throws(() => rightsOf([group], without), refused);
    assert.throws(() => rightsOf(['analyst', group], without), refused, 'another group does not heal it');
    for (const odd of ['', ' ', '*', '%', null, 7, {}])
      assert.throws(
        () =>
          rightsOf([group], {
            ...attributes,
            [missing]: missing === 'teams' ? ['Engineering', odd] : odd,
          } as Partial<Access>),
        refused,
        String(odd),
      );
  });
}

for (const groups of [
  ['Analyst'],
  ['analyst '],
  ['ANALYST'],
  ['viewer,analyst'],
  ['*'],
  ['__proto__'],
  ['constructor'],
  [],
]) {
  test(`groups ${JSON.stringify(groups)} give no role (attack 120)`, () => {
    assert.throws(() => rightsOf(groups), { code: 'CLAIM_REFUSED', status: 403, params: { claim: 'groups' } });
  });
}
test('ten thousand groups with one that is bound give what that one gives (attack 120)', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `group ${i}`);
  assert.equal(rightsOf([...many, 'viewer']).id, rightsOf(['viewer']).id);
});
