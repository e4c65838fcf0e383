// One vendor of one tenant over HTTP: route, credentials, rate limit, scheduled fault, answer; and what it holds against its clients.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, type SourceName, systemClock } from '@tessera/base';
import type { TenantWorld } from '../world.ts';
import { demoCredentials, type VendorCredentials } from './credentials.ts';
import { createElasticsearch } from './elasticsearch/elasticsearch.ts';
import { type Answer, type Incoming, readIncoming, send } from './exchange.ts';
import { createFaultSchedule, type FaultKind, type FaultPlan, noFaults } from './fault-schedule.ts';
import { createIntune } from './intune/intune.ts';
import { createJamf } from './jamf/jamf.ts';
import { createJira } from './jira/jira.ts';
import { createMeters, type Reading } from './meter.ts';
import { createOkta } from './okta/okta.ts';
import { type Route, routeTable } from './routes.ts';
import type { Limits, Vendor, VendorNeeds } from './vendor.ts';
import { type Sees, seesAll, throughEyes } from './visibility.ts';

export interface VendorOptions {
  /** The instant as of which the vendor answers. */
  readonly now: Clock;
  readonly seed: number;
  /** Nothing fails by default. */
  readonly faults?: FaultPlan;
  readonly limits?: Limits;
  /** The clock of the rate limits and the Date header: wall time by default, as clients wait in wall time. */
  readonly rateClock?: Clock;
  /** Mount point, taken off the path and put into links. */
  readonly basePath?: string;
  readonly credentials?: VendorCredentials;
  readonly overScoped?: boolean;
  /** Everything by default. */
  readonly sees?: Sees;
  /** A mistake of the stand-in itself, which a client only sees as a 500. */
  readonly onError?: (error: unknown) => void;
}

export interface VendorServer {
  /** A node request listener; `basePath` overrides the option's. */
  handle(request: IncomingMessage, response: ServerResponse, basePath?: string): void;
  readonly credentials: VendorCredentials;
  /** Requests sent while the client had been told to wait, above the limit, or on too many connections. */
  violations(): number;
  requests(): number;
  /** How many faults have been served, by kind. */
  faults(): Readonly<Partial<Record<FaultKind, number>>>;
  /** Orders faults for the next requests (whose path matches). */
  inject(kind: FaultKind, times?: number, path?: RegExp): void;
}

const vendors: Readonly<Record<SourceName, (needs: VendorNeeds) => Vendor>> = {
  okta: createOkta,
  intune: createIntune,
  jamf: createJamf,
  elasticsearch: createElasticsearch,
  jira: createJira,
};

/** The stand-in of one vendor for one tenant. It never throws at a client: what it does not understand it answers as the vendor would. */
export function createVendorServer(source: SourceName, world: TenantWorld, options: VendorOptions): VendorServer {
  const credentials = options.credentials ?? demoCredentials(world.tenant, options.seed);
  const sees = options.sees ?? seesAll;
  const vendor = vendors[source]({
    world: options.sees ? throughEyes(world, sees) : world,
    sees,
    now: options.now,
    limits: options.limits ?? 'strict',
    seed: options.seed,
    credentials,
    overScoped: options.overScoped ?? false,
  });
  const rateClock = options.rateClock ?? systemClock;
  const plan = options.faults ?? noFaults;
  const schedule = createFaultSchedule(`${options.seed}|${world.tenant}|${source}`, plan, vendor.faults);
  const meters = createMeters(vendor.meters);
  const find = routeTable(vendor.routes);
  const served: Partial<Record<FaultKind, number>> = {};
  let requests = 0;
  let inFlight = 0;

  const throttled = (reading: Reading, scope: string, now: number): Answer => {
    const { answer, until } = vendor.busy(reading, now);
    meters.tell(scope, until);
    return answer;
  };

  /** The answer of a scheduled fault, or undefined where the fault shows elsewhere. */
  const failed = (fault: FaultKind, route: Route, reading: Reading, now: number): Answer | undefined => {
    if (fault === 'busy') return throttled(reading, routeScope(route), now);
    if (fault === 'error500') return vendor.broken(500);
    if (fault === 'error503') return vendor.broken(503);
    if (fault === 'expired') vendor.revokeTokens?.();
    return undefined;
  };

  const answerTo = (incoming: Incoming): { readonly answer: Answer; readonly fault?: FaultKind } => {
    const now = rateClock().getTime();
    const found = find(incoming.method, incoming.path);
    if (!found) {
      const answer = vendor.refuse(incoming) ?? vendor.unknownPath(incoming);
      return {
        answer: { ...answer, headers: { ...answer.headers, ...vendor.dress?.(meters.peek('', now), incoming, now) } },
      };
    }
    const { route, params } = found;
    meters.heed(routeScope(route), now);
    meters.heed(route.meter, now);
    const taken = meters.take(route.meter, now);
    const request = `${incoming.method} ${incoming.url}\n${incoming.body}`;
    const fault =
      route.open || !taken.allowed ? undefined : schedule.next(request, incoming.path, route.child === true);
    const reading = fault === 'busy' ? { ...taken, remaining: 0, resetAt: now + 1000 } : taken;
    const dressed = (answer: Answer): Answer => ({
      ...answer,
      headers: { ...answer.headers, ...vendor.dress?.(reading, incoming, now) },
    });
    if (!reading.allowed) {
      meters.violate();
      return { answer: dressed(throttled(reading, route.meter, now)) };
    }
    if (fault) {
      served[fault] = (served[fault] ?? 0) + 1;
      const answer = failed(fault, route, reading, now);
      if (answer) return { answer: dressed(answer), fault };
    }
    const refusal = route.open ? undefined : vendor.refuse(incoming);
    const answer = refusal ?? route.answer(fault ? { ...incoming, fault } : incoming, params);
    return { answer: dressed(answer), ...(fault && { fault }) };
  };

  const respond = async (request: IncomingMessage, response: ServerResponse, prefix: string): Promise<void> => {
    requests++;
    inFlight++;
    if (vendor.maxConcurrent !== undefined && inFlight > vendor.maxConcurrent) meters.violate();
    try {
      const incoming = await readIncoming(request, prefix);
      const { answer, fault } = answerTo(incoming);
      if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, plan.slowMs));
      send(response, answer, rateClock(), fault === 'truncated');
    } catch (error) {
      options.onError?.(error);
      if (response.headersSent) response.destroy();
      else send(response, vendor.broken(500), rateClock(), false);
    } finally {
      inFlight--;
    }
  };

  return {
    handle: (request, response, basePath = options.basePath ?? '') => void respond(request, response, basePath),
    credentials,
    violations: meters.violations,
    requests: () => requests,
    faults: () => ({ ...served }),
    inject: schedule.inject,
  };
}

const routeScope = (route: Route): string => `${route.method} ${route.path}`;
