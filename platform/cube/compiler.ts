// Cube compiles the model once for all tenants; this makes the roll-up schema follow the tenant of each query all the same, and has SQL written by a thread of its own.
import { CompilerApi } from '@cubejs-backend/server-core/dist/src/core/CompilerApi.js';
import { createBoundedCache } from './bounded-cache.ts';
import type { SqlWriter } from './sql-writer/sql-writer.ts';
import { idsOf } from './tenant-ids.ts';

type CreateQuery = CompilerApi['createQuery'];
type GetSql = CompilerApi['getSql'];
type Written = Awaited<ReturnType<GetSql>>;
type QueryWithContext = { readonly contextSymbols?: { readonly securityContext?: unknown } };

/** Of SQL that was written for all tenants together; what was used longest ago is written again. */
const keptBytes = 64 * 1024 * 1024;
const keptSeconds = 600;
/** What Cube calls its own questions when roll-ups are built. */
const ofNobody = 'scheduler-';

/** Cube reads `preAggregationsSchema` once, when the first tenant comes; with one compiler for all, every other tenant would share it. */
export class TenantCompilerApi extends CompilerApi {
  private readonly kept = createBoundedCache(keptBytes);
  private readonly writer: SqlWriter | undefined;
  constructor(writer: SqlWriter | undefined, ...rest: ConstructorParameters<typeof CompilerApi>) {
    super(...rest);
    this.writer = writer;
  }

  override createQuery(...[compilers, dbType, dialect, query]: Parameters<CreateQuery>): ReturnType<CreateQuery> {
    const context = (query as QueryWithContext).contextSymbols;
    // Cube also makes queries that nobody asked, to look at the model: their schema exists nowhere.
    const schema = context ? idsOf(context.securityContext).rollups : 'rollups_of_nobody';
    const scoped: TenantCompilerApi = Object.create(this, { preAggregationsSchema: { value: schema } });
    return super.createQuery.call(scoped, compilers, dbType, dialect, query);
  }

  /** The same SQL whoever writes it. The tenant, the release, the filters of the caller's rights and what is masked for him are in the query, and so in the key. */
  override async getSql(...[query, options = {}]: Parameters<GetSql>): ReturnType<GetSql> {
    const { writer } = this;
    const { requestId, ...asked } = query as typeof query & QueryWithContext;
    if (!writer || !asked.contextSymbols) return super.getSql(query, options);
    const key = JSON.stringify([asked, options]);
    const kept = await this.kept.get<Written>(key);
    if (kept) return kept;
    const apart = await writer.write(idsOf(asked.contextSymbols.securityContext).tenant, asked, options);
    if (apart) {
      await this.kept.set(key, apart, keptSeconds);
      return apart as Written;
    }
    const startedAt = performance.now();
    const written = await super.getSql(query, options);
    if (!requestId?.startsWith(ofNobody)) writer.wroteAlone(performance.now() - startedAt);
    return written;
  }
}
