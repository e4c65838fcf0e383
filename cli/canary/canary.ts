// A tenant whose numbers are known: on a timer its pages go through the whole pipeline, and the REST interface is asked for what must have come of them.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asFault, type Clock, Fault, must, type Observe, parseTenant, type Settings, type Tenant } from '@tessera/base';
import { createWeb, thisMachine, type Web } from '@tessera/ingest';
import { parseTenantConfig, type TenantConfig } from '@tessera/pipeline';
import type { Access, VerifyToken } from '@tessera/security';
import { startKnownVendor } from './known-vendor.ts';
import { expectedAt, slotMs } from './known-world.ts';

export const canaryTenant: Tenant = must(parseTenant('canary'));

export interface CanaryResult {
  readonly at: string;
  readonly right: boolean;
  /** How far it came: `page to release`, `answer` or `numbers`. */
  readonly step: string;
  readonly expected: Readonly<Record<string, number>>;
  readonly found: Readonly<Record<string, number>> | null;
  readonly ms: number;
}
export interface Canary {
  readonly config: TenantConfig;
  /** Calls the canary's vendor, which is in this process: no customer's configuration may lead here. */
  readonly web: Web;
  /** Takes the canary's own tokens, too: they live in this process's memory, for a minute, and open nothing but its tenant. */
  admit(verifyToken: VerifyToken): VerifyToken;
  /** One check: runs the tenant, asks `url`, compares. Never throws. */
  check(world: CanaryWorld): Promise<CanaryResult>;
  /** Checks every five minutes from now on. */
  watch(world: CanaryWorld): void;
  close(): Promise<void>;
}
export interface CanaryWorld {
  /** Where this program's REST interface listens. */
  readonly url: string;
  readonly run: (tenant: Tenant) => Promise<void>;
  /** The pipeline's clock. */
  readonly now: Clock;
  readonly observe: Observe;
}

/** Where the newest result is written, for `tessera canary check`. */
export const canaryFile = ({ home }: Pick<Settings, 'home'>): string => path.join(home, 'canary', 'last.json');
const tokenLifeMs = 60_000;

/** SETTING_INVALID where a real tenant has the canary's name. `startVendor` is for tests, which let it lie; `groups` are such as the policy binds. */
export async function openCanary(
  settings: Pick<Settings, 'home'>,
  others: readonly TenantConfig[],
  startVendor = startKnownVendor,
  groups: readonly string[] = ['operator'],
): Promise<Canary> {
  if (others.some(({ tenant }) => tenant === canaryTenant))
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_CANARY', problem: "a tenant of your own is named 'canary'" });
  const vendor = await startVendor();
  const config = parseTenantConfig(
    {
      ...{ tenant: canaryTenant, displayName: 'Canary', timeZone: 'UTC', orgId: 'canary-hq' },
      // It is run by its checks alone: a turn of the scheduler under way would keep a check from running it.
      schedule: { cron: '0 0 1 1 *', catchUp: 'skip' },
      // What is stored is there at once: nothing slips in late.
      connections: [{ source: 'elasticsearch', settings: { url: vendor.url, apiKey: vendor.apiKey, lagMs: 0 } }],
    },
    'canary',
  );
  let isClosed = false;
  let token: { readonly secret: Buffer; readonly until: number } | undefined;
  const newToken = (): string => {
    const secret = randomBytes(32);
    token = { secret, until: performance.now() + tokenLifeMs };
    return `canary_${secret.toString('base64url')}`;
  };
  const isOurs = (text: string): boolean => {
    if (token === undefined || !text.startsWith('canary_') || performance.now() > token.until) return false;
    const given = Buffer.from(text.slice('canary_'.length), 'base64url');
    return given.length === token.secret.length && timingSafeEqual(given, token.secret);
  };

  async function compare({ url, run, now }: CanaryWorld): Promise<Omit<CanaryResult, 'at' | 'ms'>> {
    const before = now().getTime();
    let found: Readonly<Record<string, number>> | null = null;
    let step = 'page to release';
    try {
      await run(canaryTenant);
      step = 'answer';
      const day = new Date(before).toISOString().slice(0, 10);
      found = await ask(url, newToken(), day);
    } catch {
      return { right: false, step, expected: expectedAt(before), found };
    } finally {
      token = undefined;
    }
    // A slot that began while the run was under way may be in it or not.
    const possible = [before, Math.min(now().getTime(), before + slotMs)].map(expectedAt);
    const right = possible.some(
      ({ SUCCESS, FAILURE }) =>
        found?.SUCCESS === SUCCESS && found?.FAILURE === FAILURE && Object.keys(found).length === 2,
    );
    return { right, step: 'numbers', expected: expectedAt(before), found };
  }
  async function check(world: CanaryWorld): Promise<CanaryResult> {
    const started = performance.now();
    const compared = await compare(world);
    const result = { at: new Date().toISOString(), ...compared, ms: Math.round(performance.now() - started) };
    const { right, step, ms } = result;
    // A program that is being closed is no alert.
    if (isClosed) return result;
    world.observe({ event: 'canary.checked', tenant: canaryTenant, right, step, ms });
    await keep(canaryFile(settings), result).catch(() => {});
    return result;
  }

  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<unknown> = Promise.resolve();
  return {
    config,
    web: createWeb({ networks: thisMachine }),
    admit: (verifyToken) => async (text) => (isOurs(text) ? accessNow(groups) : verifyToken(text)),
    check,
    watch(world) {
      checking = check(world);
      timer = setInterval(() => {
        checking = checking.then(() => check(world));
      }, slotMs);
      timer.unref();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await vendor.close();
    },
  };
}

const accessNow = (groups: readonly string[]): Access => ({
  ...{ tenant: canaryTenant, subject: 'canary', email: undefined, name: undefined },
  // Numbers and their breakdowns, nobody by name.
  groups,
  ...{ org: 'canary-hq', teams: [], amr: [], issuer: 'tessera', client: 'canary' },
  expiresAt: Math.floor((Date.now() + tokenLifeMs) / 1000),
});

/** The day's sign-ins by outcome, as a client of the REST interface gets them. */
async function ask(url: string, token: string, day: string): Promise<Readonly<Record<string, number>>> {
  const query = {
    measures: ['auth_events.event_count'],
    dimensions: ['auth_events.outcome'],
    timeDimensions: [{ dimension: 'auth_events.occurred_on', dateRange: [day, day] }],
  };
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(`${url}/cubejs-api/v1/load`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(30_000),
    });
    const body = (await response.json()) as { error?: string; data?: Record<string, string | null>[] };
    // Cube's own word for: the work goes on, ask again.
    if (body.error === 'Continue wait' && attempt < 5) continue;
    if (!response.ok || body.data === undefined) throw asFault(undefined);
    return Object.fromEntries(
      body.data.map((row) => [row['auth_events.outcome'] ?? '', Number(row['auth_events.event_count'])]),
    );
  }
}

async function keep(file: string, result: CanaryResult): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.next`, JSON.stringify(result));
  await rename(`${file}.next`, file);
}
