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
