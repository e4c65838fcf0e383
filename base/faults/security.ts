// Faults of security: tokens, rights, keys and the audit trail.
import { row } from './row.ts';

export const securityFaults = {
  TOKEN_MISSING: row<Record<string, never>>(
    401,
    '28000',
    false,
    () => 'Sign in first: this request carries no access token (Authorization: Bearer …).',
  ),
  TOKEN_INVALID: row<Record<string, never>>(
    401,
    '28P01',
    false,
    () => 'The access token is not valid here, or no longer. Sign in again.',
  ),
  REVOCATIONS_BROKEN: row<{ file: string }>(
    503,
    '57P03',
    true,
    (p) =>
      `The list of revoked rights (${p.file}) cannot be read, so nobody is let in. Mend the file, or remove it to revoke nothing.`,
  ),
  TOKEN_AMBIGUOUS: row<Record<string, never>>(
    400,
    '28000',
    false,
    () =>
      'The request carries more than one token, or one in its address or a cookie. Send one Authorization header and nothing else.',
  ),
  CLAIM_REFUSED: row<{ claim: string }>(
    403,
    '42501',
    false,
    (p) =>
      `The access token is genuine, but its claim '${p.claim}' is missing or not usable. Ask whoever runs your sign-in to set it.`,
  ),
  QUERY_INVALID: row<{ at: string; problem: string }>(
    400,
    '42601',
    false,
    (p) =>
      `The query is not valid at ${p.at}: ${p.problem}. The format is described at https://cube.dev/docs/product/apis-integrations/rest-api/query-format.`,
  ),
  QUERY_MEMBER_UNKNOWN: row<{ members: readonly string[] }>(
    400,
    '42703',
    false,
    (p) => `There is no ${p.members.join(', ')} here. The members that you may use are listed at /cubejs-api/v1/meta.`,
  ),
  MEMBER_DENIED: row<{ members: readonly string[]; rule: string }>(
    403,
    '42501',
    false,
    (p) =>
      `You may not use ${p.members.join(', ')} here (rule ${p.rule}). The members that you may use are listed at /cubejs-api/v1/meta; what is masked for you may be selected as a dimension and nothing else.`,
  ),
  ACTION_DENIED: row<{ action: string; rule: string }>(
    403,
    '42501',
    false,
    (p) =>
      `You may not do this (action ${p.action}, rule ${p.rule}). Ask whoever manages your groups for a role with it.`,
  ),
  POLICY_BROKEN: row<{ problems: readonly string[] }>(
    500,
    'F0000',
    false,
    (p) =>
      `The policy pack is broken, so nobody is let in: ${p.problems.join(' ')} See docs/how-to/change-a-policy.md.`,
  ),
  POLICY_REVISION_UNKNOWN: row<{ revision: string }>(
    500,
    '22023',
    false,
    (p) =>
      `There is no policy pack to read at ${p.revision}. Name a file, or a commit, branch or tag of this repository that has security/policies/pack.ts.`,
  ),
  QUERY_ZONE_REFUSED: row<{ member: string }>(
    400,
    '22023',
    false,
    (p) =>
      `${p.member} is already a day of the tenant's own time zone: ask for it with timezone UTC, or use the matching _at member with another zone.`,
  ),
  AUDIT_UNAVAILABLE: row<Record<string, never>>(
    503,
    '58030',
    true,
    () =>
      'This act must be written to the audit trail before it is done, and the trail cannot be written now. Nothing was done.',
  ),
  AUDIT_BROKEN: row<{ chain: string; sequence: number; problem: string }>(
    503,
    'XX001',
    false,
    (p) =>
      `The audit trail of ${p.chain} is not what was signed, at record ${p.sequence}: ${p.problem}. Nothing was written to it; see docs/how-to/read-the-audit-trail.md.`,
  ),
  AUDIT_BUSY: row<{ writer: string; pid: number }>(
    503,
    '55006',
    true,
    (p) =>
      `Another process (${p.pid}) writes the audit trail as '${p.writer}'. Stop it, or give this one a TESSERA_AUDIT_HOME of its own.`,
  ),
  ISSUERS_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. The file is described in docs/how-to/connect-okta.md.`,
  ),
  KEY_FILE_OPEN: row<{ file: string; mode: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.file} can be read by others than its owner (mode ${p.mode}). Run: chmod 600 ${p.file}`,
  ),
  MASTER_KEY_MISSING: row<{ place: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The master key that wraps the tenants' keys is not to be had (${p.place}). Restore it from its backup: without it nothing sealed can be read. See docs/how-to/rotate-keys.md.`,
  ),
  KEY_ERASED: row<{ tenant: string }>(
    410,
    '42704',
    false,
    (p) =>
      `The key of tenant ${p.tenant} was erased, for good: nothing sealed with it can be read, and the name cannot be used again. Choose another name for a new tenant.`,
  ),
  SEAL_BROKEN: row<{ label: string }>(
    500,
    'XX001',
    false,
    (p) =>
      `${p.label} cannot be opened: it was changed, moved, or sealed with a key that is not here. Restore it, or the keys, from a backup.`,
  ),
  KEY_SERVICE_FAILED: row<{ action: string; reason: string }>(
    503,
    '58030',
    true,
    (p) =>
      `The key service could not ${p.action} a tenant's key (${p.reason}). Check TESSERA_KMS_KEY and that we may use that key; the call is made again at the next use.`,
  ),
  KEYS_BUSY: row<{ folder: string }>(
    503,
    '55P03',
    true,
    (p) => `Another process is changing ${p.folder}; wait until it has ended and try again.`,
  ),
  SECRET_INVALID: row<{ problem: string }>(400, '22023', false, (p) => `The secret was not kept: ${p.problem}.`),
  STEP_UP_NEEDED: row<{ maxAgeSeconds: number }>(
    401,
    '28000',
    false,
    (p) =>
      `This wants a sign-in with a second factor within the last ${p.maxAgeSeconds / 60} minutes. Sign in again, with it.`,
  ),
  ISSUER_UNAVAILABLE: row<Record<string, never>>(
    503,
    '57P03',
    true,
    () => 'The sign-in service cannot be reached, so tokens cannot be checked. Try again soon.',
  ),
} as const;
