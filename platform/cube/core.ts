// Cube's server core for many tenants in one process. Its hard-coded limits are lifted here and nowhere else.
import type { OrchestratorApi } from '@cubejs-backend/server-core/dist/src/core/OrchestratorApi.js';
import { OrchestratorStorage } from '@cubejs-backend/server-core/dist/src/core/OrchestratorStorage.js';
import { CubejsServerCore } from '@cubejs-backend/server-core/dist/src/core/server.js';
import { createBoundedCache } from './bounded-cache.ts';
import { TenantCompilerApi } from './compiler.ts';
import { GatedGateway, type GateNeeds } from './gateway.ts';
import type { CubeContext } from './tenant-ids.ts';

export interface CoreLimits {
  /** Tenants whose caches are held at a time; the one used longest ago goes first. Cube's own limit is 100, and cannot be set. */
  readonly tenants: number;
  /** Bytes of answers held for each tenant. Cube's own cache has no limit. */
  readonly cacheBytes: number;
}

type CreateOptions = NonNullable<ConstructorParameters<typeof CubejsServerCore>[0]>;

export class TesseraCore extends CubejsServerCore {
  private readonly gate: GateNeeds;
  private readonly limits: CoreLimits;
  protected override readonly orchestratorStorage: OrchestratorStorage;

  constructor(options: CreateOptions, gate: GateNeeds, limits: CoreLimits) {
    super(options);
    this.gate = gate;
    this.limits = limits;
    this.orchestratorStorage = new OrchestratorStorage({ compilerCacheSize: limits.tenants });
  }

  protected override createApiGatewayInstance(...args: Parameters<CubejsServerCore['createApiGatewayInstance']>) {
    return new GatedGateway(this.gate, ...args);
  }

  /** The one gateway of all doors. */
  get gateway(): GatedGateway {
    return this.apiGateway() as GatedGateway;
  }

  /** Stops the engine's work on what this request began; others who wait for the same are told to ask again. */
  async interrupt(context: CubeContext, request: string): Promise<void> {
    const orchestrator = await this.getOrchestratorApi({ securityContext: context, requestId: request } as never);
    await orchestrator.cancelQueryByRequestId(request);
  }

  protected override createCompilerApi(repository: unknown, options: Record<string, unknown> = {}) {
    const dbType = (options.dbType ?? this.options.dbType) as ConstructorParameters<typeof TenantCompilerApi>[1];
    return new TenantCompilerApi(repository as never, dbType, this.createCompilerApiOptions(options));
  }

  /** Each tenant at each release has a cache of its own: what one holds can neither be seen nor pushed out by another. */
  protected override createOrchestratorApi(
    ...args: Parameters<CubejsServerCore['createOrchestratorApi']>
  ): OrchestratorApi {
    const api = super.createOrchestratorApi(...args);
    Object.assign(api.getQueryOrchestrator().getQueryCache(), {
      cacheDriver: createBoundedCache(this.limits.cacheBytes),
    });
    return api;
  }

  /** Lets go of the caches of a release that is not served any more. */
  forget(orchestratorId: string): void {
    const held: unknown = Reflect.get(this.orchestratorStorage, 'storage');
    if (held instanceof Object && 'delete' in held && typeof held.delete === 'function') held.delete(orchestratorId);
  }
}
