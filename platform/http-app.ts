// The one HTTP door: health, the platform API, Cube behind its gate, and the application's files. What is not listed is 404.
import path from 'node:path';
import { asFault, Fault, type Observe } from '@tessera/base';
import { type Access, readBearer, stepUpChallenge, type VerifyToken } from '@tessera/security';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import type { z } from 'zod';
import { embedPage, embedPath } from './embeds/embed-page.ts';
import type { Fairness } from './fairness/create-fairness.ts';
import { limitBody, maxBodyBytes } from './fairness/limit-server.ts';
import { type HookDoor, mountHooks } from './hooks-door.ts';
import { renderOpenApi } from './openapi.ts';
import { type PlatformNeeds, type RouteCall, routes } from './routes.ts';

export interface HttpNeeds extends PlatformNeeds {
  readonly verifyToken: VerifyToken;
  /** Shares of the machine, the same as before Cube's routes; without it nobody waits. */
  readonly fairness?: Pick<Fairness, 'admit'> | undefined;
  /** Where vendors deliver; without it nobody can. */
  readonly hooks?: HookDoor | undefined;
  /** Mounts Cube's own routes, gate included, under /cubejs-api. */
  readonly mountCube: (app: Express) => Promise<void> | void;
  /** Folder of the built application. */
  readonly application: string;
  readonly observe: Observe;
}

/** Makes the express application; nothing listens yet. */
export async function createHttpApp(needs: HttpNeeds): Promise<Express> {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Before anything is mounted: Express reads them once.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(limitBody);
  app.use(securityHeaders(needs.appConfig.issuer));

  const openApi = renderOpenApi();
  app.get('/api/v1/openapi.json', (_, response) => void response.json(openApi));
  const readJson = express.json({ limit: '1mb' });
  /** What is asked with a token takes a place of its tenant's share, as at every other door. */
  const signedIn = async (request: Request, response: Response, work: (access: Access) => object): Promise<object> => {
    const access = await needs.verifyToken(readBearer(request));
    if (!needs.fairness) return work(access);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    return needs.fairness.admit(access.tenant, async () => work(access), gone.signal);
  };
  for (const { path: route, method = 'get', body: schema, query, answer } of routes) {
    const call = (request: Request) => callOf(request, schema, query);
    app[method](
      route,
      ...(method === 'post' ? [readJson] : []),
      answering(async (request, response) => {
        response.set('cache-control', 'private, no-store');
        const body =
          'public' in answer
            ? await answer.public(needs, call(request))
            : await signedIn(request, response, (access) => answer.signedIn(needs, access, call(request)));
        response.json(body);
      }),
    );
  }
  if (needs.hooks) mountHooks(app, needs.hooks);
  await needs.mountCube(app);
  app.use(['/api', '/cubejs-api', '/cubejs-system', '/playground', '/livez', '/readyz'], () => {
    throw new Fault('ROUTE_UNKNOWN', {});
  });
  if (needs.embeds) app.get(embedPath, embedPage(needs.application, needs.embeds.frameOrigin));
  serveApplication(app, needs.application);
  app.use(presentFaults(needs.observe));
  return app;
}

/** What a route is told of the request; a body or parameters that do not fit their schema are BODY_INVALID, by place and without values. */
function callOf(request: Request, body: z.ZodType | undefined, query: z.ZodType | undefined): RouteCall {
  return {
    body: body && fitting(body, request.body),
    params: request.params,
    query: query ? (fitting(query, request.query) as RouteCall['query']) : request.query,
    from: request.ip,
    request: request.get('x-request-id')?.slice(0, 100),
  };
}

function fitting(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [at, problem] = [issue?.path.join('.') || '(top)', issue?.message ?? 'not valid'];
  throw new Fault('BODY_INVALID', { at, problem });
}

/** Express 4 does not await: a rejected handler must be passed on. */
const answering =
  (handler: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
  (request, response, next) =>
    void handler(request, response, next).catch(next);

function securityHeaders(issuer: string): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The issuer's token endpoint is called by the application, and its session is looked at in a hidden frame.
        connectSrc: ["'self'", new URL(issuer).origin],
        frameSrc: [new URL(issuer).origin],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'", new URL(issuer).origin],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  });
}

function serveApplication(app: Express, folder: string): void {
  app.use(
    '/assets',
    express.static(path.join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  app.use(express.static(folder, { index: false, maxAge: 0 }));
  app.get(/.*/, (request, response, next) => {
    if (!request.accepts('html')) return next(new Fault('ROUTE_UNKNOWN', {}));
    response.set('cache-control', 'no-cache');
    response.sendFile(
      path.join(folder, 'index.html'),
      { dotfiles: 'allow' },
      (error) => error && next(new Fault('ROUTE_UNKNOWN', {})),
    );
  });
  app.use(() => {
    throw new Fault('ROUTE_UNKNOWN', {});
  });
}

/** The one catch of this door: any error → `{ error, code }` with the fault's status. */
function presentFaults(observe: Observe): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const fault = httpFault(error);
    observe({ event: 'request.refused', tenant: undefined, route: request.path, code: fault.code });
    if (fault.status === 401)
      response.set('www-authenticate', fault.code === 'STEP_UP_NEEDED' ? stepUpChallenge : 'Bearer realm="tessera"');
    if (fault.status === 503) response.set('retry-after', '2');
    if (fault.code === 'QUOTA_EXCEEDED')
      response.set('retry-after', String((fault as Fault<'QUOTA_EXCEEDED'>).params.waitSeconds));
    response.status(fault.status).json({ error: fault.message, code: fault.code });
  };
}

/** Errors that express itself raises on a bad request carry a status; they are the caller's. */
function httpFault(error: unknown): Fault {
  const status = (error as { status?: unknown }).status;
  if (error instanceof Fault || typeof status !== 'number' || status < 400 || status > 499) return asFault(error);
  if (status === 413) return new Fault('BODY_TOO_LARGE', { bytes: maxBodyBytes });
  return status === 404 ? new Fault('ROUTE_UNKNOWN', {}) : new Fault('REQUEST_UNREADABLE', { status });
}
