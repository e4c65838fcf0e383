// Cube compiles the model once for all tenants; this makes the roll-up schema follow the tenant of each query all the same.
import { CompilerApi } from '@cubejs-backend/server-core/dist/src/core/CompilerApi.js';
import { idsOf } from './tenant-ids.ts';

type CreateQuery = CompilerApi['createQuery'];
type QueryWithContext = { readonly contextSymbols?: { readonly securityContext?: unknown } };

/** Cube reads `preAggregationsSchema` once, when the first tenant comes; with one compiler for all, every other tenant would share it. */
export class TenantCompilerApi extends CompilerApi {
  override createQuery(...[compilers, dbType, dialect, query]: Parameters<CreateQuery>): ReturnType<CreateQuery> {
    const context = (query as QueryWithContext).contextSymbols;
    // Cube also makes queries that nobody asked, to look at the model: their schema exists nowhere.
    const schema = context ? idsOf(context.securityContext).rollups : 'rollups_of_nobody';
    const scoped: TenantCompilerApi = Object.create(this, { preAggregationsSchema: { value: schema } });
    return super.createQuery.call(scoped, compilers, dbType, dialect, query);
  }
}
