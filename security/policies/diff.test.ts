// Who gains or loses what between two packs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { diffPacks, type PolicyPack, pack } from '../index.ts';

const { catalogue } = renderModel(subjects);
const changes = (after: PolicyPack, before: PolicyPack = pack) =>
  diffPacks(before, after, catalogue).map(({ who, change, what }) => `${who} ${change} ${what}`);

test('the same pack, and the same said in other words, have no difference', () => {
  assert.deepEqual(changes(pack), []);
  const split = pack.roles.viewer.grants[0].views.map((view) => ({
    ...pack.roles.viewer.grants[0],
    id: `read-${view.replaceAll('_', '-')}`,
    views: [view],
  }));
  assert.deepEqual(
    changes({ ...pack, version: 2, roles: { ...pack.roles, viewer: { ...pack.roles.viewer, grants: split } } }),
    [],
  );
});

test('a higher clearance gains values instead of tokens, and the way back loses them', () => {
  const open: PolicyPack = { ...pack, roles: { ...pack.roles, viewer: { ...pack.roles.viewer, clearance: 'pii' } } };
  assert.ok(changes(open).includes('role viewer gains users.email instead of its token'));
  assert.ok(changes(pack, open).includes('role viewer loses users.email and keeps its token'));
  assert.ok(changes(open).every((change) => change.startsWith('role viewer gains ')));
});

test('a deny, a mask taken away, an action and a group are told by name', () => {
  const denies = [
    ...pack.denies,
    {
      id: 'no-devices',
      about: 'x',
      roles: ['viewer'],
      members: ['devices.device_count'],
      actions: ['pipeline.read'] as const,
    },
  ];
  assert.deepEqual(changes({ ...pack, denies }), [
    'role viewer loses devices.device_count',
    'role viewer loses action pipeline.read',
  ]);
  assert.ok(changes({ ...pack, masks: [] }).includes('role viewer loses users.email as a token'));
  const bindings = pack.bindings.filter(({ group }) => group !== 'analyst');
  assert.deepEqual(changes({ ...pack, bindings }), ['group analyst loses role analyst']);
});

test('a scope more is rows less', () => {
  const bindings = pack.bindings.map((one) =>
    one.group === 'analyst' ? { ...one, scopes: ['own-team'] as const } : one,
  );
  const found = changes({ ...pack, bindings });
  assert.ok(found.includes("group analyst loses rows of users whose department is not the caller's teams (own-team)"));
  assert.ok(found.includes('group analyst loses all rows of issues (own-team)'));
  assert.ok(changes(pack, { ...pack, bindings }).includes('group analyst gains all rows of issues (own-team)'));
});

test('a group that is bound no more loses its roles and gains nothing; one that is bound anew gains them with their scopes', () => {
  const without = { ...pack, bindings: pack.bindings.filter(({ group }) => group !== 'org-analyst') };
  const role = 'role analyst, over rows of own-org alone';
  assert.deepEqual(changes(without), [`group org-analyst loses ${role}`]);
  assert.deepEqual(changes(pack, without), [`group org-analyst gains ${role}`]);
});

test('of a scope that changes, what it says of a view is a gain or a loss, and never both', () => {
  const withRegion = (members: Readonly<Record<string, string>>, rest: object = {}): PolicyPack => ({
    ...pack,
    scopes: { ...pack.scopes, 'own-region': { ...pack.scopes['own-region'], ...rest, members } as never },
  });
  const [both, one] = [
    withRegion({ auth_attempts: 'country', auth_events: 'country' }),
    withRegion({ auth_events: 'country' }),
  ];
  assert.deepEqual(changes(one, both), ['group region-analyst loses all rows of auth_attempts (own-region)']);
  assert.deepEqual(changes(both, one), [
    "group region-analyst gains rows of auth_attempts whose country is the caller's region (own-region)",
  ]);
  const fixed = (...values: string[]) => withRegion({ auth_events: 'country' }, { attribute: undefined, values });
  assert.deepEqual(changes(fixed('IN', 'DE'), fixed('DE')), [
    'group region-analyst gains rows of auth_events whose country is one of IN (own-region)',
  ]);
  assert.deepEqual(changes(fixed('DE'), fixed('DE', 'IN')), [
    'group region-analyst loses rows of auth_events whose country is one of IN (own-region)',
  ]);
});
