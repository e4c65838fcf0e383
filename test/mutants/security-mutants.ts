// Holes in tokens, claims, gate, policy, keys and audit.
import { holesIn, type Mutant } from './mutant.ts';

const token = 'security/verify-token.test.ts';
const gate = 'security/gate.test.ts';
const pack = 'security/policies/pack.test.ts';
const keyring = 'security/keys/keyring.test.ts';
const audit = 'security/audit/audit.test.ts';

export const securityMutants: readonly Mutant[] = [
  ...holesIn('security/verify-token.ts', token, [
    [
      'an audience among others is taken',
      'Array.isArray(payload.aud) && payload.aud.length === 1',
      'Array.isArray(payload.aud)',
      'attack 9',
    ],
    [
      'an expired token is taken for another day',
      'clockTolerance: clockSkewSeconds,',
      'clockTolerance: 86_400,',
      'attack',
    ],
    [
      'a remembered token never expires',
      'now.getTime() / 1000 < access.expiresAt + clockSkewSeconds',
      'true',
      'attack 12',
    ],
    ['a claim may be named twice', 'hasDuplicateKeys(payload)', 'false', 'attack 16'],
    [
      'an issuer speaks for every tenant',
      "issuer.tenants !== '*' && !issuer.tenants.includes(access.tenant)",
      'false',
      'issuer',
    ],
    ['tokens of every client are taken', '!issuer.clients.includes(client) ||', '', 'attack 10'],
    [
      'a token lives as long as it says',
      'Math.min(access.expiresAt, (access.issuedAt ?? 0) + maxAgeSeconds)',
      'access.expiresAt',
      'for so long at most',
    ],
  ]),
  ...holesIn('security/parse-claims.ts', token, [
    [
      'without groups one is a viewer',
      'groups: z.array(group).min(1).max(200)',
      "groups: z.array(group).max(200).default(['viewer'])",
      'attacks 17',
    ],
    ['an unknown clearance is the highest', "?? 'public')", "?? 'pii')", 'attack 121'],
    ['a tenant may be any text', "z.custom<Tenant>(isTenant, 'not a tenant')", 'z.custom<Tenant>()', 'attacks 17'],
  ]),
  ...holesIn('security/read-bearer.ts', token, [
    ['of two tokens the first counts', 'given.length > 1 ||', '', 'attacks 20'],
    ['a token may stand in the address', '|| isElsewhere)', ')', 'attacks 20'],
  ]),
  ...holesIn('security/gate.ts', gate, [
    [
      'a hidden dimension may be selected',
      '...[...selected, ...times].filter((name) => !visible.dimensions.has(name)),',
      '',
    ],
    [
      'a hidden member may be a filter',
      '...[...filtered, ...ordered.map(withoutGranularity)].filter((name) => !isField(name)),',
      '',
    ],
    [
      'rows may be ordered by a masked value',
      '...filtered, ...ordered];\n    denyMembers(elsewhere',
      '...filtered];\n    denyMembers(elsewhere',
    ],
    [
      'a masked value may be filtered by',
      '...filtered, ...ordered];\n    denyMembers(elsewhere',
      '...ordered];\n    denyMembers(elsewhere',
    ],
  ]),
  ...holesIn('security/query-schema.ts', gate, [
    [
      'a query may have unknown fields',
      'export const querySchema = z.strictObject({',
      'export const querySchema = z.object({',
    ],
    [
      'a filter may have no value',
      'z.enum(operatorsWithValues), values: values.min(1) }),\n  z.strictObject({ dimension',
      'z.enum(operatorsWithValues), values }),\n  z.strictObject({ dimension',
    ],
    ['any text is a time zone', "z.string().refine(isZone, 'not an IANA time zone')", 'z.string()'],
  ]),
  ...holesIn('security/decide-member.ts', pack, [
    ['a deny does not win', "if (deny) return { decision: 'denied', rule: deny.id };", ''],
    [
      'a scope does not close what it cannot filter',
      "if (closed !== undefined) return { decision: 'denied', rule: closed };",
      '',
    ],
    ['a clearance in the token raises', 'const cleared = Math.min(', 'const cleared = Math.max('],
  ]),
  ...holesIn('security/decide-rights.ts', pack, [
    [
      'of several scopes the first is enough',
      'scopes.map((scope): RowFilter => {',
      'scopes.slice(0, 1).map((scope): RowFilter => {',
    ],
  ]),
  ...holesIn('security/decide-rights.ts', 'security/decide-rights.test.ts', [
    [
      'callers with other rows share the id of the rights',
      'id: hash([policy, measures, dimensions, segments, masked, rows])',
      'id: hash([policy, measures, dimensions, segments, masked])',
    ],
    [
      'the policy is not in the id of the rights',
      'id: hash([policy, measures, dimensions, segments, masked, rows])',
      'id: hash([measures, dimensions, segments, masked, rows])',
    ],
    [
      'callers with other attributes share a remembered decision',
      'const key = JSON.stringify(standing);',
      'const key = JSON.stringify(standing.roles);',
    ],
  ]),
  ...holesIn('security/rights.ts', 'security/decide-rights.test.ts', [
    ['every action is allowed', 'if (!rights.actions.has(action))', 'if (false)'],
  ]),
  ...holesIn('security/step-up.ts', 'security/step-up.test.ts', [
    [
      'a sign-in of yesterday is fresh',
      'export const stepUpMaxAgeSeconds = 600;',
      'export const stepUpMaxAgeSeconds = 86_400;',
    ],
    ['one factor is two', '.size >= 2;', '.size >= 1;'],
  ]),
  ...holesIn('security/keys/keyring.ts', keyring, [
    [
      'erasing keeps the key',
      "await writeFile(tenant, { state: 'erased', madeAt: file?.madeAt ?? at, erasedAt: at });",
      '',
      'erase',
    ],
    [
      'an erased key lives on in memory',
      'known !== undefined && known.stamp === stamp',
      'known !== undefined',
      'erase',
    ],
    ['what was sealed opens under another name', '{label}`;', '{0}`;', 'sealed'],
    [
      'an erased name gets a new key',
      "if (file.state === 'erased') throw new Fault('KEY_ERASED', { tenant });",
      '',
      'erase',
    ],
  ]),
  ...holesIn('security/audit/record.ts', 'test/audit/verify.integration.ts', [
    ['a record does not name the one before', 'prev: end.hash,', "prev: '',"],
    [
      'the payload is not in the chain',
      "payload: hash('sha256', payload, 'base64url'),",
      "payload: hash('sha256', 'x', 'base64url'),",
    ],
  ]),
  ...holesIn('security/audit/create-audit.ts', audit, [
    [
      'the act does not wait for its intent',
      "const { sequence: of } = await append({ ...entry, kind: 'intent', decision: 'allowed' });",
      "const of = 1;\n      append({ ...entry, kind: 'intent', decision: 'allowed' }).catch(() => {});",
    ],
  ]),
  ...holesIn('security/audit/record.ts', audit, [
    ['who it was is in the chained part', 'rule: capped(entry.rule, longest.rule),', 'rule: entry.subject,'],
  ]),
  ...holesIn('security/policies/bindings-alone.ts', 'cli/tessera-policy.test.ts', [
    [
      "the built-in groups stay beside an operator's own",
      '({ ...builtIn, ...checked })',
      '({ ...builtIn, ...checked, bindings: [...builtIn.bindings, ...(checked.bindings ?? [])] })',
      'bindings alone',
    ],
  ]),
  ...holesIn('security/policies/diff.ts', 'security/policies/diff.test.ts', [
    [
      'the end of a group reads as a gain of rows',
      '[before, after].every((pack)',
      '[before, after].some((pack)',
      'bound no more',
    ],
  ]),
  ...holesIn('security/revocations.ts', 'security/revocations.test.ts', [
    ['a revocation holds for every tenant', 'tenant === access.tenant && (subject', '(subject'],
    [
      'a revocation of everybody takes from nobody',
      '(subject === null || subject === access.subject)',
      'subject === access.subject',
    ],
    [
      'whoever does not say when his token was issued keeps his rights',
      '(access.issuedAt ?? 0) <= until',
      '(access.issuedAt ?? until + 1) <= until',
    ],
    ['a token of that very second is good', '(access.issuedAt ?? 0) <= until', '(access.issuedAt ?? 0) < until'],
    [
      'an open session keeps what was taken away',
      "  (access) => {\n    if (isRevoked(access, read())) throw new Fault('TOKEN_INVALID', {});",
      '  (access) => {',
    ],
  ]),
  ...holesIn('security/standing.ts', pack, [
    [
      'a group of no role is a viewer',
      "if (roles.length === 0) throw new Fault('CLAIM_REFUSED', { claim: 'groups' });",
      '',
      'give no role',
    ],
    [
      'of two attributes a bad one is left out',
      'if (first === undefined || found.some((value) => !isValue(value)))',
      'if (first === undefined)',
      'refused',
    ],
    ['a pattern is a value of rows', "value.trim() !== '' && !/[*%]/.test(value)", "value.trim() !== ''", 'refused'],
    [
      'groups are matched whatever their case',
      'bindings.get(group))',
      'bindings.get(group.toLowerCase()))',
      'give no role',
    ],
  ]),
  ...holesIn('security/issuer-keys.ts', 'security/issuer-keys.test.ts', [
    [
      'a key that was taken away lives on',
      'const hardAgeMs = 10 * minute;',
      'const hardAgeMs = 1000 * minute;',
      'attack 26',
    ],
    ['keys bridge an outage for ever', 'if (keys && age() <= bridgeMs) return keys;', 'if (keys) return keys;'],
    ['every unknown key id is a request', 'if (tokens < 1) return false;', '', 'attack 22'],
    ['of an exchanged key only the id counts', 'other.get(kid)?.modulus === modulus', 'other.has(kid)', 'attack 26'],
  ]),
  ...holesIn('security/audit/verify.ts', 'test/audit/verify.integration.ts', [
    ['a head is believed unsigned', 'return isOurs ? (JSON', 'return isOurs || true ? (JSON'],
    ['a personal part may be another', 'if (!line.isPayloadKept && line.erasedBy === undefined)', 'if (false)'],
    ['a chain may end before its head', 'if (records < signed) blame(', 'if (false) blame('],
  ]),
  ...holesIn('lakehouse/pii-tokens.ts', 'lakehouse/pii-tokens.test.ts', [
    ['the outer key is not in a token', "getvariable('mask_outer') || ", ''],
    ['the inner key is not in a token', "getvariable('mask_inner') || ", ''],
    ['a login is another person than the same e-mail', '(email|login)$/', '(email)$/'],
    ['the key stays with the connection', "await connection.run('reset variable mask_outer');", ''],
  ]),
  ...holesIn('platform/cube/bounded-cache.ts', 'platform/cube/cube-parts.test.ts', [
    ['an answer outlives its end', 'entry.expiresAt <= now()', 'false'],
    ['the cache grows without end', 'if (held <= maxBytes) break;', 'break;'],
    ['what was just used goes first', 'entries.delete(key);\n      entries.set(key, entry);', ''],
    ['a lock stays after a failure', 'if (freeAfter) locks.delete(key);', ''],
  ]),
  ...holesIn('sql-api/door/login/accounts.ts', 'sql-api/door/door.test.ts', [
    ['a rotated account is as old as it was', '{ ...row, rotatedAt, verifier }', '{ ...row, verifier }', 'revocation'],
  ]),
  ...holesIn('cli/boot-checks.ts', 'cli/boot-checks.test.ts', [
    ['production starts in development mode', 'isOn(env.CUBEJS_DEV_MODE) &&', 'false &&', 'stops'],
    [
      'configured tenants are not production',
      'settings.production ?? !isDemo',
      'settings.production ?? false',
      'configured',
    ],
  ]),
];
