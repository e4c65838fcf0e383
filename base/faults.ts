// Every fault of the house: one row a code, grouped by room. Codes are never reused; no parameter may hold a secret, a token or a row.
interface FaultRow<P> {
  readonly status: number;
  readonly sqlstate: string;
  readonly retry: boolean;
  readonly say: (params: P) => string;
}
const row = <P>(status: number, sqlstate: string, retry: boolean, say: (params: P) => string): FaultRow<P> => ({
  status,
  sqlstate,
  retry,
  say,
});

export const faults = {
  // base
  INTERNAL: row<Record<string, never>>(
    500,
    'XX000',
    false,
    () => 'Something went wrong on our side; it has been logged.',
  ),
  TENANT_INVALID: row<{ length: number }>(
    400,
    '22023',
    false,
    (p) =>
      `A tenant name is lower-case letters and digits in words joined by single hyphens, starts with a letter and has at most 40 characters; the one given has ${p.length} characters and does not fit.`,
  ),
  SETTING_INVALID: row<{ name: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `Setting ${p.name}: ${p.problem}. See docs/reference/settings.md.`,
  ),

  // lakehouse

  // ingest

  // transforms

  // pipeline
  TENANT_CONFIG_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.where}, at ${p.at}: ${p.problem}. The fields of a tenant's file are described in docs/how-to/add-a-tenant.md.`,
  ),
  SECRET_MISSING: row<{ source: string; name: string; place: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The secret '${p.name}' of the ${p.source} connection is not set: looked in ${p.place}. Set it there, or change the reference in the tenant's file.`,
  ),

  // security
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
  TOKEN_AMBIGUOUS: row<Record<string, never>>(
    400,
    '28000',
    false,
    () => 'The request carries more than one token. Send one Authorization header, and no x-cube-authorization.',
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
  QUERY_ZONE_REFUSED: row<{ member: string }>(
    400,
    '22023',
    false,
    (p) =>
      `${p.member} is already a day of the tenant's own time zone: ask for it with timezone UTC, or use the matching _at member with another zone.`,
  ),
  ISSUER_UNAVAILABLE: row<Record<string, never>>(
    503,
    '57P03',
    true,
    () => 'The sign-in service cannot be reached, so tokens cannot be checked. Try again soon.',
  ),

  // platform
  ROUTE_UNKNOWN: row<Record<string, never>>(
    404,
    '42P01',
    false,
    () => 'There is nothing here. The interfaces are listed at /api/v1/openapi.json.',
  ),
  NOT_READY: row<{ tenants: number }>(
    503,
    '57P03',
    true,
    (p) => `Not ready yet: ${p.tenants} tenants wait for their first release.`,
  ),
  TENANT_UNKNOWN: row<Record<string, never>>(
    404,
    '3D000',
    false,
    () => 'Your sign-in is good, but there is no such tenant here, or it has no data yet.',
  ),
  REQUEST_UNREADABLE: row<{ status: number }>(
    400,
    '22023',
    false,
    (p) =>
      `The request could not be read (${p.status}): check its path, its headers and that its body is JSON of at most 1 MB.`,
  ),
  PORT_TAKEN: row<{ port: number; setting: string }>(
    500,
    '58000',
    false,
    (p) => `Port ${p.port} is taken by another program. Stop that program, or set ${p.setting} to a free port.`,
  ),

  // demo
} as const;
