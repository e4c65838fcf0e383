// Why: every member with its decision and the rule behind it, and every condition on rows. For those who may ask (action policy.explain).
import { decideMember } from './decide-member.ts';
import type { Access } from './parse-claims.ts';
import type { Catalogue } from './policies/catalogue.ts';
import type { PolicyPack } from './policies/pack-schema.ts';
import type { StandingOf } from './standing.ts';

export interface Explanation {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly members: readonly {
    readonly member: string;
    readonly decision: 'allowed' | 'masked' | 'denied';
    readonly rule: string;
  }[];
  /** What rows must meet, of every view that is named; all of it applies. */
  readonly rows: readonly {
    readonly view: string;
    readonly key: string;
    readonly values: readonly string[];
    readonly rule: string;
  }[];
}
/** Of the members named, or of all. Refuses as `decideRights` does; whether the asker may know is for the door to check. */
export type Explain = (access: Access, members?: readonly string[]) => Explanation;

export function explainer(pack: PolicyPack, catalogue: Catalogue, standingOf: StandingOf): Explain {
  const all = Object.entries(catalogue).flatMap(([view, { members }]) =>
    Object.keys(members).map((name) => `${view}.${name}`),
  );
  return (access, asked = all) => {
    const standing = standingOf(access);
    const members = [...new Set(asked)].sort().map((path) => {
      const [view = '', name = ''] = path.split('.');
      const known = Object.hasOwn(catalogue, view) ? catalogue[view] : undefined;
      const member = known && Object.hasOwn(known.members, name) ? known.members[name] : undefined;
      const decided = member && decideMember(pack, standing, view, name, member);
      return { member: path, ...(decided ?? { decision: 'denied' as const, rule: 'default-deny' }) };
    });
    const views = [...new Set(members.map(({ member }) => member.split('.')[0] ?? ''))];
    const rows = views.flatMap((view) =>
      standing.scopes.flatMap((scope) => {
        const key = pack.scopes[scope]?.members[view];
        return key === undefined ? [] : [{ view, key, values: standing.values[scope] ?? [], rule: scope }];
      }),
    );
    return { roles: standing.roles, scopes: standing.scopes, members, rows };
  };
}
