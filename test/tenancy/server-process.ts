// One complete server over one world, in a process of its own: Cube keeps queues for the whole process, which two worlds must not share. Told what to do by messages.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { asFault, fixedClock, readSettings, type TesseraEvent } from '@tessera/base';
import { sourceRegistry } from '@tessera/ingest';
import { createServing } from '@tessera/lakehouse';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import {
  type Cube,
  createCube,
  createHttpApp,
  createPolicyExplainer,
  planTenantStatus,
  serverOptions,
} from '@tessera/platform';
import { createTokenVerifier, type Query } from '@tessera/security';
import type { SqlDoor } from '@tessera/sql-api';
import { createLocalJWKSet } from 'jose';
import { openLakes } from '../../cli/open-lakes.ts';
import { tesseraPolicy } from '../../cli/tessera-policy.ts';
import { openAudit, wireEmbeds } from '../../cli/wire-audit.ts';
import { shareAmong } from '../../cli/wire-doors.ts';
import { revealFor, servedTables } from '../../cli/wire-keys.ts';
import { wireSql } from '../../cli/wire-sql.ts';
import { asOf, configOf, pooled } from './build-world.ts';
import { issuer } from './callers.ts';
import type { Asked, Reply, StartMessage, ToServer } from './messages.ts';
import { operationsOf } from './operations.ts';
import { gatelessRights, model, wallsDown } from './walls.ts';
import { asker } from './world.ts';

const events: TesseraEvent[] = [];
const sqlRuns = new Map<string, number>();
let layers: readonly Cube[] = [];
let verify: ReturnType<typeof createTokenVerifier>;
let close = async () => {};

/** The address of HTTP, and the port of each layer's SQL door. */
async function start({ home, tenants, publicKey, walls }: StartMessage): Promise<readonly string[]> {
  const observe = (event: TesseraEvent) => void events.push(event);
  const settings = readSettings({
    TESSERA_HOME: home,
    TESSERA_TENANT_REQUESTS_PER_MINUTE: '1000000',
    TESSERA_TENANT_QUEUE: '10000',
  });
  const lakes = await openLakes(settings);
  const serving = createServing({
    tables: servedTables,
    // The pool's tokens are the asker's, so that nothing but rows can differ there.
    maskKeyOf: (tenant) => lakes.keys.maskKeyOf(tenant === pooled ? asker : tenant),
    folder: path.join(home, 'serving'),
    memoryLimit: '256MB',
    threads: 1,
  });
  const isPooling = walls.some(({ files }) => !files);
  for (const tenant of [...tenants, ...(isPooling ? [pooled] : [])]) {
    const lake = lakes.openLake(tenant);
    const release = await lake.releases.latest();
    if (release) await serving.build(lake, release);
  }
  const configs = tenants.map(configOf);
  const audit = await openAudit(settings, 'server', observe);
  const keys = createLocalJWKSet({ keys: [publicKey] });
  const policy = tesseraPolicy();
  const { embeds, readTrail } = await wireEmbeds({
    settings,
    configs,
    verifyToken: createTokenVerifier({ issuers: [issuer], now: () => new Date(), keysOf: async () => keys }),
    decideRights: policy.decideRights,
    decideViewerRights: policy.decideViewerRights,
    audit,
  });
  verify = embeds.verifyToken;
  const { decideRights } = embeds;
  const cubes: Cube[] = [];
  const doors: SqlDoor[] = [];
  for (const [at, wall] of walls.entries()) {
    const cube = await createCube({
      model: wallsDown(model, wall),
      driverFor: (tenant) => {
        const driver = createCubeDriver(serving, wall.files ? tenant : pooled);
        const query = driver.query.bind(driver);
        driver.query = (...args) => {
          sqlRuns.set(tenant, (sqlRuns.get(tenant) ?? 0) + 1);
          return query(...args);
        };
        return driver;
      },
      dialect: TesseraDuckDbQuery,
      // Queues are the process's, by tenant and release: each set of walls has a release of its own.
      releaseOf: (tenant) => serving.serving(tenant) && 1 + at,
      verifyToken: verify,
      decideRights: wall.gate ? decideRights : () => gatelessRights,
      audit,
      fairness: shareAmong(settings, configs),
      observe,
    });
    cubes.push(cube);
    const door = await wireSql({
      settings: { ...settings, home: path.join(home, `sql-${at}`), sql: 'on', sqlPort: 0 },
      layer: cube.semanticLayer,
      verifyToken: verify,
      observe,
      audit,
    });
    if (door) doors.push(door);
  }
  layers = cubes;
  const [first] = cubes;
  if (!first) throw new Error('no server');
  const app = await createHttpApp({
    appConfig: { issuer: issuer.issuer, clientId: 'tessera-app', audience: issuer.audience },
    sources: sourceRegistry(),
    waitingFor: () => [],
    status: (tenant) => {
      const config = configs.find((one) => one.tenant === tenant);
      const release = serving.serving(tenant);
      return config && release && planTenantStatus(config, release, {}, new Map(), fixedClock(asOf)(), 1e9);
    },
    verifyToken: verify,
    decideRights,
    audit,
    embeds,
    readTrail,
    ...operationsOf({ settings, lakes, configs, audit }),
    explainPolicy: createPolicyExplainer({ explain: policy.explain, audit }),
    reveal: revealFor({ serving, audit }),
    mountCube: first.mount,
    application: import.meta.dirname,
    observe,
  });
  const server = createServer(serverOptions, app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  first.attachWebSocket(server);
  close = async () => {
    server.closeAllConnections();
    server.close();
    for (const door of doors) await door.close();
    for (const cube of cubes) await cube.close();
    await audit.close();
    serving.close();
    lakes.close();
  };
  const { port } = server.address() as AddressInfo;
  return [`http://127.0.0.1:${port}`, ...doors.map((door) => String(door.port))];
}

/** One question inside the process, as the SQL door asks; a fault is an answer, too. */
async function ask({ token, query, how, walls = 0 }: Asked): Promise<string> {
  const layer = layers[walls]?.semanticLayer;
  if (!layer) throw new Error('no such server');
  try {
    const access = await verify(token);
    if (how === 'views') return JSON.stringify(layer.views(layer.rights(access)));
    // Unchecked on purpose: what is no query has to be refused behind this line.
    const question = query as Query;
    if (how === 'explain') return JSON.stringify(await layer.explain(access, question));
    const { columns, values, rows } = await layer.ask(access, question, { ungrouped: how === 'rows' });
    return JSON.stringify({ columns, values, rows });
  } catch (error) {
    const { status, code, message, hint } = asFault(error);
    return JSON.stringify({ status, code, message, hint });
  }
}

const atOnce = 4;
async function answer(message: ToServer): Promise<Reply['value']> {
  if ('start' in message) return start(message.start);
  if ('ask' in message) {
    const answers: string[] = [];
    let next = 0;
    const worker = async () => {
      for (let at = next++; at < message.ask.length; at = next++) answers[at] = await ask(message.ask[at] as Asked);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return answers;
  }
  if ('warm' in message) {
    for (const tenant of message.warm) for (const cube of layers.slice(0, 1)) await cube.warm(tenant);
    return 'warm';
  }
  if ('told' in message) return { events: events.splice(0), sqlRuns: Object.fromEntries(sqlRuns) };
  await close();
  return 'closed';
}

process.on('message', (message: ToServer & { readonly id: number }) => {
  answer(message).then(
    (value) => process.send?.({ id: message.id, value } satisfies Reply),
    (error: unknown) => process.send?.({ id: message.id, value: '', failed: String((error as Error).stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit(0));
