// Decides which tenants run now: those whose inputs came due in the last quarter of an hour, and those that somebody woke. Fair: in another order each time, none twice at once.
import { createHash } from 'node:crypto';
import { must, parseTenant, type SourceName, type Tenant } from '@tessera/base';
import { countBetween, duesOf, type TenantConfig } from '@tessera/pipeline';

export const quarterMs = 900_000;

export interface DispatchNeeds {
  tenants(): AsyncIterable<Tenant>;
  configOf(tenant: Tenant): Promise<TenantConfig>;
  /** Tenants whose run is still under way. */
  running(): Promise<ReadonlySet<Tenant>>;
  /** False where a run of that name was started before. */
  start(name: string, input: RunRequest): Promise<boolean>;
  /** Asks for a run as soon as the one under way has ended. */
  later(request: WakeRequest): Promise<void>;
  sleep(ms: number): Promise<void>;
  /** A tenant that cannot be dispatched keeps nobody else waiting. */
  failed(tenant: Tenant | undefined, error: unknown): void;
}
export interface RunRequest {
  readonly tenant: Tenant;
  readonly sources?: readonly SourceName[];
  readonly pages: number;
}
export interface WakeRequest {
  readonly tenant: Tenant;
  readonly sources?: readonly SourceName[];
}
export interface DispatchSettings {
  readonly pages: number;
  /** Between two starts, so that not all tenants ask their vendors in the same second; less where they are so many that they would take longer than a minute. */
  readonly apartMs: number;
}

/** The quarter that ended at `at` or before; the names of runs carry it, so that a repeated dispatch starts nothing twice. */
export async function dispatchQuarter(needs: DispatchNeeds, at: Date, { pages, apartMs }: DispatchSettings) {
  const until = Math.floor(at.getTime() / quarterMs) * quarterMs;
  const stamp = new Date(until).toISOString().slice(0, 16).replace(/\W/g, '');
  const tenants: Tenant[] = [];
  for await (const tenant of needs.tenants()) tenants.push(tenant);
  const order = (tenant: Tenant) => createHash('sha256').update(`${stamp} ${tenant}`).digest('hex');
  tenants.sort((a, b) => (order(a) < order(b) ? -1 : 1));

  const running = await needs.running();
  const started: Tenant[] = [];
  for (const tenant of tenants) {
    try {
      const dues = duesOf(await needs.configOf(tenant), quarterMs).filter(
        ({ rhythm }) => countBetween(rhythm, until - quarterMs, until, 1) > 0,
      );
      if (dues.length === 0) continue;
      const sources = dues.flatMap((due) => due.sources);
      if (running.has(tenant)) {
        // Every quarter comes again by itself; what is due once a day does not.
        const rare = dues.filter(({ rhythm }) => 'cron' in rhythm).flatMap((due) => due.sources);
        if (rare.length > 0) await needs.later({ tenant, sources: rare });
        continue;
      }
      if (await needs.start(`${tenant}-${stamp}`, { tenant, sources, pages })) started.push(tenant);
      await needs.sleep(Math.min(apartMs, 60_000 / tenants.length));
    } catch (error) {
      needs.failed(tenant, error);
    }
  }
  return { started };
}

export interface WakeMessage {
  readonly messageId: string;
  readonly body: string;
}

/** Starts the tenants of these messages; those that cannot be started yet are named, and come again. */
export async function dispatchWoken(needs: DispatchNeeds, messages: readonly WakeMessage[], pages: number) {
  const running = new Set(await needs.running());
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of messages) {
    try {
      const { tenant, sources } = parseWake(body);
      if (running.has(tenant)) {
        batchItemFailures.push({ itemIdentifier: messageId });
        continue;
      }
      await needs.start(`${tenant}-${messageId}`.slice(0, 80), { tenant, ...(sources ? { sources } : {}), pages });
      running.add(tenant);
    } catch (error) {
      needs.failed(undefined, error);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

function parseWake(body: string): WakeRequest {
  const { tenant, sources } = JSON.parse(body) as Partial<WakeRequest>;
  return { tenant: must(parseTenant(tenant)), ...(Array.isArray(sources) ? { sources } : {}) };
}
