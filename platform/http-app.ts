// The one HTTP door: health, the platform API, Cube behind its gate, and the application's files. What is not listed is 404.
import path from 'node:path';
import { Fault, type Observe } from '@tessera/base';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { createEdge } from './edge.ts';
import { embedPage, embedPath } from './embeds/embed-page.ts';
import { limitBody } from './fairness/limit-server.ts';
import { type GuardNeeds, guardRoute } from './guard-route.ts';
import { type HookDoor, mountHooks } from './hooks-door.ts';
import { renderOpenApi } from './openapi.ts';
import { presentFaults } from './present-faults.ts';
import { routes } from './routes.ts';

export interface HttpNeeds extends GuardNeeds {
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
  const { hasTls } = needs.edge ?? createEdge();
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Before anything is mounted: Express reads them once.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(limitBody);
  app.use(securityHeaders(needs.appConfig.issuer, hasTls));

  const openApi = renderOpenApi();
  app.get('/api/v1/openapi.json', (_, response) => void response.json(openApi));
  for (const route of routes) {
    const answer = guardRoute(route, needs);
    app[route.method ?? 'get'](
      route.path,
      answering(async (request, response) => {
        response.set('cache-control', 'private, no-store');
        response.json(await answer(request, response));
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

/** Express 4 does not await: a rejected handler must be passed on. */
const answering =
  (handler: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
  (request, response, next) =>
    void handler(request, response, next).catch(next);

function securityHeaders(issuer: string, hasTls: boolean): RequestHandler {
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
    // Of this name alone: what else the operator has under it is his to say.
    strictTransportSecurity: hasTls && { maxAge: 31_536_000, includeSubDomains: false },
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
