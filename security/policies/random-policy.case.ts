// For tests: random packs that the linter takes, over random catalogues, and random callers for them.
import fc from 'fast-check';
import { type Access, clearances } from '../parse-claims.ts';
import { actions } from '../rights.ts';
import type { Catalogue, CatalogueMember } from './catalogue.ts';
import type { PolicyPack } from './pack-schema.ts';

const views = ['users', 'devices', 'issues'];
const names = ['email', 'country', 'count', 'when', 'open', 'rare'];
const roles = ['viewer', 'analyst', 'operator'];
const scopes = ['by-org', 'by-region', 'by-team', 'by-constant'];
const keys = ['org_id', 'country', 'department'];
const groups = ['a', 'b', 'c', 'd', 'e'];
export const rowValues = ['x', 'y', 'z'];

const level = fc.constantFrom(...clearances);
const some = <T>(of: readonly T[], most = of.length) =>
  fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: most });

const member: fc.Arbitrary<CatalogueMember> = fc.record({
  kind: fc.constantFrom('measure', 'dimension', 'dimension', 'segment'),
  type: fc.constantFrom('string', 'string', 'string', 'number', 'boolean', 'time'),
  classification: level,
});
const recordOf = <T>(of: readonly string[], one: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.record(Object.fromEntries(of.map((name) => [name, one])));

export const randomCatalogue: fc.Arbitrary<Catalogue> = recordOf(
  views,
  fc.record({
    members: recordOf(names, member),
    rowKeys: fc.constant(Object.fromEntries(keys.map((key) => [key, `hidden.${key}`]))),
  }),
);

const kinds = some(['measure', 'dimension', 'segment'] as const);
const everything = { id: 'base', views, kinds: ['segment' as const], upTo: 'public' as const };
const role = fc
  .record({
    about: fc.constant('x'),
    clearance: level,
    grants: fc.array(fc.record({ views: some(views), kinds, upTo: level }), { maxLength: 3 }),
    actions: fc.subarray([...actions]),
  })
  .map((one) => ({ ...one, grants: [everything, ...one.grants.map((grant, i) => ({ id: `g${i}`, ...grant }))] }));

const columns = fc.dictionary(fc.constantFrom(...views), fc.constantFrom(...keys), {
  minKeys: 1,
  noNullPrototype: true,
});
const by = (rule: object) => columns.map((members) => ({ about: 'x', operator: 'equals' as const, members, ...rule }));
const randomScopes = fc.record({
  'by-org': by({ attribute: 'org' }),
  'by-region': by({ attribute: 'region' }),
  'by-team': by({ attribute: 'teams' }),
  'by-constant': by({ values: ['x', 'y'] }),
});

export const randomDeny = fc
  .record({
    id: fc.constant('d'),
    about: fc.constant('x'),
    roles: fc.oneof(fc.constant('everyone' as const), some(roles)),
    views: fc.option(some(views), { nil: undefined }),
    members: fc.option(some(views.flatMap((view) => names.map((name) => `${view}.${name}`))), { nil: undefined }),
    from: fc.option(level, { nil: undefined }),
    actions: fc.option(some(actions, 3), { nil: undefined }),
  })
  .map((deny) => Object.fromEntries(Object.entries(deny).filter(([, value]) => value !== undefined)))
  .filter((deny) => Object.keys(deny).length > 3) as unknown as fc.Arbitrary<PolicyPack['denies'][number]>;

/** What every role and every scope needs to be in use; nobody is in this group. */
const unused = { group: 'nobody', roles, scopes };

export const randomPack: fc.Arbitrary<PolicyPack> = fc
  .record({
    version: fc.constant(1),
    roles: recordOf(roles, role),
    scopes: randomScopes,
    bindings: fc.array(
      fc.record({ roles: some(roles, 2), scopes: fc.option(some(scopes, 2), { nil: undefined, freq: 2 }) }),
      {
        minLength: groups.length - 1,
        maxLength: groups.length - 1,
      },
    ),
    masks: fc
      .uniqueArray(fc.constantFrom(...clearances.slice(1)), { minLength: 1, maxLength: 3 })
      .map((all) => all.map((classification) => ({ id: `m-${classification}`, classification }))),
    denies: fc.array(randomDeny, { maxLength: 2 }),
  })
  .map((pack) => ({
    ...pack,
    // What the linter wants for embeds.
    roles: {
      ...pack.roles,
      viewer: { ...pack.roles.viewer, actions: [...new Set(['query', ...(pack.roles.viewer?.actions ?? [])])] },
    },
    // The last group is bound to nothing.
    bindings: [
      unused,
      ...pack.bindings.map(({ roles: given, scopes: held }, i) => ({
        group: String(groups[i]),
        roles: given,
        ...(held ? { scopes: held } : {}),
      })),
    ],
    denies: pack.denies.map((deny, i) => ({ ...deny, id: `d${i}` })),
  })) as unknown as fc.Arbitrary<PolicyPack>;

export const caller = (rest: Partial<Access>): Access => ({
  tenant: 'acme-corp' as Access['tenant'],
  subject: 'u1',
  email: undefined,
  name: undefined,
  groups: [],
  teams: [],
  amr: [],
  issuer: 'https://issuer.example',
  client: 'tessera-app',
  expiresAt: 2_000_000_000,
  ...rest,
});

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 6 });
export const randomAccess: fc.Arbitrary<Access> = fc
  .record({
    groups: fc.array(fc.constantFrom(...groups), { minLength: 0, maxLength: 3 }),
    org: maybe(fc.constantFrom(...rowValues)),
    region: maybe(fc.constantFrom(...rowValues)),
    teams: fc.array(fc.constantFrom(...rowValues), { maxLength: 3 }),
    clearance: fc.option(level, { nil: undefined }),
  })
  .map(caller);
