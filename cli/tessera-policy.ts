// The policy pack over the semantic model's catalogue: decided once, at start. POLICY_BROKEN stops the start before anything listens.
import { renderModel, subjects } from '@tessera/model';
import {
  type Access,
  type Action,
  createPolicy,
  type DecideRights,
  type Policy,
  pack,
  policyId,
} from '@tessera/security';

export const catalogue = renderModel(subjects).catalogue;

/** Checks the pack and makes the decision of it. */
export const tesseraPolicy = (): Policy => createPolicy(pack, catalogue);

/** Which policy is served: its version and the hash of all of it. */
export const policyName = policyId(pack);

/** What a caller may do beside asking measures, for a page that offers nothing in vain: who has no role at all may do nothing. */
export const actionsBy =
  (decideRights: DecideRights) =>
  (access: Access): readonly Action[] => {
    try {
      return [...decideRights(access).actions].sort();
    } catch {
      return [];
    }
  };
