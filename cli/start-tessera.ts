// The composition root: makes every part, joins them, and brings them up in order. The only place that knows all rooms.
import { createServer, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import {
  asFault,
  Fault,
  fixedClock,
  listen,
  type Observe,
  observeNothing,
  type Settings,
  systemClock,
  type Tenant,
} from '@tessera/base';
import { connectors, createWeb, sourceRegistry, thisMachine } from '@tessera/ingest';
import { createServing } from '@tessera/lakehouse';
import {
  checkConnections,
  parseTenantConfig,
  readTenantConfigs,
  type TenantConfig,
  targetMsOf,
} from '@tessera/pipeline';
import {
  createDrain,
  createEdge,
  createHttpApp,
  createPolicyExplainer,
  limitConnections,
  planTenantStatus,
  serverOptions,
} from '@tessera/platform';
import { refusingRevoked, withRevocations } from '@tessera/security';
import { loadProject } from '@tessera/transforms';
import { createTesseraCube } from '../cube.js';
import { applicationFolder, buildApplication } from './application.ts';
import { checkIssuers } from './boot-checks.ts';
import { openCanary } from './canary/canary.ts';
import { chooseIssuers, verifierOf } from './choose-issuers.ts';
import { claimSeat } from './claim-seat.ts';
import { demoEnvironment, startDemo } from './demo-process.ts';
import { joinPeers } from './join-peers.ts';
import { makeHome } from './make-home.ts';
import { openLakes } from './open-lakes.ts';
import { playDemo } from './play-history.ts';
import { revocationFile, watchRevocations } from './revocation-file.ts';
import { leastGroup, tesseraPolicy } from './tessera-policy.ts';
import { openAudit, wireEmbeds } from './wire-audit.ts';
import { wireDesk } from './wire-desk.ts';
import { limitsOfQueries, mayStart, probeSelf, shareAmong } from './wire-doors.ts';
import { freshnessFrom } from './wire-freshness.ts';
import { wireHooks } from './wire-hooks.ts';
import { revealFor, servedTables, unlessErased, withoutErased } from './wire-keys.ts';
import { reconciliationOf } from './wire-ledger.ts';
import { tellDemoPipeline, wirePipeline } from './wire-pipeline.ts';
import { wireSql } from './wire-sql.ts';
import { startTelemetry } from './wire-telemetry.ts';

export interface RunningTessera {
  readonly url: string;
  /** Where the demo's issuer and vendors are; undefined where real tenants are configured. */
  readonly demoUrl: string | undefined;
  /** Port of the SQL API; undefined where it is off. */
  readonly sqlPort: number | undefined;
  /** Resolves when every tenant serves its first release; rejects where one cannot. */
  readonly ready: Promise<void>;
  /** Says at /readyz that it will stop, while it still serves, for as long as the setting says. */
  leave(): Promise<void>;
  /** Runs the pipeline of every tenant once, now. */
  runAll(): Promise<void>;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Only these of the demo's tenants. */
  readonly demoTenants?: readonly string[];
}

/** Starts everything and listens; `ready` tells when it may be used. PORT_TAKEN, ADDRESS_REFUSED, SETTING_INVALID, POLICY_BROKEN and TENANT_CONFIG_INVALID stop it before anything else happens. */
export async function startTessera(
  settings: Settings,
  tell: Observe = observeNothing,
  options: StartOptions = {},
): Promise<RunningTessera> {
  const policy = tesseraPolicy(settings.policy);
  await makeHome(settings.home);
  const seat = await claimSeat(settings.home);
  const telemetry = await startTelemetry(settings, tell, process.env, seat.alerts).catch(async (error) => {
    await seat.leave();
    throw error;
  });
  const { observe } = telemetry;
  const step = async <T>(name: string, work: Promise<T>): Promise<T> => {
    observe({ event: 'step.started', step: name });
    const started = performance.now();
    const result = await work;
    observe({ event: 'step.ended', step: name, ms: performance.now() - started });
    return result;
  };

  // Whoever asks before everything is joined gets an answer at once, instead of none for ever.
  const starting: RequestListener = (_, response) => {
    response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('Tessera is starting.\n');
  };
  const server = createServer(serverOptions, starting);
  limitConnections(server);
  const drain = createDrain(server);
  const port = await listen(server, settings, 'TESSERA_PORT').catch(async (error) => {
    await telemetry.close();
    await seat.leave();
    throw error;
  });
  const url = `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`;
  const closing: (() => unknown)[] = [seat.leave, () => telemetry.close(), () => closeServer(server)];
  const close = async () => {
    for (const one of closing.reverse().splice(0)) await one();
  };

  try {
    const configured = await readTenantConfigs(path.join(settings.home, 'tenants'));
    const checked = mayStart(settings, configured, process.env, observe);
    const lakes = await openLakes(settings);
    closing.push(() => lakes.close());
    for (const config of configured) {
      // Said now; the run says it again, and the source shows as failed.
      for (const { source, fault } of await checkConnections(config, connectors, process.env, lakes.keys.secretOf)) {
        const { code, message } = fault;
        observe({ event: 'source.failed', tenant: config.tenant, source, stream: '*', code, message });
      }
    }
    const needsDemo = configured.length === 0;
    if (!needsDemo) await chooseIssuers(settings, undefined);
    const building = step('building the page', buildApplication());
    building.catch(() => {});
    const demo = needsDemo
      ? await step('inventing three tenants', startDemo(demoEnvironment(settings, port, options.demoTenants)))
      : undefined;
    if (demo) closing.push(() => demo.close());
    const given = demo ? demo.tenants.map((tenant) => parseTenantConfig(tenant, 'demo')) : configured;
    const customers = await withoutErased(lakes.keys, given, observe);
    const canary =
      settings.canary === 'on' ? await openCanary(settings, customers, undefined, leastGroup(policy.pack)) : undefined;
    closing.push(() => canary?.close());
    const configs = canary ? [...customers, canary.config] : customers;
    const issuers = await chooseIssuers(
      settings,
      demo && { issuer: demo.issuer, tenants: customers.map(({ tenant }) => tenant) },
    );
    await checkIssuers(checked, issuers);
    const demoClock = demo && fixedClock(demo.asOf);
    if (demo) await tellDemoPipeline(settings.home, demo.asOf, demo.tenants);
    const clock = demoClock ?? systemClock;

    telemetry.watch(configs, lakes, clock);
    const serving = createServing({
      tables: servedTables,
      maskKeyOf: lakes.keys.maskKeyOf,
      folder: seat.serving,
      memoryLimit: settings.duckdbMemory,
      timeoutMs: settings.queryTimeoutMs,
    });
    closing.push(() => serving.close());

    const audit = await openAudit(settings, seat.writer, observe);
    closing.push(() => audit.close());
    const revocations = watchRevocations(revocationFile(settings));
    const { embeds, readTrail } = await wireEmbeds({
      settings,
      configs,
      verifyToken: refusingRevoked(verifierOf(settings, issuers, observe), revocations),
      decideRights: withRevocations(policy.decideRights, revocations),
      decideViewerRights: withRevocations(policy.decideViewerRights, revocations),
      audit,
    });
    const { decideRights } = embeds;
    const verifyToken = canary?.admit(embeds.verifyToken) ?? embeds.verifyToken;
    const edge = createEdge(settings);
    const fairness = shareAmong(settings, configs);
    const limitsOf = limitsOfQueries(settings, configs);
    const doors = { verifyToken, decideRights, audit, fairness, edge, observe };
    const cube = await createTesseraCube({ ...doors, serving, limitsOf });
    closing.push(() => cube.close());
    const sqlDoor = await wireSql({ settings, layer: cube.semanticLayer, verifyToken, observe, audit, limitsOf });
    closing.push(() => sqlDoor?.close());

    const byTenant = new Map<Tenant, TenantConfig>(configs.map((config) => [config.tenant, config]));
    /** Tenants whose first dashboard finds model and roll-ups ready. */
    const warmed = new Set<Tenant>();
    const titles = Object.fromEntries(connectors.map(({ source, title }) => [source, title]));
    const runArrived = async (tenant: Tenant) => scheduler.runArrived(tenant);
    const hooks = wireHooks({ lakes, configs, clock, observe, runArrived });
    closing.push(() => hooks.waker.stop());
    const peers = await joinPeers({ home: settings.home, policy: policy.id, now: systemClock, observe });
    closing.push(() => peers.leave());
    const app = await createHttpApp({
      appConfig: {
        issuer: demo?.issuer ?? settings.issuer ?? '',
        clientId: settings.clientId,
        audience: settings.audience,
      },
      sources: sourceRegistry(),
      policy: policy.id,
      notReady: () => (drain.isLeaving() ? new Fault('LEAVING', {}) : peers.superseded()),
      waitingFor: () => configs.map(({ tenant }) => tenant).filter((tenant) => !warmed.has(tenant)),
      status: (tenant) => {
        const config = byTenant.get(tenant);
        const release = serving.serving(tenant);
        return config && release
          ? planTenantStatus(config, release, titles, pipeline.checks.get(tenant) ?? new Map(), clock(), (source) =>
              targetMsOf(config, source),
            )
          : undefined;
      },
      freshness: freshnessFrom(settings, lakes, byTenant, clock),
      ...doors,
      hooks: hooks.door,
      desk: wireDesk({ lakes, configs, needs: () => needs, audit }),
      embeds,
      readTrail,
      reconciliation: reconciliationOf(lakes),
      explainPolicy: createPolicyExplainer({ explain: policy.explain, audit }),
      reveal: revealFor({ serving, audit }),
      mountCube: cube.mount,
      application: applicationFolder,
    });

    const models = await loadProject();
    const needs = {
      engine: lakes.engine,
      connectors,
      web: createWeb({ networks: demo ? thisMachine : settings.vendorNetworks }),
      env: process.env,
      secretOf: lakes.keys.secretOf,
      now: clock,
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      observe,
      serving,
      models,
      upkeep: settings,
    };
    const warm = async (tenant: Tenant): Promise<void> => {
      await cube.warm(tenant);
      warmed.add(tenant);
    };
    const mayRun = (tenant: Tenant) => unlessErased(lakes.keys, serving, tenant);
    const webOf = (tenant: Tenant) => (tenant === canary?.config.tenant ? canary.web : undefined);
    const pipeline = wirePipeline({ settings, lakes, configs, needs, webOf, mayRun, whenRan: warm });
    const bringUp = async () => {
      if (demo && demoClock) await playDemo(demo, customers, needs, lakes, demoClock, step);
      for (const { tenant } of configs) {
        // What an earlier start published is served at once; the run then brings it up to date.
        const release = await lakes.openLake(tenant).releases.latest();
        if (!release) continue;
        await serving.build(lakes.openLake(tenant), release);
        await warm(tenant);
      }
      // All at once: a first load waits for vendors and disks more than it computes.
      await Promise.all(configs.map(({ tenant }) => step(`loading ${tenant}`, pipeline.runOne(tenant))));
      await building;
      await peers.ready();
      canary?.watch({ url, run: pipeline.runOne, now: clock, observe });
    };
    const ready = bringUp();
    ready.catch(() => {});
    const scheduler = await pipeline.start(ready);
    closing.push(() => scheduler.stop());
    server.off('request', starting);
    server.on('request', app);
    cube.attachWebSocket(server);
    await probeSelf(url, app, issuers);
    // Before anything that answers are made of goes.
    closing.push(() => (drain.isLeaving() ? drain.finish(settings.queryTimeoutMs + 5_000, 500) : drain.finish(1_000)));
    const leave = async () => {
      drain.leave();
      await new Promise((resolve) => setTimeout(resolve, settings.leaveSeconds * 1000));
    };
    observe({ event: 'server.listening', url });
    return { url, demoUrl: demo?.url, sqlPort: sqlDoor?.port, ready, leave, runAll: () => scheduler.runAll(), close };
  } catch (error) {
    await close();
    throw asFault(error);
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
