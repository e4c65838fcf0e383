// Access → what of it policies look at: roles and scopes of the groups, attributes that the scopes want, clearance.
import { Fault } from '@tessera/base';
import type { Standing } from './decide-member.ts';
import type { Access } from './parse-claims.ts';
import type { PolicyPack, RowAttribute } from './policies/pack-schema.ts';

export interface ScopedStanding extends Standing {
  /** By scope, the values that rows may have; never empty. */
  readonly values: Readonly<Record<string, readonly [string, ...string[]]>>;
}
export type StandingOf = (access: Access) => ScopedStanding;

const valuesOf: Readonly<Record<RowAttribute, (access: Access) => readonly (string | undefined)[]>> = {
  org: ({ org }) => [org],
  region: ({ region }) => [region],
  teams: ({ teams }) => teams,
};

/**
 * Groups are matched exactly, one by one; those that the pack does not bind count for nothing. CLAIM_REFUSED where none gives a role, or where a scope
 * wants an attribute that is missing, empty or a pattern: rows are never unfiltered because nobody said by what.
 */
export function standings(pack: PolicyPack): StandingOf {
  const bindings = new Map(pack.bindings.map((binding) => [binding.group, binding]));
  return (access) => {
    const bound = access.groups.map((group) => bindings.get(group)).filter((binding) => binding !== undefined);
    const roles = sorted(bound.flatMap((binding) => binding.roles));
    if (roles.length === 0) throw new Fault('CLAIM_REFUSED', { claim: 'groups' });
    const scopes = sorted(bound.flatMap((binding) => binding.scopes ?? []));
    const values = Object.fromEntries(scopes.map((scope) => [scope, valuesFor(pack, scope, access)]));
    return { roles, scopes, values, clearance: access.clearance };
  };
}

function valuesFor(pack: PolicyPack, scope: string, access: Access): [string, ...string[]] {
  const { attribute, values = [] } = pack.scopes[scope] ?? {};
  const found = attribute === undefined ? values : valuesOf[attribute](access);
  const [first, ...rest] = sorted(found.filter((value): value is string => isValue(value)));
  if (first === undefined || found.some((value) => !isValue(value)))
    throw new Fault('CLAIM_REFUSED', { claim: attribute ?? scope });
  return [first, ...rest];
}

const isValue = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '' && !/[*%]/.test(value);

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
