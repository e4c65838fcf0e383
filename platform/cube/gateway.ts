// Cube's gateway with ours inside it: every query of every door passes the gate right before Cube takes it, and no answer is cut without a word.
import { ApiGateway } from '@cubejs-backend/api-gateway';
import { Fault, type Observe } from '@tessera/base';
import { gateLoadRequest, type Query, type VisibleMembers } from '@tessera/security';
import { cubeFault, isContinueWait } from './cube-fault.ts';
import { defaultRows } from './environment.ts';
import type { FaultNotes } from './graphql-answer.ts';
import { idsOf } from './tenant-ids.ts';
import { withoutTenantPredicate } from './tenant-predicate.ts';

export interface GateNeeds {
  readonly visible: VisibleMembers;
  /** Members that hold the tenant, of all views: they are never echoed. */
  readonly tenantMembers: ReadonlySet<string>;
  readonly observe: Observe;
}

/** What the gateway needs of a wrapped answer (see sql-api/native). */
interface WrappedAnswer {
  readonly isWrapper: true;
  getResults(): readonly WrappedResult[];
}
interface WrappedResult {
  readonly rows: readonly unknown[];
  getRootResultObject(): [RootResult];
  setRootResultObject(root: object): void;
}
type RootResult = { readonly lastRefreshTime?: string; readonly query: EchoedQuery };
type EchoedQuery = { readonly filters?: readonly unknown[]; readonly limit?: number; readonly rowLimit?: number };

type Respond = (message: object, options?: { status?: number }) => unknown;
type LoadRequest = Parameters<ApiGateway['load']>[0];
type ErrorRequest = Parameters<ApiGateway['handleError']>[0];

export class GatedGateway extends ApiGateway {
  private readonly needs: GateNeeds;
  constructor(needs: GateNeeds, ...rest: ConstructorParameters<typeof ApiGateway>) {
    super(...rest);
    this.needs = needs;
  }

  /** REST, dry-run and GraphQL all come through here with the very query that Cube will compute. */
  protected override async getNormalizedQueries(
    ...[input, context, persistent, expressions, cacheMode]: Parameters<ApiGateway['getNormalizedQueries']>
  ) {
    if (expressions) throw new Fault('QUERY_INVALID', { at: 'query', problem: 'member expressions are not served' });
    const { query } = gateLoadRequest({ query: input }, this.needs.visible);
    const zoned = Array.isArray(query) ? query.map(withZoneThatMatters) : withZoneThatMatters(query);
    return super.getNormalizedQueries(zoned, context, persistent, false, cacheMode);
  }

  override async load(request: LoadRequest): Promise<void> {
    const startedAt = Date.now();
    const asked = this.parseQueryParam(request.query) as Query | Query[];
    const query = request.apiType === 'graphql' ? withOrderAsWritten(asked) : asked;
    const isLimited = limitsOf(query);
    const respond = request.res as unknown as Respond;
    const res: Respond = (message, options) => {
      if (!isWrapped(message)) return respond(message, options);
      const results = message.getResults();
      if (!isLimited && results.some((result) => result.rows.length > defaultRows)) {
        const fault = note(request.context, new Fault('ANSWER_CUT', { rows: defaultRows }));
        return respond(...present(fault));
      }
      for (const result of results) this.cleanEcho(result);
      const { tenant } = idsOf(request.context.securityContext);
      const isCached = results.every((result) => isOlder(result.getRootResultObject()[0].lastRefreshTime, startedAt));
      this.needs.observe({ event: 'query.answered', tenant, ms: Date.now() - startedAt, cached: isCached });
      return respond(message, options);
    };
    return super.load({ ...request, query: query as LoadRequest['query'], res: res as LoadRequest['res'] });
  }

  /** The answer repeats the query as the caller wrote it: without the predicate that was added, and with the limit as documented. */
  private cleanEcho(result: WrappedResult): void {
    const [root] = result.getRootResultObject();
    const { filters = [], limit, rowLimit } = root.query;
    const echoed = (rows: number | undefined) => (rows === defaultRows + 1 ? defaultRows : rows);
    const query = {
      ...root.query,
      filters: withoutTenantPredicate(filters, this.needs.tenantMembers),
      limit: echoed(limit),
      rowLimit: echoed(rowLimit),
    };
    result.setRootResultObject({ ...root, query });
  }

  /** Which roll-up Cube would take, and under which internal names, is not told. */
  protected override async dryRun(request: Parameters<ApiGateway['dryRun']>[0]): Promise<void> {
    const respond = request.res as unknown as Respond;
    const res: Respond = (message, options) => respond({ ...message, transformedQueries: undefined }, options);
    const response = Object.assign(res, {}) as unknown as typeof request.res;
    return super.dryRun({ ...request, res: response });
  }

  override handleError(request: ErrorRequest): void {
    if (isContinueWait(request.e)) {
      super.handleError(request);
      return;
    }
    const fault = note(request.context, cubeFault(request.e));
    const tenant = (request.context?.securityContext as { tenant?: never } | undefined)?.tenant;
    this.needs.observe({ event: 'request.refused', tenant, route: 'cube', code: fault.code });
    if (fault.code === 'INTERNAL') this.needs.observe({ event: 'cube.failed', tenant, problem: describe(fault.cause) });
    void (request.res as unknown as Respond)(...present(fault));
  }
}

const present = (fault: Fault): [object, { status: number }] => [
  { error: fault.message, code: fault.code },
  { status: fault.status },
];

/** For GraphQL, where Cube keeps nothing of a fault but its text (see graphql-answer.ts). */
function note(context: unknown, fault: Fault): Fault {
  (context as Partial<FaultNotes> | undefined)?.faults?.push(fault);
  return fault;
}

const isWrapped = (message: object): message is WrappedAnswer => 'isWrapper' in message && message.isWrapper === true;

/** True where the caller said how many rows he wants; then a full answer is what he asked for. */
function limitsOf(query: Query | readonly Query[]): boolean {
  const queries = Array.isArray(query) ? query : [query];
  return queries.every((each: Query) => (each.limit ?? each.rowLimit ?? undefined) !== undefined);
}

/** First line of what went wrong, without anything in quotes: those may be values. */
function describe(cause: unknown): string {
  const { message, error } = (cause ?? {}) as { message?: unknown; error?: unknown };
  const [line = ''] = String(error ?? message ?? cause).split('\n');
  return line.replaceAll(/'[^']*'|"[^"]*"/g, '\u2026').slice(0, 300);
}

/** Cube's GraphQL writes the view of a root `orderBy` with a capital, whatever its name is. */
function withOrderAsWritten(query: Query | Query[]): Query | Query[] {
  if (Array.isArray(query) || !Array.isArray(query.order)) return query;
  const order = query.order.map(([name, way]): [string, typeof way] => [
    `${name[0]?.toLowerCase()}${name.slice(1)}`,
    way,
  ]);
  return { ...query, order };
}

/** Cube builds roll-ups anew for every zone; where no instant is asked for, the zone changes no number. */
const withZoneThatMatters = (query: Query): Query =>
  /\.[a-z_]+_at[".]/.test(JSON.stringify(query)) ? query : { ...query, timezone: 'UTC' };

const isOlder = (time: string | undefined, than: number): boolean => time !== undefined && Date.parse(time) < than;
