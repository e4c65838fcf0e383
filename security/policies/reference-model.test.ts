// The reference: the same policies judged by an evaluator that shares no code with the product and takes its time. At least 100,000 random decisions agree.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPolicy } from '../decide-rights.ts';
import type { Access } from '../parse-claims.ts';
import type { Rights } from '../rights.ts';
import type { Catalogue } from './catalogue.ts';
import type { PolicyPack } from './pack-schema.ts';
import { randomAccess, randomCatalogue, randomPack, rowValues } from './random-policy.case.ts';

type Row = Readonly<Record<string, string>>;
const order = ['public', 'internal', 'confidential', 'pii'];
const isAtMost = (level: string, most: string) => order.indexOf(level) <= order.indexOf(most);

/** Walks through bindings, never through standings: `refused` where the caller must not be let in at all. */
function referenceLetsIn(pack: PolicyPack, access: Access): boolean {
  if (!pack.bindings.some((binding) => access.groups.includes(binding.group))) return false;
  for (const { group, scopes = [] } of pack.bindings)
    for (const scope of access.groups.includes(group) ? scopes : [])
      if (referenceValues(pack, scope, access).length === 0) return false;
  return true;
}

function referenceValues(pack: PolicyPack, scope: string, access: Access): readonly (string | undefined)[] {
  switch (pack.scopes[scope]?.attribute) {
    case 'org':
      return access.org === undefined ? [] : [access.org];
    case 'region':
      return access.region === undefined ? [] : [access.region];
    case 'teams':
      return access.teams;
    default:
      return pack.scopes[scope]?.values ?? [];
  }
}

/** All pairs of (binding, role, grant) are tried one after the other; the strongest outcome stands unless something forbids. */
function referenceMember(pack: PolicyPack, catalogue: Catalogue, access: Access, view: string, name: string): string {
  const member = catalogue[view]?.members[name];
  assert.ok(member);
  const mine = pack.bindings.filter((binding) => access.groups.includes(binding.group));
  for (const deny of pack.denies) {
    const isMine = deny.roles === 'everyone' || mine.some((one) => one.roles.some((role) => deny.roles.includes(role)));
    const conditions = [
      deny.views && deny.views.indexOf(view) >= 0,
      deny.members && deny.members.indexOf(`${view}.${name}`) >= 0,
      deny.from && isAtMost(deny.from, member.classification),
    ].filter((condition) => condition !== undefined);
    if (isMine && conditions.length > 0 && !conditions.includes(false)) return 'denied';
  }
  for (const one of mine)
    for (const scope of one.scopes ?? []) if (pack.scopes[scope]?.members[view] === undefined) return 'denied';
  const outcomes = new Set<string>();
  for (const one of mine)
    for (const id of one.roles)
      for (const grant of pack.roles[id]?.grants ?? []) {
        if (!grant.views.includes(view) || !grant.kinds.includes(member.kind)) continue;
        if (!isAtMost(member.classification, grant.upTo)) continue;
        const isCleared =
          isAtMost(member.classification, pack.roles[id]?.clearance ?? '') &&
          (access.clearance === undefined || isAtMost(member.classification, access.clearance));
        const hasToken = member.kind === 'dimension' && member.type === 'string';
        if (isCleared) outcomes.add('allowed');
        else if (hasToken && pack.masks.some((mask) => mask.classification === member.classification))
          outcomes.add('masked');
      }
  return outcomes.has('allowed') ? 'allowed' : outcomes.has('masked') ? 'masked' : 'denied';
}

function referenceRow(pack: PolicyPack, access: Access, view: string, row: Row): boolean {
  return pack.bindings
    .filter((binding) => access.groups.includes(binding.group))
    .flatMap((binding) => binding.scopes ?? [])
    .every((scope) => referenceValues(pack, scope, access).includes(row[pack.scopes[scope]?.members[view] ?? '']));
}

function referenceAction(pack: PolicyPack, access: Access, action: string): boolean {
  const mine = pack.bindings.filter((one) => access.groups.includes(one.group)).flatMap((one) => one.roles);
  const isTaken = pack.denies.some(
    (deny) =>
      (deny.roles === 'everyone' || deny.roles.some((role) => mine.includes(role))) &&
      deny.actions?.some((one) => one === action),
  );
  return !isTaken && mine.some((role) => pack.roles[role]?.actions.some((one) => one === action));
}

const productMember = (rights: Rights, path: string): string => {
  const { measures, dimensions, segments } = rights.members;
  if (rights.masked.has(path)) return dimensions.has(path) ? 'masked' : 'a mask on something hidden';
  return measures.has(path) || dimensions.has(path) || segments.has(path) ? 'allowed' : 'denied';
};
const productRow = (rights: Rights, view: string, row: Row): boolean =>
  (rights.rows[view] ?? []).every(({ member, values }) => values.includes(String(row[member.split('.')[1] ?? ''])));

const rows: readonly Row[] = rowValues.flatMap((org_id) =>
  rowValues.flatMap((country) => rowValues.map((department) => ({ org_id, country, department }))),
);

test('at least 100,000 random decisions are those of the reference', () => {
  let decisions = 0;
  const seen: Record<string, number> = { allowed: 0, masked: 0, denied: 0, refused: 0, row: 0, 'no row': 0 };
  const accesses = fc.array(randomAccess, { minLength: 12, maxLength: 12 });
  const agree = (pack: PolicyPack, catalogue: Catalogue, access: Access, decide: (access: Access) => Rights) => {
    if (!referenceLetsIn(pack, access)) {
      assert.throws(() => decide(access), { code: 'CLAIM_REFUSED', status: 403 });
      decisions += 1;
      seen.refused = (seen.refused ?? 0) + 1;
      return;
    }
    const rights = decide(access);
    for (const [view, { members }] of Object.entries(catalogue)) {
      let isOpen = false;
      for (const name of Object.keys(members)) {
        const expected = referenceMember(pack, catalogue, access, view, name);
        assert.equal(productMember(rights, `${view}.${name}`), expected, `${view}.${name}`);
        isOpen ||= expected !== 'denied';
        seen[expected] = (seen[expected] ?? 0) + 1;
        decisions += 1;
      }
      for (const row of isOpen ? rows : []) {
        const expected = referenceRow(pack, access, view, row);
        assert.equal(productRow(rights, view, row), expected, `${view} ${JSON.stringify(row)}`);
        seen[expected ? 'row' : 'no row'] = (seen[expected ? 'row' : 'no row'] ?? 0) + 1;
        decisions += 1;
      }
    }
    for (const action of ['query', 'pii.reveal', 'audit.read'] as const)
      assert.equal(rights.actions.has(action), referenceAction(pack, access, action), action);
  };
  fc.assert(
    fc.property(randomPack, randomCatalogue, accesses, (pack, catalogue, callers) => {
      const { decideRights } = createPolicy(pack, catalogue);
      for (const access of callers) agree(pack, catalogue, access, decideRights);
    }),
    { numRuns: 400 },
  );
  assert.ok(decisions >= 100_000, `${decisions} decisions`);
  // Agreement on one kind of outcome alone would prove little.
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 500, `${kind}: ${count}`);
});
