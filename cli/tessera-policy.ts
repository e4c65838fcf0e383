// The policy pack (the operator's file, or the one that is built in) over the semantic model's catalogue: decided once, at start.
import { Fault } from '@tessera/base';
import { renderModel, subjects } from '@tessera/model';
import { clearances, createPolicy, lintPack, type Policy, type PolicyPack, pack } from '@tessera/security';
import { packOfJson } from './read-pack.ts';

export const catalogue = renderModel(subjects).catalogue;

/** What the setting's file says, or the built-in pack where there is none. */
export const uncheckedPack = (file: string | undefined): unknown => (file === undefined ? pack : packOfJson(file));

/** Checks the pack and makes the decision of it. POLICY_BROKEN, with the file's name, stops the start before anything listens. */
export function tesseraPolicy(file?: string): Policy {
  const unchecked = uncheckedPack(file);
  const { problems } = lintPack(unchecked, catalogue);
  if (file !== undefined && problems.length > 0)
    throw new Fault('POLICY_BROKEN', { problems: problems.slice(0, 5).map((problem) => `In ${file}: ${problem}`) });
  return createPolicy(unchecked, catalogue);
}

/** Of the groups that see whole tenants, the one that sees the least about persons: whose numbers the canary asks for. None where every group has a scope. */
export function leastGroup({ roles, bindings }: PolicyPack): readonly string[] {
  const levelOf = (names: readonly string[]) =>
    Math.max(...names.map((name) => clearances.indexOf(roles[name]?.clearance ?? 'pii')));
  const [least] = bindings
    .filter(({ scopes = [] }) => scopes.length === 0)
    .filter((binding) => binding.roles.some((name) => roles[name]?.actions.includes('query')))
    .toSorted((a, b) => levelOf(a.roles) - levelOf(b.roles));
  return least === undefined ? [] : [least.group];
}
