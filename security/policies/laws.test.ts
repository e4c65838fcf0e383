// What must hold of every policy: default deny, deny wins, order and repetition change nothing, grants only add and denies only take.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPolicy } from '../decide-rights.ts';
import type { Access } from '../parse-claims.ts';
import type { Rights } from '../rights.ts';
import type { Catalogue } from './catalogue.ts';
import type { PolicyPack } from './pack-schema.ts';
import { randomAccess, randomCatalogue, randomDeny, randomPack } from './random-policy.case.ts';

const scenario = [randomPack, randomCatalogue, randomAccess] as const;
const runs = { numRuns: 400 };

/** What may be done, as texts; undefined where the caller is not let in. */
function everythingAllowed(pack: PolicyPack, catalogue: Catalogue, access: Access): Set<string> | undefined {
  const rights = decide(pack, catalogue, access);
  if (!rights) return undefined;
  const { measures, dimensions, segments } = rights.members;
  const named = [...measures, ...dimensions.keys(), ...segments];
  return new Set([
    ...named,
    ...named.filter((name) => !rights.masked.has(name)).map((name) => `${name} in clear`),
    ...rights.actions,
  ]);
}
function decide(pack: PolicyPack, catalogue: Catalogue, access: Access): Rights | undefined {
  try {
    return createPolicy(pack, catalogue).decideRights(access);
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'CLAIM_REFUSED');
    return undefined;
  }
}
const isWithin = (few: ReadonlySet<string> | undefined, many: ReadonlySet<string> | undefined) =>
  few === undefined || (many !== undefined && [...few].every((one) => many.has(one)));

test('default deny: without a bound group nobody is let in, and without a grant nothing is seen', () => {
  fc.assert(
    fc.property(...scenario, (pack, catalogue, access) => {
      assert.equal(decide(pack, catalogue, { ...access, groups: ['e', 'A', 'a '] }), undefined);
      const rights = decide(pack, catalogue, access);
      const granted = new Set(
        Object.values(pack.roles).flatMap(({ grants }) =>
          grants.flatMap(({ views, kinds }) => views.flatMap((view) => kinds.map((kind) => `${view} ${kind}`))),
        ),
      );
      for (const name of rights?.members.measures ?? []) assert.ok(granted.has(`${name.split('.')[0]} measure`), name);
    }),
    runs,
  );
});

test('deny wins: what everyone is denied nobody has, whatever is granted', () => {
  fc.assert(
    fc.property(...scenario, (pack, catalogue, access) => {
      const deny = { id: 'all', about: 'x', roles: 'everyone' as const, views: ['users'], actions: ['sql' as const] };
      const allowed = everythingAllowed({ ...pack, denies: [deny, ...pack.denies] }, catalogue, access);
      assert.ok([...(allowed ?? [])].every((name) => !name.startsWith('users.') && name !== 'sql'));
    }),
    runs,
  );
});

test('order and repetition of groups, roles, scopes, grants and denies change nothing, the id of the rights included', () => {
  fc.assert(
    fc.property(...scenario, (pack, catalogue, access) => {
      const turned: PolicyPack = {
        ...pack,
        roles: Object.fromEntries(
          Object.entries(pack.roles)
            .reverse()
            .map(([name, role]) => [
              name,
              { ...role, grants: role.grants.toReversed(), actions: role.actions.toReversed() },
            ]),
        ),
        bindings: pack.bindings
          .map((binding) => ({
            ...binding,
            roles: [...binding.roles.toReversed(), ...binding.roles],
            ...(binding.scopes ? { scopes: [...binding.scopes.toReversed(), ...binding.scopes] } : {}),
          }))
          .reverse(),
        masks: pack.masks.toReversed(),
        denies: pack.denies.toReversed(),
      };
      const twice = {
        ...access,
        groups: [...access.groups.toReversed(), ...access.groups],
        teams: access.teams.toReversed(),
      };
      const [plain, other] = [decide(pack, catalogue, access), decide(turned, catalogue, twice)];
      assert.deepEqual(other && { ...other, id: '', policy: '' }, plain && { ...plain, id: '', policy: '' });
      assert.equal(decide(pack, catalogue, twice)?.id, plain?.id);
    }),
    runs,
  );
});

test('a grant more never takes anything away', () => {
  const more = fc.record({
    view: fc.constantFrom('users', 'devices'),
    kind: fc.constantFrom('measure', 'dimension'),
    upTo: fc.constantFrom('internal', 'pii'),
  });
  fc.assert(
    fc.property(
      ...scenario,
      more,
      fc.constantFrom('viewer', 'analyst', 'operator'),
      (pack, catalogue, access, { view, kind, upTo }, name) => {
        const role = pack.roles[name];
        assert.ok(role);
        const grants = [
          ...role.grants,
          { id: 'more', views: [view], kinds: [kind], upTo },
        ] as PolicyPack['roles'][string]['grants'];
        const richer = { ...pack, roles: { ...pack.roles, [name]: { ...role, grants } } };
        assert.ok(isWithin(everythingAllowed(pack, catalogue, access), everythingAllowed(richer, catalogue, access)));
      },
    ),
    runs,
  );
});

test('a deny more never gives anything', () => {
  fc.assert(
    fc.property(...scenario, randomDeny, (pack, catalogue, access, deny) => {
      const stricter = { ...pack, denies: [...pack.denies, { ...deny, id: 'more' }] };
      assert.ok(isWithin(everythingAllowed(stricter, catalogue, access), everythingAllowed(pack, catalogue, access)));
    }),
    runs,
  );
});

test('a group more never widens the rows of a view that was seen before (attacks 43, 44)', () => {
  fc.assert(
    fc.property(...scenario, fc.constantFrom('a', 'b', 'c', 'd'), (pack, catalogue, access, group) => {
      const [few, many] = [
        decide(pack, catalogue, access),
        decide(pack, catalogue, { ...access, groups: [...access.groups, group] }),
      ];
      for (const [view, filters] of Object.entries(few?.rows ?? {}))
        if (
          many &&
          [...many.members.dimensions.keys(), ...many.members.measures].some((name) => name.startsWith(`${view}.`))
        )
          for (const filter of filters)
            assert.ok(
              many.rows[view]?.some((kept) => kept.rule === filter.rule),
              filter.rule,
            );
    }),
    runs,
  );
});

test('a clearance said in the token lowers and never raises', () => {
  fc.assert(
    fc.property(...scenario, (pack, catalogue, access) => {
      const { clearance: _, ...silent } = access;
      assert.ok(isWithin(everythingAllowed(pack, catalogue, access), everythingAllowed(pack, catalogue, silent)));
    }),
    runs,
  );
});
