// Two packs side by side, over one catalogue: which role or group gains or loses what.
import type { Standing } from '../decide-member.ts';
import { actionsOf, decideAll } from '../decide-rights.ts';
import type { Catalogue } from './catalogue.ts';
import { rowChanges } from './diff-rows.ts';
import type { PolicyPack } from './pack-schema.ts';

export interface PolicyChange {
  /** `role viewer`, `group analyst`. */
  readonly who: string;
  readonly change: 'gains' | 'loses';
  readonly what: string;
}

/**
 * What a role alone, and each group, may do more or less than before. Members are compared as decided, denies and masks included, at the clearance that
 * the role gives; a pack that only says the same in other words has no difference.
 */
export function diffPacks(before: PolicyPack, after: PolicyPack, catalogue: Catalogue): PolicyChange[] {
  const names = (pick: (pack: PolicyPack) => readonly string[]) =>
    [...new Set([...pick(before), ...pick(after)])].sort();
  const compare = (who: string, of: (pack: PolicyPack) => ReadonlySet<string>): PolicyChange[] => {
    const [old, now] = [of(before), of(after)];
    return [
      ...[...now].filter((what) => !old.has(what)).map((what) => ({ who, change: 'gains' as const, what })),
      ...[...old].filter((what) => !now.has(what)).map((what) => ({ who, change: 'loses' as const, what })),
    ];
  };
  return [
    ...names(({ roles }) => Object.keys(roles)).flatMap((role) => [
      ...membersOfRole(before, after, catalogue, role),
      ...compare(`role ${role}`, (pack) => new Set(actionsOf(pack, aloneAs(role)).map((action) => `action ${action}`))),
    ]),
    ...names(({ bindings }) => bindings.map(({ group }) => group)).flatMap((group) => {
      const who = `group ${group}`;
      const isInBoth = [before, after].every((pack) => bindingOf(pack, group));
      // Where a group comes or goes, its roles say all of it: rows are compared only where there were some before and are some now.
      return isInBoth
        ? [
            ...compare(who, (pack) => rolesOfGroup(pack, group)),
            ...rowChanges(before, after, Object.keys(catalogue).sort(), group).map((change) => ({ who, ...change })),
          ]
        : compare(who, (pack) => wholeGroup(pack, group));
    }),
  ];
}

/** What is said where a member is seen in another way than before. */
const says: Readonly<Record<string, readonly [change: PolicyChange['change'], suffix: string]>> = {
  'denied allowed': ['gains', ''],
  'denied masked': ['gains', ' as a token'],
  'masked allowed': ['gains', ' instead of its token'],
  'allowed denied': ['loses', ''],
  'masked denied': ['loses', ' as a token'],
  'allowed masked': ['loses', ' and keeps its token'],
};

function membersOfRole(before: PolicyPack, after: PolicyPack, catalogue: Catalogue, role: string): PolicyChange[] {
  const decide = (pack: PolicyPack) => decideAll(pack, catalogue, aloneAs(role));
  const now = decide(after);
  return decide(before).flatMap(({ path, decision }, i) => {
    const [change, suffix] = says[`${decision} ${now[i]?.decision}`] ?? [];
    return change ? [{ who: `role ${role}`, change, what: `${path}${suffix}` }] : [];
  });
}

const aloneAs = (role: string): Standing => ({ roles: [role], scopes: [], clearance: undefined });

const bindingOf = (pack: PolicyPack, group: string) => pack.bindings.find((binding) => binding.group === group);

const rolesOfGroup = (pack: PolicyPack, group: string): ReadonlySet<string> =>
  new Set(bindingOf(pack, group)?.roles.map((role) => `role ${role}`));

/** Of a group that one pack alone binds: each role, with the scopes that come with it. */
function wholeGroup(pack: PolicyPack, group: string): ReadonlySet<string> {
  const scopes = [...new Set(bindingOf(pack, group)?.scopes)].sort();
  const rows = scopes.length > 0 ? `, over rows of ${scopes.join(' and ')} alone` : '';
  return new Set([...rolesOfGroup(pack, group)].map((role) => `${role}${rows}`));
}
