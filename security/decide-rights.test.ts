// Rights as a value: frozen, remembered, told apart by everything that shapes an answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { checkAction, createPolicy, pack } from './index.ts';
import { caller } from './policies/random-policy.case.ts';

const { catalogue } = renderModel(subjects);
const policy = createPolicy(pack, catalogue);
const viewer = caller({ groups: ['viewer'] });

test('equal callers share one decision; subject, name and e-mail change nothing', () => {
  const other = caller({
    groups: ['viewer', 'viewer', 'unbound'],
    subject: 'u2',
    email: 'admin@acme-corp.example',
    name: 'admin',
  });
  assert.equal(policy.decideRights(other), policy.decideRights(viewer));
});

test('attributes that no scope asks for do not divide the caches; those that one does, do', () => {
  const id = (groups: string[], teams: string[]) => policy.decideRights(caller({ groups, teams })).id;
  assert.equal(id(['viewer'], ['Engineering']), id(['viewer'], ['Sales']));
  assert.notEqual(id(['team-viewer'], ['Engineering']), id(['team-viewer'], ['Sales']));
  assert.equal(id(['team-viewer'], ['Engineering', 'Sales']), id(['team-viewer'], ['Sales', 'Engineering', 'Sales']));
});

test('the id is the same in every process, and another with another pack (attack 76)', () => {
  assert.equal(createPolicy(pack, catalogue).decideRights(viewer).id, policy.decideRights(viewer).id);
  const changed = createPolicy({ ...pack, version: pack.version + 1 }, catalogue);
  assert.notEqual(changed.decideRights(viewer).id, policy.decideRights(viewer).id);
  assert.match(policy.id, /^\d+-[0-9a-f]{16}$/);
});

test('rights cannot be changed by whoever holds them (attack 78)', () => {
  const rights = policy.decideRights(viewer);
  assert.throws(() => (rights.masked as Set<string>).delete('users.email'), TypeError);
  assert.throws(() => (rights.members.measures as Set<string>).add('users.secret'), TypeError);
  assert.throws(() => (rights.members.dimensions as Map<string, string>).clear(), TypeError);
  assert.throws(() => (rights.actions as Set<string>).add('pii.reveal'), TypeError);
  assert.throws(() => Object.assign(rights, { id: 'x' }), TypeError);
  const scoped = policy.decideRights(caller({ groups: ['team-viewer'], teams: ['Engineering'] }));
  const [row] = scoped.rows.users ?? [];
  assert.ok(row);
  assert.throws(() => (row.values as unknown as string[]).push('Sales'), TypeError);
  assert.throws(() => (scoped.rows.users as unknown as unknown[]).pop(), TypeError);
});

test('what is remembered is bounded, and a forgotten decision is made again as it was', () => {
  const first = caller({ groups: ['team-viewer'], teams: ['Team 0'] });
  const { id } = policy.decideRights(first);
  for (let i = 1; i <= 1_500; i += 1) policy.decideRights(caller({ groups: ['team-viewer'], teams: [`Team ${i}`] }));
  assert.equal(policy.decideRights(first).id, id);
});

test('an action that no role grants is refused by name', () => {
  assert.throws(() => checkAction(policy.decideRights(viewer), 'pii.reveal'), {
    code: 'ACTION_DENIED',
    status: 403,
    sqlstate: '42501',
    params: { action: 'pii.reveal', rule: 'default-deny' },
  });
  checkAction(policy.decideRights(viewer), 'query');
});

test('an explanation names the rule of every member and of every condition on rows', () => {
  const team = caller({ groups: ['team-viewer'], teams: ['Engineering'] });
  const explained = policy.explain(team, [
    'users.email',
    'users.user_count',
    'issues.issue_count',
    'users.never_was',
    'x',
  ]);
  assert.deepEqual(explained, {
    roles: ['viewer'],
    scopes: ['own-team'],
    members: [
      { member: 'issues.issue_count', decision: 'denied', rule: 'own-team' },
      { member: 'users.email', decision: 'masked', rule: 'mask-pii' },
      { member: 'users.never_was', decision: 'denied', rule: 'default-deny' },
      { member: 'users.user_count', decision: 'allowed', rule: 'viewer/read' },
      { member: 'x', decision: 'denied', rule: 'default-deny' },
    ],
    rows: [{ view: 'users', key: 'department', values: ['Engineering'], rule: 'own-team' }],
  });
  const platform = policy.explain(caller({ groups: ['admin', 'platform-analyst'] }), ['users.email']);
  assert.deepEqual(platform.members, [{ member: 'users.email', decision: 'denied', rule: 'platform-sees-nobody' }]);
});

test('an explanation of everything is what the rights are', () => {
  for (const groups of [['viewer'], ['analyst'], ['operator'], ['admin', 'platform-analyst']]) {
    const { members, masked } = policy.decideRights(caller({ groups }));
    for (const { member, decision } of policy.explain(caller({ groups })).members) {
      const isThere = members.measures.has(member) || members.dimensions.has(member);
      assert.equal(isThere ? (masked.has(member) ? 'masked' : 'allowed') : 'denied', decision, member);
    }
  }
});
