// Cube's gateway with ours inside it: every query of every door passes gate and rewrite right before Cube takes it, is written down, and no answer is cut without a word.
import { ApiGateway } from '@cubejs-backend/api-gateway';
import type { CompilerApi } from '@cubejs-backend/server-core/dist/src/core/CompilerApi.js';
import { Fault, type Observe } from '@tessera/base';
import { type Audit, gateLoadRequest, type Query } from '@tessera/security';
import { cleanEcho, isOlder, isWrapped, limitAsSaid, limitsOf, type Respond, type WrappedAnswer } from './answers.ts';
import { type CallContext, type Caller, callerOf } from './caller.ts';
import { cubeFault, describeCause, isContinueWait } from './cube-fault.ts';
import { defaultRows } from './environment.ts';
import { namesIn } from './names-in.ts';
import { type Decision, noteDecision } from './note-decision.ts';
import { type BuiltSql, type RowsPlan, rowsPlan } from './plan-rows.ts';
import { conjunctsFor, masksFor, membersOf, type TenantMembers } from './rewrite.ts';
import { type CompilerForRights, compilersForRights } from './visible-model.ts';

export interface GateNeeds {
  /** Members that hold the tenant, by view: they are never echoed. */
  readonly tenantMembers: TenantMembers;
  /** How each personal member is masked. */
  readonly maskedBy: ReadonlyMap<string, readonly string[]>;
  readonly observe: Observe;
  readonly audit: Pick<Audit, 'note'>;
}

type LoadRequest = Parameters<ApiGateway['load']>[0];
type ErrorRequest = Parameters<ApiGateway['handleError']>[0];
type MetaRequest = Parameters<ApiGateway['meta']>[0];
type Context = Parameters<ApiGateway['getNormalizedQueries']>[1];

export class GatedGateway extends ApiGateway {
  private readonly needs: GateNeeds;
  private readonly visibleTo: CompilerForRights = compilersForRights();
  constructor(needs: GateNeeds, ...rest: ConstructorParameters<typeof ApiGateway>) {
    super(...rest);
    this.needs = needs;
  }

  /** Every door comes through here with the very query that Cube will compute. */
  protected override async getNormalizedQueries(
    ...[input, context, persistent, expressions, cacheMode]: Parameters<ApiGateway['getNormalizedQueries']>
  ) {
    if (expressions) throw new Fault('QUERY_INVALID', { at: 'query', problem: 'member expressions are not served' });
    const caller = callerOf(context);
    const { query } = gateLoadRequest({ query: input }, caller.rights);
    const ready = Array.isArray(query) ? query.map(asComputed(caller)) : asComputed(caller)(query);
    const found = await super.getNormalizedQueries(ready, context, persistent, false, cacheMode);
    const [type, normalized, ...others] = found;
    // Cube overwrites masks that a rewrite sets, so they are added after it.
    const masked = normalized.map((each) => ({
      ...each,
      maskedMembers: masksFor(each as object, caller.rights, this.needs.maskedBy),
    }));
    return [type, masked, ...others] as unknown as typeof found;
  }

  /** What Cube knows of the model, as far as the caller may see it. */
  protected override async getCompilerApi(context: Context): Promise<CompilerApi> {
    return this.visibleTo(await super.getCompilerApi(context), callerOf(context).rights);
  }

  override async load(request: LoadRequest): Promise<void> {
    const startedAt = Date.now();
    const caller = callerOf(request.context);
    const { rowCap, mostRows } = caller;
    const asked = this.parseQueryParam(request.query) as Query | Query[];
    const query = request.apiType === 'graphql' ? withOrderAsWritten(asked) : asked;
    const isLimited = limitsOf(query);
    const respond = request.res as unknown as Respond;
    const res: Respond = (message, options) => {
      if (!isWrapped(message)) return respond(message, options);
      const results = message.getResults();
      const rows = isLimited ? mostRows : rowCap;
      if (results.some((result) => result.rows.length > rows))
        return this.refuse(request.context, respond, new Fault('ANSWER_CUT', { rows, most: mostRows }), query);
      this.admit(caller, message, startedAt, query);
      return respond(message, options);
    };
    return super.load({ ...request, query: query as LoadRequest['query'], res: res as LoadRequest['res'] });
  }

  private admit(caller: Caller, message: WrappedAnswer, startedAt: number, query: Query | Query[]): void {
    const { access, rights, context, rowCap } = caller;
    const results = message.getResults();
    const ownConjuncts = (each: object) => conjunctsFor(each, access.tenant, rights.rows, this.needs.tenantMembers);
    for (const [at, result] of results.entries()) cleanEcho(result, ownConjuncts, limitAsSaid(query, at) ?? rowCap);
    const cached = results.every((result) => isOlder(result.getRootResultObject()[0].lastRefreshTime, startedAt));
    this.needs.observe({ event: 'query.answered', tenant: context.tenant, ms: Date.now() - startedAt, cached });
    const rows = results.reduce((sum, result) => sum + result.rows.length, 0);
    this.note(caller, { action: 'query', members: namesIn(query), rows });
  }

  /** Which roll-up Cube would take, and under which internal names, is not told. */
  override async dryRun(request: Parameters<ApiGateway['dryRun']>[0]): Promise<void> {
    const respond = request.res as unknown as Respond;
    const res: Respond = (message, options) => {
      if (!('error' in message))
        this.note(callerOf(request.context), { action: 'query.check', members: namesIn(request.query) });
      return respond({ ...message, transformedQueries: undefined }, options);
    };
    const response = Object.assign(res, {}) as unknown as typeof request.res;
    return super.dryRun({ ...request, res: response });
  }

  override async meta(request: MetaRequest): Promise<void> {
    this.note(callerOf(request.context), { action: 'model.read' });
    return super.meta(request);
  }

  /** The engine's SQL for one query and the roll-up that it reads. */
  async explain(context: CallContext, query: Query): Promise<{ sql: string; rollup: string | undefined }> {
    try {
      const [, [normalized]] = await this.getNormalizedQueries(query as never, context as never);
      if (!normalized) throw new Fault('INTERNAL', {});
      const compiler: CompilerApi = await this.getCompilerApi(context as never);
      const built = await compiler.getSql(this.coerceForSqlQuery(normalized, context as never));
      this.note(context.caller, { action: 'query.explain', members: membersOf(query) });
      const { sql, preAggregations } = built as unknown as {
        sql: readonly [string, readonly unknown[]];
        preAggregations?: readonly { readonly preAggregationId?: string }[];
      };
      return { sql: sql[0], rollup: preAggregations?.[0]?.preAggregationId };
    } catch (error) {
      const fault = cubeFault(error);
      this.note(context.caller, { action: 'query.explain', members: namesIn(query), fault });
      throw fault;
    }
  }

  /** The engine's SQL for the rows of one query, once its roll-ups are there: for answers that are too large to be held. Written down by the asker, who knows how they end. */
  async planRows(context: CallContext, query: Query): Promise<RowsPlan> {
    const [, [normalized]] = await this.getNormalizedQueries(query as never, context as never, true);
    if (!normalized) throw new Fault('INTERNAL', {});
    const compiler: CompilerApi = await this.getCompilerApi(context as never);
    // Always with a limit: Cube's own, where none is said, would cut.
    const limit = context.caller.rowCap + 1;
    const bound = { ...normalized, limit, rowLimit: limit };
    const built = await compiler.getSql(this.coerceForSqlQuery(bound, context as never));
    const orchestrator = (await this.getAdapterApi(context as never)).getQueryOrchestrator();
    return rowsPlan(orchestrator, built as unknown as BuiltSql, context);
  }

  override handleError(request: ErrorRequest): void {
    const respond = request.res as unknown as Respond;
    const { caller } = (request.context ?? {}) as Partial<CallContext>;
    if (isContinueWait(request.e))
      void respond({ error: 'Continue wait', requestId: caller?.request }, { status: 200 });
    else this.refuse(request.context, respond, cubeFault(request.e), request.query);
  }

  private refuse(context: unknown, respond: Respond, fault: Fault, query: unknown): void {
    const { caller, faults } = (context ?? {}) as Partial<CallContext>;
    // For GraphQL, where Cube keeps nothing of a fault but its text, and for those who ask in process.
    faults?.push(fault);
    const tenant = caller?.access.tenant;
    this.needs.observe({ event: 'request.refused', tenant, route: 'cube', code: fault.code });
    if (fault.code === 'INTERNAL')
      this.needs.observe({ event: 'cube.failed', tenant, problem: describeCause(fault.cause) });
    if (caller) this.note(caller, { action: 'query', members: namesIn(query), fault });
    void respond({ error: fault.message, code: fault.code }, { status: fault.status });
  }

  private note(caller: Caller, decision: Decision): void {
    noteDecision(this.needs.audit, caller, { release: caller.context.release, ...decision });
  }
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

/** What passed the gate, with what only we may say: rows instead of groups, and a bound of its own. */
const asComputed =
  ({ rowCap, mostRows, ungrouped }: Caller) =>
  (query: Query): Query => ({
    ...withZoneThatMatters(query),
    ...bounded(query, rowCap, mostRows),
    ...(ungrouped ? { ungrouped } : {}),
  });

/** One row more than may be answered, so that a cut is seen. What Cube adds by itself where nobody says anything stays out of its cache keys. */
function bounded(query: Query, rowCap: number, mostRows: number): Pick<Query, 'limit'> {
  const wanted = query.limit ?? query.rowLimit ?? undefined;
  if (wanted === undefined) return rowCap === defaultRows ? {} : { limit: rowCap + 1 };
  return wanted > mostRows ? { limit: mostRows + 1 } : {};
}
