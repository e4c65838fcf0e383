// Cube, wired for many tenants: one compiled model, and for each tenant at each release an engine, caches and roll-ups of its own.
import type { Server } from 'node:http';
import type { BaseDriver } from '@cubejs-backend/base-driver';
import type { BaseQuery } from '@cubejs-backend/schema-compiler';
import { Fault, type Observe, type Tenant } from '@tessera/base';
import {
  type Access,
  type Audit,
  type DecideRights,
  maxRows,
  type VerifyToken,
  type VisibleMembers,
} from '@tessera/security';
import type { Express, Request } from 'express';
import { createEdge, type Edge } from '../edge.ts';
import type { Fairness } from '../fairness/create-fairness.ts';
import { fairRoute } from '../fairness/fair-route.ts';
import { type AskLayer, createAskLayer, type DescribedView, demand } from './ask.ts';
import { buildRollups } from './build-rollups.ts';
import { type CallContext, type Caller, callContext, callerOf, type Origin } from './caller.ts';
import { withCountOfNothing } from './count-of-nothing.ts';
import { mountCubeRoutes } from './cube-routes.ts';
import { defaultRows, prepareEnvironment } from './environment.ts';
import { conjunctsFor, type TenantMembers, withConjuncts } from './rewrite.ts';
import { createRunningQueries } from './running-queries.ts';
import type { DialectModule } from './sql-writer/messages.ts';
import { type CubeContext, idsOf } from './tenant-ids.ts';
import type { SocketLimits } from './websocket/socket-places.ts';
import { createWebSocketDoor } from './websocket/websocket-door.ts';

/** The semantic layer as Cube reads it (`renderModel` of model/). */
export interface ServedModel {
  readonly files: readonly { readonly fileName: string; readonly content: string }[];
  readonly hash: string;
  readonly members: VisibleMembers;
  readonly tenantMembers: TenantMembers;
  readonly maskedBy: ReadonlyMap<string, readonly string[]>;
  readonly described: readonly DescribedView[];
}

export interface CubeNeeds {
  readonly model: ServedModel;
  /** A driver that reaches this tenant's data at this release (or at a newer one, where it is gone), and no other tenant's. */
  readonly driverFor: (tenant: Tenant, release: number) => BaseDriver;
  readonly dialect: typeof BaseQuery;
  /** Where another thread finds the same dialect; without it SQL is written in this one, which holds up everybody's answers for that long. */
  readonly dialectModule?: DialectModule | undefined;
  /** Release that the tenant is served from; undefined before the first. */
  readonly releaseOf: (tenant: Tenant) => number | undefined;
  readonly verifyToken: VerifyToken;
  /** Asked once for every request: what it answers is all that gate, rewrite and caches know of the caller. */
  readonly decideRights: DecideRights;
  readonly audit: Pick<Audit, 'note'>;
  readonly observe: Observe;
  /** Whose turn it is, where several tenants ask at once; every door shares it. */
  readonly fairness?: Fairness | undefined;
  /** Rows that an answer of the tenant may have at most; the gate's own where it is not said. */
  readonly rowsOf?: ((tenant: Tenant) => number) | undefined;
  /** What stands before this server; without it callers are where their connections come from. */
  readonly edge?: Edge | undefined;
  readonly limits?: {
    readonly tenants?: number;
    readonly cacheBytes?: number;
    readonly concurrency?: number;
    readonly authorizeWithinMs?: number;
    readonly beatMs?: number;
    readonly sockets?: Partial<SocketLimits>;
  };
}

export interface Cube {
  /** Mounts Cube's routes, gate included. */
  readonly mount: (app: Express) => void;
  /** Takes the WebSocket upgrades of this server. */
  readonly attachWebSocket: (server: Server) => void;
  /** The same gateway for doors inside the process. */
  readonly semanticLayer: AskLayer;
  /** Compiles the model where that is not done yet and builds the tenant's roll-ups; to be called when a release is served. */
  readonly warm: (tenant: Tenant) => Promise<void>;
  /** Tenants that asked something within the last day, newest first. */
  readonly activeTenants: () => readonly Tenant[];
  readonly close: () => Promise<void>;
}

const dayMs = 86_400_000;
/** Seconds after which a caller is told to ask again. Cube leaves a timer of this length behind each query, so a closed process lingers for it. */
const continueWaitTimeout = 5;

/** Loads Cube and wires it. Nothing of Cube's is imported before its environment is set. */
export async function createCube(needs: CubeNeeds): Promise<Cube> {
  prepareEnvironment(process.env);
  const { TesseraCore } = await import('./core.ts');
  const { default: express } = await import('express');
  const {
    model,
    driverFor,
    dialect,
    releaseOf,
    decideRights,
    audit,
    observe,
    fairness,
    rowsOf = () => maxRows,
    edge = createEdge(),
    limits = {},
  } = needs;
  const counting = withCountOfNothing(dialect);
  const lastAsked = new Map<Tenant, number>();
  const served = new Map<Tenant, Set<number>>();
  const admitted = new WeakMap<object, CallContext>();

  const contextOf = (tenant: Tenant): CubeContext => {
    const release = releaseOf(tenant);
    if (release === undefined) throw new Fault('TENANT_UNKNOWN', {});
    served.set(tenant, (served.get(tenant) ?? new Set()).add(release));
    return Object.freeze({ tenant, release });
  };
  const activeTenants = () =>
    [...lastAsked]
      .filter(([, at]) => at > Date.now() - dayMs)
      .sort(([, a], [, b]) => b - a)
      .map(([tenant]) => tenant);
  /** The one way from a verified token to a caller, for every door. */
  const recognise = (access: Access, origin: Origin, more: Partial<Caller> = {}): Caller => {
    const rights = decideRights(access);
    demand(rights, 'query');
    const context = contextOf(access.tenant);
    lastAsked.delete(access.tenant);
    lastAsked.set(access.tenant, Date.now());
    const most = rowsOf(access.tenant);
    const { door } = origin;
    // The SQL door asks for one row more than it answers, to know that there is one, and refuses by itself.
    const mostRows = door === 'sql' ? Math.min(most + 1, maxRows) : most;
    const rowCap = Math.min(more.rowCap ?? defaultRows, mostRows);
    return Object.freeze({ ungrouped: false, ...more, rowCap, mostRows, ...origin, access, rights, context });
  };

  const core = new TesseraCore(
    {
      apiSecret: crypto.randomUUID(),
      devServer: false,
      telemetry: false,
      cacheAndQueueDriver: 'memory',
      contextToAppId: () => `model-${model.hash}`,
      contextToOrchestratorId: ({ securityContext }) => idsOf(securityContext).orchestrator,
      preAggregationsSchema: ({ securityContext }) => idsOf(securityContext).rollups,
      driverFactory: ({ securityContext }) => {
        const { tenant, release } = idsOf(securityContext);
        return driverFor(tenant, release);
      },
      dialectFactory: () => counting as unknown as BaseQuery,
      repositoryFactory: () => ({ localPath: () => '', dataSchemaFiles: async () => [...model.files] }),
      checkAuth: (request: object) => {
        const context = admitted.get(request);
        if (!context) throw new Fault('TOKEN_MISSING', {});
        Object.assign(request, { securityContext: context.securityContext });
      },
      extendContext: (request: object) => {
        const { caller, faults } = admitted.get(request) ?? {};
        return { caller, faults };
      },
      contextToApiScopes: async () => ['meta', 'data', 'graphql'],
      queryRewrite: async (query, context) => {
        const { access, rights } = callerOf(context);
        const { tenant } = idsOf(context.securityContext);
        if (access.tenant !== tenant) throw new Fault('INTERNAL', {});
        return withConjuncts(query, conjunctsFor(query, tenant, rights.rows, model.tenantMembers));
      },
      // Roll-ups are built when a release comes (see warm), not by a clock: an idle tenant costs nothing.
      scheduledRefreshTimer: false,
      scheduledRefreshContexts: async () => activeTenants().map((tenant) => ({ securityContext: contextOf(tenant) })),
      scheduledRefreshTimeZones: ['UTC'],
      orchestratorOptions: {
        queryCacheOptions: { queueOptions: { concurrency: limits.concurrency ?? 4, continueWaitTimeout } },
        preAggregationsOptions: { queueOptions: { concurrency: 2, continueWaitTimeout } },
      },
      // Cube's log lines hold SQL and whatever it was given; ours are events.
      logger: () => {},
    },
    { tenantMembers: model.tenantMembers, maskedBy: model.maskedBy, observe, audit },
    { tenants: limits.tenants ?? 1_000, cacheBytes: limits.cacheBytes ?? 16 * 1024 * 1024 },
    needs.dialectModule && { files: model.files, dialect: needs.dialectModule },
  );
  const application = express();
  application.disable('etag');
  application.disable('x-powered-by');
  await core.initApp(application);
  const running = createRunningQueries((context, request) => void core.interrupt(context, request).catch(() => {}));

  const webSocket = createWebSocketDoor({
    gateway: core.gateway,
    verifyToken: needs.verifyToken,
    decideRights,
    recognise,
    running,
    fairness,
    audit,
    edge,
    authorizeWithinMs: limits.authorizeWithinMs,
    beatMs: limits.beatMs,
    limits: limits.sockets,
  });

  return {
    attachWebSocket: webSocket.attach,
    mount: (app) =>
      mountCubeRoutes(app, {
        verifyToken: needs.verifyToken,
        decideRights,
        recognise,
        audit,
        running,
        addressOf: edge.addressOf,
        takeTurns: fairness && ((tenantOf) => fairRoute(fairness, tenantOf)),
        admit: (request: Request, caller) => void admitted.set(request, callContext(caller)),
        cube: application,
      }),
    semanticLayer: inTurn(
      fairness,
      createAskLayer({
        gateway: core.gateway,
        decideRights,
        recognise,
        running,
        audit,
        observe,
        driverFor,
        described: model.described,
        modelHash: model.hash,
        releaseOf,
      }),
    ),
    warm: async (tenant) => {
      const context = contextOf(tenant);
      await buildRollups(core, context);
      // The release before stays for requests that began on it.
      for (const release of served.get(tenant) ?? []) {
        if (release >= context.release - 1) continue;
        core.forget(idsOf({ tenant, release }).orchestrator);
        served.get(tenant)?.delete(release);
      }
      webSocket.released(tenant);
    },
    activeTenants,
    close: async () => {
      await webSocket.close();
      await core.beforeShutdown();
      await core.shutdown();
      await core.stopWriting();
    },
  };
}

/** Doors inside the process wait for their turn like everybody else. */
const inTurn = (fairness: Fairness | undefined, layer: AskLayer): AskLayer =>
  fairness
    ? {
        ...layer,
        ask: (access, query, options) =>
          fairness.admit(access.tenant, () => layer.ask(access, query, options), options?.signal),
        explain: (access, query, options) =>
          fairness.admit(access.tenant, () => layer.explain(access, query, options), options?.signal),
        async *stream(access, query, options) {
          const place = await fairness.enter(access.tenant, options.signal);
          try {
            yield* layer.stream(access, query, options);
          } finally {
            place.leave();
          }
        },
      }
    : layer;
