// The linter of policy packs: what the shape alone cannot refuse, as sentences. A pack with a single one is not served.
import { clearances } from '../parse-claims.ts';
import { bindingsAloneSchema, isBindingsAlone, wholePack } from './bindings-alone.ts';
import type { Catalogue } from './catalogue.ts';
import { type PolicyPack, packSchema, viewerRole } from './pack-schema.ts';

export type Linted =
  | { readonly pack: PolicyPack; readonly problems: readonly [] }
  | { readonly pack?: undefined; readonly problems: readonly string[] };
type Rule = (pack: PolicyPack, catalogue: Catalogue) => readonly string[];

/** unknown → a whole pack, or what is wrong with it; bindings alone stand upon the pack that is built in. Never throws. */
export function lintPack(unchecked: unknown, catalogue: Catalogue): Linted {
  const isAlone = isBindingsAlone(unchecked);
  const parsed = (isAlone ? bindingsAloneSchema : packSchema).safeParse(unchecked);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((issue) => {
        const at = issue.path.map(String).join('.') || 'the pack';
        return issue.code === 'unrecognized_keys'
          ? `${at} has an unknown field ${issue.keys.join(', ')}.`
          : `${at} ${issue.message}.`;
      }),
    };
  const pack = wholePack(parsed.data as Partial<PolicyPack>);
  // Of the roles that are built in, somebody may need two.
  const asked = isAlone ? rules.filter((rule) => rule !== nothingIsIdle) : rules;
  const problems = asked.flatMap((rule) => rule(pack, catalogue));
  return problems.length > 0 ? { problems } : { pack, problems: [] };
}

const has = (record: object, name: string) => Object.hasOwn(record, name);
const twice = (names: readonly string[]) => [...new Set(names.filter((name, i) => names.indexOf(name) < i))];

const everyMemberHasAClass: Rule = (_, catalogue) =>
  Object.entries(catalogue).flatMap(([view, { members }]) =>
    Object.entries(members)
      .filter(([, { classification }]) => !clearances.includes(classification))
      .map(([name]) => `${view}.${name} has no classification, so nobody can say who may see it.`),
  );

const everyViewHasAPolicy: Rule = (pack, catalogue) => {
  const granted = new Set(Object.values(pack.roles).flatMap(({ grants }) => grants.flatMap(({ views }) => views)));
  return Object.keys(catalogue)
    .filter((view) => !granted.has(view))
    .map((view) => `View ${view} has no policy: no role grants anything of it. Grant it, or take it out of the model.`);
};

const viewsExist: Rule = (pack, catalogue) => {
  const named = [
    ...Object.entries(pack.roles).flatMap(([role, { grants }]) =>
      grants.flatMap(({ id, views }) => views.map((view) => [`grant ${role}/${id}`, view] as const)),
    ),
    ...Object.entries(pack.scopes).flatMap(([scope, { members }]) =>
      Object.keys(members).map((view) => [`scope ${scope}`, view] as const),
    ),
    ...pack.denies.flatMap(({ id, views = [] }) => views.map((view) => [`deny ${id}`, view] as const)),
  ];
  return named
    .filter(([, view]) => !has(catalogue, view))
    .map(([where, view]) => `${where} names view ${view}, which does not exist.`);
};

const deniedMembersExist: Rule = (pack, catalogue) =>
  pack.denies.flatMap(({ id, members = [] }) =>
    members
      .filter((path) => {
        const [view = '', name = '', ...rest] = path.split('.');
        return rest.length > 0 || !has(catalogue, view) || !has(catalogue[view]?.members ?? {}, name);
      })
      .map((path) => `deny ${id} names member ${path}, which does not exist: what it was to keep hidden may be shown.`),
  );

const rowsAreToldApartByKeys: Rule = (pack, catalogue) =>
  Object.entries(pack.scopes).flatMap(([scope, { members }]) =>
    Object.entries(members)
      .filter(([view, key]) => has(catalogue, view) && !has(catalogue[view]?.rowKeys ?? {}, key))
      .map(([view, key]) =>
        catalogue[view]?.members[key]?.classification === 'pii'
          ? `scope ${scope} compares ${view}.${key}, which is masked for some: rows would tell what the token hides.`
          : `scope ${scope} compares ${view}.${key}, which is no row key of that view.`,
      ),
  );

const namesExist: Rule = (pack) => [
  ...pack.bindings.flatMap(({ group, roles, scopes = [] }) => [
    ...roles
      .filter((role) => !has(pack.roles, role))
      .map((role) => `group ${group} is given role ${role}, which does not exist.`),
    ...scopes
      .filter((scope) => !has(pack.scopes, scope))
      .map((scope) => `group ${group} is given scope ${scope}, which does not exist: its rows would not be filtered.`),
  ]),
  ...pack.denies.flatMap(({ id, roles }) =>
    (roles === 'everyone' ? [] : roles)
      .filter((role) => !has(pack.roles, role))
      .map((role) => `deny ${id} names role ${role}, which does not exist.`),
  ),
];

/** Without it every mint would be refused, and nobody could say why. */
const embedsHaveARole: Rule = ({ roles }) => {
  if (!has(roles, viewerRole)) return [`role ${viewerRole} is missing: embeds show what it may see, and nothing else.`];
  return roles[viewerRole]?.actions.includes('query')
    ? []
    : [`role ${viewerRole} has no action query, so that embeds could show nothing.`];
};

const nothingIsIdle: Rule = (pack) => {
  const roles = new Set(pack.bindings.flatMap((binding) => binding.roles));
  const scopes = new Set(pack.bindings.flatMap((binding) => binding.scopes ?? []));
  return [
    ...Object.keys(pack.roles)
      .filter((role) => !roles.has(role) && role !== viewerRole)
      .map((role) => `role ${role} is given to no group.`),
    ...Object.keys(pack.scopes)
      .filter((scope) => !scopes.has(scope))
      .map((scope) => `scope ${scope} is given to no group, so that nobody is held to it.`),
  ];
};

const namesAreOnce: Rule = (pack) => [
  ...twice(pack.bindings.map(({ group }) => group)).map(
    (group) => `group ${group} is bound twice; write one binding with everything that it gives.`,
  ),
  ...twice([
    ...pack.masks.map(({ id }) => id),
    ...pack.denies.map(({ id }) => id),
    ...Object.keys(pack.scopes),
    ...Object.entries(pack.roles).flatMap(([role, { grants }]) => grants.map(({ id }) => `${role}/${id}`)),
  ]).map((id) => `rule ${id} is there twice, so that a refusal would not say which one decided.`),
  ...['default-deny', 'masked']
    .filter((id) => pack.denies.some((deny) => deny.id === id) || has(pack.scopes, id))
    .map((id) => `rule ${id} has a name that is taken.`),
];

const masksHide: Rule = (pack) =>
  pack.masks
    .filter(({ classification }) => classification === 'public')
    .map(({ id }) => `mask ${id} is over the lowest class, for which everybody is cleared: it is never put on.`);

const rules: readonly Rule[] = [
  everyMemberHasAClass,
  everyViewHasAPolicy,
  viewsExist,
  deniedMembersExist,
  rowsAreToldApartByKeys,
  namesExist,
  embedsHaveARole,
  nothingIsIdle,
  namesAreOnce,
  masksHide,
];
