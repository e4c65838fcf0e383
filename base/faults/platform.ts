// Faults of platform: the doors: HTTP, WebSocket, embeds.
import { row } from './row.ts';

export const platformFaults = {
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
  BODY_TOO_LARGE: row<{ bytes: number }>(
    413,
    '54000',
    false,
    (p) => `The request's body is larger than ${p.bytes} bytes; nothing of it was read. Ask in smaller pieces.`,
  ),
  QUOTA_EXCEEDED: row<{ limit: string; waitSeconds: number }>(
    429,
    '53400',
    true,
    (p) =>
      `Your tenant has used up its share of ${p.limit}; ask again in ${p.waitSeconds} s. Others are not affected, and whoever runs Tessera can raise it (docs/how-to/limit-a-tenant.md).`,
  ),
  HOOK_REFUSED: row<Record<string, never>>(401, '28000', false, () => 'The delivery is not signed as it should be.'),
  HOOK_LATE: row<Record<string, never>>(
    503,
    '57P03',
    true,
    () => 'The delivery could not be kept in time; send it again. What is sent twice is counted once.',
  ),
  HOOK_BACKLOG: row<{ bytes: number }>(
    503,
    '53100',
    true,
    (p) =>
      `${p.bytes} bytes of deliveries wait for their tenant's pipeline, which is as many as may; send it again later. The pipeline may be paused: tessera pipeline status.`,
  ),
  HOOK_UNKNOWN: row<{ tenant: string; hook: string }>(
    404,
    '42704',
    false,
    (p) => `${p.tenant} has no hook ${p.hook}. Those that there are: tessera hook list --tenant ${p.tenant}.`,
  ),
  HOOK_UNSUPPORTED: row<{ tenant: string; source: string }>(
    400,
    '0A000',
    false,
    (p) =>
      `Nothing can be received from ${p.source} for ${p.tenant}: it has no such connection, or that source sends nothing by itself. Those that do: okta, elasticsearch, jira.`,
  ),
  HOOK_SCHEME_UNSUPPORTED: row<{ source: string; schemes: string }>(
    400,
    '0A000',
    false,
    (p) => `Deliveries of ${p.source} are not signed that way. Those that are taken: ${p.schemes}.`,
  ),
  SELF_PROBE_FAILED: row<{ method: string; path: string; status: number }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.method} ${p.path} answered ${p.status} to a token that is none, where only 401 is right; nothing is served. A route that is meant for everybody belongs into platform/public-paths.ts.`,
  ),
  BOOT_REFUSED: row<{ problem: string }>(500, 'F0000', false, (p) => `Not started: ${p.problem}.`),
  REQUEST_UNREADABLE: row<{ status: number }>(
    400,
    '22023',
    false,
    (p) =>
      `The request could not be read (${p.status}): check its path, its headers and that its body is JSON of at most 1 MB.`,
  ),
  SOCKET_FULL: row<{ what: string; most: number }>(
    429,
    '53400',
    true,
    (p) => `A socket may have ${p.most} ${p.what}. Wait for answers, unsubscribe, or open another socket.`,
  ),
  SOCKETS_FULL: row<{ most: number }>(
    429,
    '53300',
    true,
    (p) =>
      `Your tenant has ${p.most} WebSockets open, which is all it may have. Close one; a socket takes many questions.`,
  ),
  QUERY_NOT_RUNNING: row<Record<string, never>>(
    404,
    '42704',
    false,
    () => 'You have no such query running. The id is that of the x-request-id header of its own answer.',
  ),
  BODY_INVALID: row<{ at: string; problem: string }>(
    400,
    '22023',
    false,
    (p) =>
      `The body of the request is not valid at ${p.at}: ${p.problem}. What belongs there is in /api/v1/openapi.json.`,
  ),
  QUERY_REJECTED: row<{ reason: string }>(400, '42601', false, (p) => `The query cannot be computed: ${p.reason}`),
  ANSWER_CUT: row<{ rows: number; most: number }>(
    400,
    '54000',
    false,
    (p) =>
      `The answer has more than ${p.rows} rows and would have been cut. Narrow the time range or the groups, or say with limit (up to ${p.most}) how many rows you want.`,
  ),
  GRAPHQL_REFUSED: row<{ problem: string }>(
    400,
    '42601',
    false,
    (p) => `The GraphQL document is not served: ${p.problem}.`,
  ),
  EMBED_ORIGIN_REFUSED: row<Record<string, never>>(
    403,
    '42501',
    false,
    () =>
      'That page is not one that may embed: its exact origin must be in embedOrigins of the tenant. See docs/how-to/embed.md.',
  ),
  EMBED_LOCK_REFUSED: row<{ dimension: string }>(
    403,
    '42501',
    false,
    (p) =>
      `Rows cannot be locked by '${p.dimension}' like this: no view of this dashboard has it, you may not filter by it, or it cannot have such a value.`,
  ),
  EMBED_ROWS_REFUSED: row<Record<string, never>>(
    403,
    '42501',
    false,
    () =>
      'You see some rows only, and Power BI cannot be held to them: this dashboard must be minted by somebody who sees all rows of the tenant, with locks for what its viewer may see.',
  ),
  EMBED_USED: row<Record<string, never>>(
    409,
    '55000',
    false,
    () => 'This embed token was used before. Each opens one view once; ask the page that embeds it to load again.',
  ),
  POWER_BI_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. Its fields are described in docs/how-to/embed.md.`,
  ),
  EMBED_BROKER_FAILED: row<{ step: string; status: number }>(
    502,
    '08006',
    true,
    (p) =>
      `Power BI did not ${p.step} (status ${p.status}). Check the application's permissions and the identifiers of workspace, report and dataset.`,
  ),
  PORT_TAKEN: row<{ port: number; setting: string }>(
    500,
    '58000',
    false,
    (p) => `Port ${p.port} is taken by another program. Stop that program, or set ${p.setting} to a free port.`,
  ),
  ADDRESS_REFUSED: row<{ host: string; port: number; setting: string; reason: string }>(
    500,
    '58000',
    false,
    (p) =>
      `This machine does not let us listen on ${p.host}, port ${p.port} (${p.reason}). Set TESSERA_HOST to an address of this machine and ${p.setting} to a port above 1023.`,
  ),

  APPLICATION_NOT_BUILT: row<{ reason: string }>(
    500,
    'F0000',
    false,
    (p) => `The page could not be built: ${p.reason}`,
  ),
  DOCS_STALE: row<{ pages: readonly string[] }>(
    500,
    'F0000',
    false,
    (p) => `Generated pages are stale: ${p.pages.join(', ')}. Run: npm run -s tessera -- docs write`,
  ),
  LEAVING: row<Record<string, never>>(
    503,
    '57P01',
    true,
    () => 'This server is about to stop: it answers what has begun, and should not be asked anything new.',
  ),
  POLICY_SUPERSEDED: row<{ ours: string; theirs: string }>(
    503,
    '57P03',
    true,
    (p) =>
      `A server that was started later decides by policy ${p.theirs}, and this one by ${p.ours}: ask that one, and stop this one.`,
  ),
  HOME_BUSY: row<{ home: string; servers: number }>(
    503,
    '55006',
    true,
    (p) =>
      `${p.servers} servers run on ${p.home} already, as many as may while one takes over from another. Stop one of them, or give this one a TESSERA_HOME of its own.`,
  ),
} as const;
