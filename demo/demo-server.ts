// The demo's one port: the issuer, the five vendors of each tenant, and the clock as of which they answer.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { Fault, fixedClock, type Settings } from '@tessera/base';
import { type DemoTenantConfig, demoTenantConfig } from './connections.ts';
import { generateWorld } from './generate/index.ts';
import { createIssuer } from './issuer/index.ts';
import { demoFolder } from './issuer/mint.ts';
import { writeTruth } from './truth/index.ts';
import { createVendors, demoFaults, replayWorld } from './vendors/index.ts';

export interface DemoServer {
  /** For example http://127.0.0.1:4100. */
  readonly url: string;
  readonly issuer: string;
  /** End of the invented history. */
  readonly asOf: Date;
  readonly tenants: readonly DemoTenantConfig[];
  close(): Promise<void>;
}

const seed = 20_260_101;

/** Makes the world (or the same world again, where the folder remembers its day), writes the truth, and listens. */
export async function startDemoServer(
  settings: Pick<Settings, 'home' | 'host' | 'port' | 'demoPort'> & Partial<Pick<Settings, 'replay'>>,
  tenants?: readonly string[],
): Promise<DemoServer> {
  const folder = demoFolder(settings);
  const asOf = await rememberedAsOf(folder);
  const clock = fixedClock(asOf);
  const server = createServer();
  const port = await listen(server, { port: settings.demoPort, host: settings.host }, 'TESSERA_DEMO_PORT');
  const url = `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`;

  const world = generateWorld({ seed, asOf, ...(tenants ? { tenants } : {}) });
  await writeTruth(world, path.join(folder, 'truth'));
  const issuer = await createIssuer({
    url: `${url}/oidc`,
    appOrigins: ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${settings.port}`),
    tenants: world.tenants,
    keysFolder: folder,
  });
  const served = settings.replay === undefined ? world : replayWorld(world, settings.replay).world;
  const vendors = createVendors(served, { now: clock, faults: demoFaults, limits: 'demo' });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const where = request.url?.split('?')[0] ?? '/';
    if (issuer.owns(where)) return void issuer.listener(request, response);
    if (vendors.handle(request, response)) return;
    if (where === '/demo/clock' && request.method === 'PUT') return void setClock(request, response, clock.set);
    if (where === '/demo/violations') return void answer(response, 200, vendors.violations());
    answer(response, 404, { error: 'The demo serves /oidc, /okta, /graph, /entra, /jamf, /elastic and /jira.' });
  });
  return {
    url,
    issuer: issuer.url,
    asOf,
    tenants: world.tenants.map((one) => demoTenantConfig(url, one, vendors.credentials(one.tenant))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The day on which this folder's demo was first made, so that a restart shows the same numbers. */
async function rememberedAsOf(folder: string): Promise<Date> {
  const file = path.join(folder, 'as-of.json');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return new Date((JSON.parse(known) as { asOf: string }).asOf);
  const asOf = new Date();
  asOf.setUTCHours(0, 0, 0, 0);
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify({ asOf }));
  return asOf;
}

async function setClock(request: IncomingMessage, response: ServerResponse, set: (instant: Date) => void) {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return answer(response, 400, { error: 'The body is an ISO-8601 instant.' });
  set(instant);
  answer(response, 200, { now: instant });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
