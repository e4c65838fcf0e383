// The policy pack over the semantic model's catalogue: decided once, at start. POLICY_BROKEN stops the start before anything listens.
import { renderModel, subjects } from '@tessera/model';
import { createPolicy, type Policy, pack, policyId } from '@tessera/security';

export const catalogue = renderModel(subjects).catalogue;

/** Checks the pack and makes the decision of it. */
export const tesseraPolicy = (): Policy => createPolicy(pack, catalogue);

/** Which policy is served: its version and the hash of all of it. */
export const policyName = policyId(pack);
