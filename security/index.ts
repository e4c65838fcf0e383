// The door of security: token → claims → access → gate. Imports only base, so that it can be read alone.

export type { MemberType } from './filter-values.ts';
export { checkQuery, gateLoadRequest, parseLoadRequest, type VisibleMembers } from './gate.ts';
export { type Access, parseClaims } from './parse-claims.ts';
export { type LoadRequest, maxRows, type Query } from './query-schema.ts';
export { readBearer } from './read-bearer.ts';
export { createTokenVerifier, type Issuer, type VerifyToken } from './verify-token.ts';
