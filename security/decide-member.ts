// One member for one caller: allowed, masked or denied, and by which rule. Deny wins, then scopes, then the best that any one role gives.

import { type Clearance, clearances } from './parse-claims.ts';
import type { CatalogueMember } from './policies/catalogue.ts';
import type { Deny, PolicyPack, Role } from './policies/pack-schema.ts';

/** What of a caller decides about members; names are those of the pack. */
export interface Standing {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** From the token; lowers what the roles give. */
  readonly clearance: Clearance | undefined;
}

export interface Decision {
  readonly decision: 'allowed' | 'masked' | 'denied';
  /** Id of the rule that decided; `default-deny` where none did. */
  readonly rule: string;
}

const rank = (level: Clearance) => clearances.indexOf(level);
const strength: Readonly<Record<Decision['decision'], number>> = { denied: 0, masked: 1, allowed: 2 };

/** Pure; the order of roles, scopes, grants and denies changes nothing, and neither does a repetition. */
export function decideMember(
  pack: PolicyPack,
  standing: Standing,
  view: string,
  name: string,
  member: CatalogueMember,
): Decision {
  const deny = firstById(pack.denies.filter((one) => isFor(one, standing) && reaches(one, view, name, member)));
  if (deny) return { decision: 'denied', rule: deny.id };
  const [closed] = standing.scopes.filter((scope) => !Object.hasOwn(pack.scopes[scope]?.members ?? {}, view)).sort();
  if (closed !== undefined) return { decision: 'denied', rule: closed };
  let best: Decision = { decision: 'denied', rule: 'default-deny' };
  for (const id of [...standing.roles].sort()) {
    const role = Object.hasOwn(pack.roles, id) ? pack.roles[id] : undefined;
    const given = role && decideByRole(pack, id, role, standing.clearance, view, member);
    if (given && strength[given.decision] > strength[best.decision]) best = given;
  }
  return best;
}

/** A role's clearance counts for what that role grants and for nothing that another one does. */
function decideByRole(
  { masks }: PolicyPack,
  id: string,
  role: Role,
  said: Clearance | undefined,
  view: string,
  member: CatalogueMember,
): Decision | undefined {
  const grant = firstById(
    role.grants.filter(
      ({ views, kinds, upTo }) =>
        views.includes(view) && kinds.includes(member.kind) && rank(member.classification) <= rank(upTo),
    ),
  );
  if (!grant) return undefined;
  const cleared = Math.min(rank(role.clearance), said === undefined ? rank('pii') : rank(said));
  if (rank(member.classification) <= cleared) return { decision: 'allowed', rule: `${id}/${grant.id}` };
  const mask = masks.find(({ classification }) => classification === member.classification);
  // Tokens stand for texts; a number, a time or a truth has none and stays hidden.
  if (mask && member.kind === 'dimension' && member.type === 'string') return { decision: 'masked', rule: mask.id };
  return undefined;
}

/** Of several rules that say the same, always the same one is named. */
const firstById = <T extends { readonly id: string }>(rules: readonly T[]): T | undefined =>
  rules.reduce<T | undefined>((first, rule) => (first && first.id <= rule.id ? first : rule), undefined);

/** True where the deny concerns somebody with these roles. */
export const isFor = ({ roles }: Deny, standing: Pick<Standing, 'roles'>): boolean =>
  roles === 'everyone' || standing.roles.some((role) => roles.includes(role));

/** Every condition that a deny names must hold; one that names none about members is about actions only. */
function reaches({ views, members, from }: Deny, view: string, name: string, member: CatalogueMember): boolean {
  if (!views && !members && !from) return false;
  return (
    (views?.includes(view) ?? true) &&
    (members?.includes(`${view}.${name}`) ?? true) &&
    (from === undefined || rank(member.classification) >= rank(from))
  );
}
