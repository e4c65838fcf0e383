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
  ...holesIn('cli/boot-checks.ts', 'cli/boot-checks.test.ts', [
    ['production starts in development mode', 'isOn(env.CUBEJS_DEV_MODE) &&', 'false &&', 'stops'],
  ]),
];
