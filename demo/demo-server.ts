// The demo's one port: the issuer, the five vendors of each tenant, and the clock as of which they answer.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { Fault, fixedClock, listen, type Settings } from '@tessera/base';
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

type DemoSettings = Pick<Settings, 'home' | 'host' | 'port' | 'demoPort'> & Partial<Pick<Settings, 'replay'>>;

const seed = 20_260_101;

/**
 * Makes the world (or the same world again, where the folder remembers its day), writes the truth, and listens.
 * Nobody knows the true answers on recorded payloads, so with `replay` there is no truth.
 */
export async function startDemoServer(settings: DemoSettings, tenants?: readonly string[]): Promise<DemoServer> {
  const memory = await recall(demoFolder(settings), settings.replay);
  const server = createServer();
  const port = await listen(server, { port: settings.demoPort, host: settings.host }, 'TESSERA_DEMO_PORT');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  try {
    return { ...(await serve(server, port, settings, memory, tenants)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serve(
  server: Server,
  port: number,
  settings: DemoSettings,
  { asOf, replay, remember }: Memory,
  tenants: readonly string[] | undefined,
): Promise<Omit<DemoServer, 'close'>> {
  const folder = demoFolder(settings);
  const clock = fixedClock(asOf);
  const url = `http://${settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host}:${port}`;
  const world = generateWorld({ seed, asOf, ...(tenants ? { tenants } : {}) });
  const served = replay === null ? world : replayWorld(world, replay).world;
  await remember();
  const truth = path.join(folder, 'truth');
  if (replay === null) await writeTruth(world, truth);
  else await rm(truth, { recursive: true, force: true });
  const issuer = await createIssuer({
    url: `${url}/oidc`,
    appOrigins: ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${settings.port}`),
    tenants: world.tenants,
    keysFolder: folder,
  });
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
  };
}

interface Memory {
  readonly asOf: Date;
  /** Folder of the recording, null for generated data. */
  readonly replay: string | null;
  remember(): Promise<void>;
}

/**
 * The day on which this folder's demo was first made, so that a restart shows the same numbers. DEMO_OTHER_DATA where it was made of other data:
 * two worlds in one lake would be added up.
 */
async function recall(folder: string, replaySetting: string | undefined): Promise<Memory> {
  const file = path.join(folder, 'as-of.json');
  const replay = replaySetting === undefined ? null : path.resolve(replaySetting);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) {
    const { asOf, replay: before = null } = parseMemory(known, file);
    if (before !== replay) throw new Fault('DEMO_OTHER_DATA', { folder: path.dirname(folder), before, now: replay });
    return { asOf: new Date(asOf), replay, remember: async () => {} };
  }
  const asOf = new Date();
  asOf.setUTCHours(0, 0, 0, 0);
  return {
    asOf,
    replay,
    async remember() {
      await mkdir(folder, { recursive: true });
      await writeFile(file, JSON.stringify({ asOf, replay }));
    },
  };
}

function parseMemory(text: string, file: string): { readonly asOf: string; readonly replay?: string | null } {
  try {
    const memory = JSON.parse(text) as { asOf: string; replay?: string | null };
    if (!Number.isNaN(Date.parse(memory.asOf))) return memory;
  } catch {
    // Said below, with the file's name.
  }
  throw new Fault('DEMO_FAILED', {
    reason: `${file} is damaged; delete the folder that TESSERA_HOME names and start again.`,
  });
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
