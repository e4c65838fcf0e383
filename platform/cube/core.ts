// Cube's server core for many tenants in one process. Its hard-coded limits are lifted here and nowhere else.
import type { OrchestratorApi } from '@cubejs-backend/server-core/dist/src/core/OrchestratorApi.js';
import { OrchestratorStorage } from '@cubejs-backend/server-core/dist/src/core/OrchestratorStorage.js';
import { CubejsServerCore } from '@cubejs-backend/server-core/dist/src/core/server.js';
import { createBoundedCache } from './bounded-cache.ts';
import { TenantCompilerApi } from './compiler.ts';
import { GatedGateway, type GateNeeds } from './gateway.ts';
import type { DialectModule, WriterData } from './sql-writer/messages.ts';
import { createSqlWriter, type SqlWriter } from './sql-writer/sql-writer.ts';
import type { CubeContext } from './tenant-ids.ts';

export interface CoreLimits {
  /** Tenants whose caches are held at a time; the one used longest ago goes first. Cube's own limit is 100, and cannot be set. */
  readonly tenants: number;
  /** Bytes of answers held for each tenant. Cube's own cache has no limit. */
  readonly cacheBytes: number;
}

/** What a thread needs to write the same SQL as this one. */
export type WriterSource = Pick<WriterData, 'files'> & { readonly dialect: DialectModule };

type CreateOptions = NonNullable<ConstructorParameters<typeof CubejsServerCore>[0]>;

export class TesseraCore extends CubejsServerCore {
  private readonly gate: GateNeeds;
  private readonly limits: CoreLimits;
  private readonly source: WriterSource | undefined;
  private writer: SqlWriter | undefined;
  protected override readonly orchestratorStorage: OrchestratorStorage;

  constructor(options: CreateOptions, gate: GateNeeds, limits: CoreLimits, source?: WriterSource) {
    super(options);
    this.source = source;
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
    const dbType = (options.dbType ?? this.options.dbType) as ConstructorParameters<typeof TenantCompilerApi>[2];
    const own = this.createCompilerApiOptions(options);
    if (this.source) this.writer ??= createSqlWriter({ data: { ...this.source, options: plainIn(own) } });
    return new TenantCompilerApi(this.writer, repository as never, dbType, own);
  }

  /** Ends the thread that writes SQL. */
  async stopWriting(): Promise<void> {
    await this.writer?.close();
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

/** What can be handed to another thread. */
const plainIn = (options: object): WriterData['options'] =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  );
