// The door of security: token → claims → access → rights → gate → audit. Imports only base, so that it can be read alone.

export type { Audit, AuditEntry, Writer } from './audit/contract.ts';
export { type AuditNeeds, createAudit } from './audit/create-audit.ts';
export { type EraseRequest, eraseSubject } from './audit/erase-subject.ts';
export {
  type AuditFilter,
  type AuditItem,
  type AuditPage,
  readAudit,
  readAuditPage,
  readNewestAudit,
} from './audit/read-audit.ts';
export { type ChainVerdict, type VerifyNeeds, verifyAudit } from './audit/verify.ts';
export { lockWriter } from './audit/writer-lock.ts';
export { createPolicy, type Policy, policyId } from './decide-rights.ts';
export { hasDuplicateKeys } from './duplicate-keys.ts';
export type { Explain, Explanation } from './explain-decision.ts';
export { fetchKeys } from './fetch-keys.ts';
export { canEqual, type MemberType } from './filter-values.ts';
export {
  type Allowed,
  checkQuery,
  gateLoadRequest,
  membersNamed,
  parseLoadRequest,
  type VisibleMembers,
} from './gate.ts';
export { type Issuer, isSafeUrl, parseIssuers, readIssuers } from './issuers.ts';
export type { DerivedUse, Keyring, KeyStatus, SealPurpose, SecretStore } from './keys/contract.ts';
export { openKeyring } from './keys/open-keyring.ts';
export { isSealed } from './keys/sealed-bytes.ts';
export { createSecretStore } from './keys/secret-store.ts';
export { type Access, attributeSchema, type Clearance, clearances, parseClaims } from './parse-claims.ts';
export type { Catalogue, CatalogueMember, CatalogueView } from './policies/catalogue.ts';
export { diffPacks, type PolicyChange } from './policies/diff.ts';
export { type Linted, lintPack } from './policies/lint.ts';
export { pack } from './policies/pack.ts';
export type { PolicyPack } from './policies/pack-schema.ts';
export { type LoadRequest, maxRows, type Query } from './query-schema.ts';
export { readBearer } from './read-bearer.ts';
export { isRevoked, type Revocation, refusingRevoked, revocationSchema, withRevocations } from './revocations.ts';
export { type Action, actions, checkAction, type DecideRights, type Rights, type RowFilter } from './rights.ts';
export { checkStepUp, hasTwoFactors, stepUpChallenge, stepUpMaxAgeSeconds } from './step-up.ts';
export { createTokenVerifier, type VerifyToken } from './verify-token.ts';
