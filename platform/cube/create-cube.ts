// Cube, wired for many tenants: one compiled model, and for each tenant at each release an engine, caches and roll-ups of its own.
import type { BaseDriver } from '@cubejs-backend/base-driver';
import type { BaseQuery } from '@cubejs-backend/schema-compiler';
import { Fault, type Observe, type Tenant } from '@tessera/base';
import type { VerifyToken, VisibleMembers } from '@tessera/security';
import type { Express, Request } from 'express';
import { withCountOfNothing } from './count-of-nothing.ts';
import { cubeFault, isContinueWait } from './cube-fault.ts';
import { mountCubeRoutes } from './cube-routes.ts';
import { prepareEnvironment } from './environment.ts';
import { noteFaults } from './graphql-answer.ts';
import { type CubeContext, idsOf } from './tenant-ids.ts';
import { type TenantMembers, withTenantPredicate } from './tenant-predicate.ts';

/** The semantic layer as Cube reads it (`renderModel` of model/). */
export interface ServedModel {
  readonly files: readonly { readonly fileName: string; readonly content: string }[];
  readonly hash: string;
  readonly members: VisibleMembers;
  readonly tenantMembers: TenantMembers;
}

export interface CubeNeeds {
  readonly model: ServedModel;
  /** A driver that reaches this tenant's data at this release (or at a newer one, where it is gone), and no other tenant's. */
  readonly driverFor: (tenant: Tenant, release: number) => BaseDriver;
  readonly dialect: typeof BaseQuery;
  /** Release that the tenant is served from; undefined before the first. */
  readonly releaseOf: (tenant: Tenant) => number | undefined;
  readonly verifyToken: VerifyToken;
  readonly observe: Observe;
  readonly limits?: { readonly tenants?: number; readonly cacheBytes?: number; readonly concurrency?: number };
}

export interface Cube {
  /** Mounts Cube's routes, gate included. */
  readonly mount: (app: Express) => void;
  /** Compiles the model where that is not done yet and builds the tenant's roll-ups; to be called when a release is served. */
  readonly warm: (tenant: Tenant) => Promise<void>;
  /** Tenants that asked something within the last day, newest first. */
  readonly activeTenants: () => readonly Tenant[];
  readonly close: () => Promise<void>;
}

const dayMs = 86_400_000;
/** Seconds after which a caller is told to ask again. Cube leaves a timer of this length behind each query, so a closed process lingers for it. */
const continueWaitTimeout = 5;
/** A roll-up that is still building is asked for again; more rounds than this and it is broken. */
const maxRounds = 200;

/** Loads Cube and wires it. Nothing of Cube's is imported before its environment is set. */
export async function createCube(needs: CubeNeeds): Promise<Cube> {
  prepareEnvironment(process.env);
  const { TesseraCore } = await import('./core.ts');
  const { default: express } = await import('express');
  const { model, driverFor, dialect, releaseOf, observe, limits = {} } = needs;
  const counting = withCountOfNothing(dialect);
  const lastAsked = new Map<Tenant, number>();
  const served = new Map<Tenant, Set<number>>();
  const contexts = new WeakMap<object, CubeContext>();

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
        const context = contexts.get(request);
        if (!context) throw new Fault('TOKEN_MISSING', {});
        Object.assign(request, { securityContext: context });
      },
      extendContext: noteFaults,
      contextToApiScopes: async () => ['meta', 'data', 'graphql'],
      queryRewrite: async (query, { securityContext }) =>
        withTenantPredicate(query, idsOf(securityContext).tenant, model.tenantMembers),
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
    {
      visible: model.members,
      tenantMembers: new Set(Object.values(model.tenantMembers).flat()),
      observe,
    },
    { tenants: limits.tenants ?? 1_000, cacheBytes: limits.cacheBytes ?? 16 * 1024 * 1024 },
  );
  const application = express();
  application.disable('etag');
  application.disable('x-powered-by');
  await core.initApp(application);

  return {
    mount: (app) =>
      mountCubeRoutes(app, {
        verifyToken: needs.verifyToken,
        visible: model.members,
        admit: (request: Request, { tenant }) => {
          contexts.set(request, contextOf(tenant));
          lastAsked.delete(tenant);
          lastAsked.set(tenant, Date.now());
        },
        cube: application,
      }),
    warm: async (tenant) => {
      const context = contextOf(tenant);
      await buildRollups(core, context);
      // The release before stays for requests that began on it.
      for (const release of served.get(tenant) ?? []) {
        if (release >= context.release - 1) continue;
        core.forget(idsOf({ tenant, release }).orchestrator);
        served.get(tenant)?.delete(release);
      }
    },
    activeTenants,
    close: async () => {
      await core.beforeShutdown();
      await core.shutdown();
    },
  };
}

type Core = InstanceType<typeof import('./core.ts').TesseraCore>;

async function buildRollups(core: Core, context: CubeContext): Promise<void> {
  const background = { securityContext: context, authInfo: context, requestId: `warm-${context.tenant}` };
  for (let round = 0; round < maxRounds; round += 1) {
    const { finished } = await refreshOnce(core, background);
    if (finished) return;
  }
}

/** One round over all roll-ups; not finished where one is still building. */
async function refreshOnce(
  core: Core,
  background: Parameters<Core['runScheduledRefresh']>[0],
): Promise<{ finished: boolean }> {
  try {
    // Warm-up leaves the refresh keys alone: there is nothing in them that could change.
    const options = { concurrency: 2, timezones: ['UTC'], preAggregationsWarmup: true, throwErrors: true };
    return await core.runScheduledRefresh(background, options);
  } catch (error) {
    if (isContinueWait(error)) return { finished: false };
    throw cubeFault(error);
  }
}
