// What the linter says: one broken pack a row, and the sentence for it. A pack with one of these stops the start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { createPolicy, lintPack, pack } from '../index.ts';
import type { Catalogue } from './catalogue.ts';
import { caller } from './random-policy.case.ts';

const { catalogue } = renderModel(subjects);
type Draft = Record<string, never> & Record<string, unknown>;
/** A copy of the pack with one thing changed at a path. */
function draft(path: string, value: unknown): unknown {
  const copy = structuredClone(pack) as unknown as Draft;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const place = keys.reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

test('the pack that is served has no problem', () => {
  assert.deepEqual(lintPack(pack, catalogue).problems, []);
});

const broken: readonly (readonly [what: string, path: string, value: unknown, says: RegExp])[] = [
  ['an empty filter list', 'scopes.own-team.values', [], /scopes\.own-team\.values is an empty list/],
  ['a scope over no view', 'scopes.own-team.members', {}, /scopes\.own-team\.members is an empty list/],
  [
    'a scope by nothing',
    'scopes.own-team.attribute',
    undefined,
    /own-team wants either an attribute or values: .* true of every row/,
  ],
  [
    'a constant that is a pattern',
    'scopes.own-team',
    { ...pack.scopes['own-team'], attribute: undefined, values: ['%'] },
    /values\.0 is empty or a pattern, which would be true of every row/,
  ],
  ['contains', 'scopes.own-team.operator', 'contains', /operator must be equals/],
  ['a negation', 'scopes.own-org.operator', 'notEquals', /operator must be equals/],
  ['an e-mail as a right', 'scopes.own-team.attribute', 'email', /is email, which its owner can edit/],
  [
    'a display name as a right',
    'scopes.own-team.attribute',
    'display_name',
    /is display_name, which its owner can edit/,
  ],
  ['an unknown attribute', 'scopes.own-team.attribute', 'shoe_size', /is no attribute of a caller/],
  [
    'a masked member as a row key',
    'scopes.own-team.members.users',
    'email',
    /compares users\.email, which is masked for some/,
  ],
  ['an unknown row key', 'scopes.own-team.members.users', 'galaxy', /compares users\.galaxy, which is no row key/],
  [
    'a view that is not there in a scope',
    'scopes.own-team.members.planets',
    'department',
    /scope own-team names view planets/,
  ],
  [
    'a view that is not there in a grant',
    'roles.viewer.grants.0.views',
    ['planets'],
    /grant viewer\/read names view planets/,
  ],
  [
    'a member that is not there',
    'denies.0.members',
    ['users.secret'],
    /deny platform-sees-nobody names member users\.secret/,
  ],
  ['a member of every object', 'denies.0.members', ['users.constructor'], /names member users\.constructor/],
  ['an unknown role', 'bindings.0.roles', ['emperor'], /group admin is given role emperor/],
  ['an unknown role in a deny', 'denies.0.roles', ['emperor'], /deny platform-sees-nobody names role emperor/],
  ['an unknown scope', 'bindings.0.scopes', ['own-planet'], /group admin is given scope own-planet/],
  ['an unknown action', 'roles.viewer.actions', ['fly'], /roles\.viewer\.actions\.0 is no action: fly/],
  ['no role for embeds', 'roles.viewer', undefined, /role viewer is missing: embeds show what it may see/],
  ['a role for embeds that asks nothing', 'roles.viewer.actions', ['pipeline.read'], /viewer has no action query/],
  ['an unknown class', 'roles.viewer.clearance', 'cosmic', /roles\.viewer\.clearance is no classification/],
  [
    'a clearance that is a number',
    'roles.viewer.clearance',
    Number.POSITIVE_INFINITY,
    /roles\.viewer\.clearance is no classification/,
  ],
  ['a role without grants', 'roles.viewer.grants', [], /roles\.viewer\.grants is an empty list/],
  ['a grant of no view', 'roles.viewer.grants.0.views', [], /grants\.0\.views is an empty list/],
  ['a deny of nothing', 'denies.0', { id: 'd', about: 'x', roles: 'everyone' }, /denies\.0 denies nothing/],
  ['a deny for nobody', 'denies.0.roles', [], /denies\.0\.roles/],
  ['the group of all', 'bindings.0.group', '*', /bindings\.0\.group is no name of a single group/],
  ['several groups in one', 'bindings.0.group', 'a,b', /bindings\.0\.group is no name of a single group/],
  ['a group with a space behind', 'bindings.0.group', 'admin ', /bindings\.0\.group is no name of a single group/],
  ['a group bound twice', 'bindings.0.group', 'viewer', /group viewer is bound twice/],
  ['a role for nobody', 'bindings.3', pack.bindings[1], /role steward|bound twice/],
  ['a rule by a name that is taken', 'denies.0.id', 'default-deny', /rule default-deny has a name that is taken/],
  ['two rules by one name', 'denies.0.id', 'mask-pii', /rule mask-pii is there twice/],
  ['a mask that is never put on', 'masks.0.classification', 'public', /mask mask-pii is over the lowest class/],
  ['an unknown field', 'allowAll', true, /unknown field allowAll/],
  ['an unknown field of a grant', 'roles.viewer.grants.0.unless', 'x', /unknown field unless/],
  ['no bindings', 'bindings', [], /bindings is an empty list/],
  ['no version', 'version', undefined, /version/],
];
for (const [what, path, value, says] of broken) {
  test(`${what} is refused with a sentence, and stops the start (attack 122)`, () => {
    const wrong = draft(path, value);
    const { problems } = lintPack(wrong, catalogue);
    assert.match(problems.join('\n'), says);
    for (const problem of problems) assert.match(problem, /^\S.*\.$/s, 'a sentence');
    assert.throws(() => createPolicy(wrong, catalogue), { code: 'POLICY_BROKEN', status: 500 });
  });
}

for (const nothing of [undefined, null, {}, [], '', 'allow all', true]) {
  test(`a pack that is ${JSON.stringify(nothing) ?? 'absent'} stops the start (attack 220)`, () => {
    assert.throws(() => createPolicy(nothing, catalogue), { code: 'POLICY_BROKEN' });
  });
}

test('groups may be called anything: the role of embeds is found by its own name, and may be given to no group', () => {
  const renamed = {
    ...pack,
    bindings: [
      { group: 'BI Readers', roles: ['viewer'] },
      {
        group: 'BI Stewards',
        roles: ['steward', 'analyst', 'operator', 'platform-analyst'],
        scopes: Object.keys(pack.scopes),
      },
    ],
  };
  for (const bindings of [renamed.bindings, renamed.bindings.slice(1)]) {
    const policy = createPolicy({ ...renamed, bindings }, catalogue);
    const nobody = caller({ groups: [] });
    assert.throws(() => policy.decideRights(caller({ groups: ['viewer'] })), { code: 'CLAIM_REFUSED' });
    const rights = policy.decideViewerRights(nobody);
    assert.deepEqual([rights.roles, rights.rows], [['viewer'], {}]);
    assert.ok(rights.masked.has('users.email') && rights.actions.has('query') && !rights.actions.has('sql'));
    // The token of who minted may lower it.
    assert.ok(
      !policy.decideViewerRights({ ...nobody, clearance: 'public' }).members.dimensions.has('users.department'),
    );
  }
});

test('a view that no role grants, and a member without a class, are refused (attack 42)', () => {
  const { users } = catalogue;
  assert.ok(users);
  assert.match(lintPack(pack, { ...catalogue, planets: users }).problems.join(), /View planets has no policy/);
  const member = { kind: 'dimension', type: 'string' };
  const members = { ...users.members, shoe_size: member };
  const unclassified = { ...catalogue, users: { ...users, members } } as unknown as Catalogue;
  assert.match(lintPack(pack, unclassified).problems.join(), /users\.shoe_size has no classification/);
});
