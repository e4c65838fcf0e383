// The one decision: policy pack and catalogue, then a caller → frozen rights. Pure; what was decided for equal callers is remembered.
import { createHash } from 'node:crypto';
import { Fault } from '@tessera/base';
import { type Decision, decideMember, isFor, type Standing } from './decide-member.ts';
import { type Explain, explainer } from './explain-decision.ts';
import type { MemberType } from './filter-values.ts';
import type { Catalogue, CatalogueMember } from './policies/catalogue.ts';
import { lintPack } from './policies/lint.ts';
import { type PolicyPack, viewerRole } from './policies/pack-schema.ts';
import type { Action, DecideRights, Rights, RowFilter } from './rights.ts';
import { type ScopedStanding, standings } from './standing.ts';

export interface Policy {
  /** Version and hash of the pack. */
  readonly id: string;
  /** What was checked, whole. */
  readonly pack: PolicyPack;
  readonly decideRights: DecideRights;
  /** As `decideRights`, but for somebody in the role `viewer` and in no group: the most that an embed shows. */
  readonly decideViewerRights: DecideRights;
  readonly explain: Explain;
}

const rememberedRights = 1_000;

/** Makes the decision of a pack. POLICY_BROKEN where the linter has anything to say: a service with a broken policy must not start. */
export function createPolicy(unchecked: unknown, catalogue: Catalogue): Policy {
  const linted = lintPack(unchecked, catalogue);
  if (!linted.pack) throw new Fault('POLICY_BROKEN', { problems: linted.problems.slice(0, 5) });
  const { pack } = linted;
  const id = policyId(pack);
  const standingOf = standings(pack);
  const decided = new Map<string, Rights>();
  const decide = (standing: ScopedStanding): Rights => {
    const key = JSON.stringify(standing);
    const rights = decided.get(key) ?? rightsOf(pack, catalogue, standing, id);
    // Moved to the end: the one that was not asked for the longest leaves first.
    decided.delete(key);
    decided.set(key, rights);
    if (decided.size > rememberedRights) decided.delete(decided.keys().next().value ?? '');
    return rights;
  };
  return {
    id,
    pack,
    explain: explainer(pack, catalogue, standingOf),
    decideRights: (access) => decide(standingOf(access)),
    decideViewerRights: ({ clearance }) => decide({ roles: [viewerRole], scopes: [], values: {}, clearance }),
  };
}

export const policyId = (pack: PolicyPack): string => `${pack.version}-${hash(pack)}`;

/** The rights of a standing, computed anew. */
export function rightsOf(pack: PolicyPack, catalogue: Catalogue, standing: ScopedStanding, policy: string): Rights {
  const seen = decideAll(pack, catalogue, standing).filter(({ decision }) => decision !== 'denied');
  const named = (kind: CatalogueMember['kind']) => seen.filter(({ member }) => member.kind === kind);
  const measures = named('measure').map(({ path }) => path);
  const dimensions = named('dimension').map(({ path, member }): [string, MemberType] => [path, member.type]);
  const segments = named('segment').map(({ path }) => path);
  const masked = seen.filter(({ decision }) => decision === 'masked').map(({ path }) => path);
  const rows = rowsOf(pack, catalogue, standing, new Set(seen.map(({ view }) => view)));
  return Object.freeze({
    id: hash([policy, measures, dimensions, segments, masked, rows]),
    policy,
    roles: Object.freeze([...standing.roles]),
    members: Object.freeze({
      measures: sealed(new Set(measures)),
      dimensions: sealed(new Map(dimensions)),
      segments: sealed(new Set(segments)),
    }),
    masked: sealed(new Set(masked)),
    rows,
    actions: sealed(new Set(actionsOf(pack, standing))),
  });
}

export interface DecidedMember extends Decision {
  readonly view: string;
  /** `view.name`. */
  readonly path: string;
  readonly member: CatalogueMember;
}

/** Every member of the catalogue with its decision, in order of name. */
export function decideAll(pack: PolicyPack, catalogue: Catalogue, standing: Standing): DecidedMember[] {
  return Object.entries(catalogue)
    .flatMap(([view, { members }]) =>
      Object.entries(members).map(([name, member]) => ({
        view,
        path: `${view}.${name}`,
        member,
        ...decideMember(pack, standing, view, name, member),
      })),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What every scope of the caller asks of the rows of each view: all of it applies. */
function rowsOf(
  pack: PolicyPack,
  catalogue: Catalogue,
  { scopes, values }: ScopedStanding,
  views: ReadonlySet<string>,
): Rights['rows'] {
  const filtersOf = (view: string) =>
    scopes.map((scope): RowFilter => {
      const member = catalogue[view]?.rowKeys[pack.scopes[scope]?.members[view] ?? ''];
      const allowed = values[scope];
      // The linter has refused such packs; a row filter that cannot be made must still never be left out.
      if (member === undefined || !allowed)
        throw new Fault('POLICY_BROKEN', { problems: [`scope ${scope}, view ${view}`] });
      return Object.freeze({ member, values: Object.freeze(allowed), rule: scope });
    });
  const rows = [...views].sort().map((view) => [view, Object.freeze(filtersOf(view))] as const);
  return Object.freeze(Object.fromEntries(rows.filter(([, filters]) => filters.length > 0)));
}

export function actionsOf(pack: PolicyPack, standing: Standing): Action[] {
  const taken = new Set(pack.denies.filter((deny) => isFor(deny, standing)).flatMap((deny) => deny.actions ?? []));
  const given = standing.roles.flatMap(
    (role) => (Object.hasOwn(pack.roles, role) ? pack.roles[role]?.actions : []) ?? [],
  );
  return [...new Set(given)].filter((action) => !taken.has(action)).sort();
}

const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Rights are shared by many requests: whoever tries to change them is a defect, and finds out. */
function sealed<T extends Set<string> | Map<string, MemberType>>(collection: T): T {
  const refuse = () => {
    throw new TypeError('rights are frozen');
  };
  for (const name of ['add', 'set', 'delete', 'clear']) Object.defineProperty(collection, name, { value: refuse });
  return Object.freeze(collection);
}
