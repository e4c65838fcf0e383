// Which addresses exist at all, and which of them want no token: both lists in full, so that a new one is read by somebody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observeNothing } from '@tessera/base';
import { mountCubeRoutes } from './cube/cube-routes.ts';
import { createHttpApp } from './http-app.ts';
import { publicPaths } from './public-paths.ts';
import { routes } from './routes.ts';
import { mountedRoutes } from './self-probe.ts';

/** Nothing is asked here: what is mounted is looked at. */
const never = () => {
  throw new Error('nobody asks');
};

test('these routes are mounted, and no other', async () => {
  const audit = { append: never, note: never };
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
    verifyToken: never,
    decideRights: never,
    audit,
    hooks: { find: never, receive: never, observe: observeNothing, now: () => 0 },
    embeds: { mint: never, exchange: never, frameOrigin: never },
    mountCube: (into) =>
      mountCubeRoutes(into, {
        ...{
          verifyToken: never,
          decideRights: never,
          recognise: never,
          admit: never,
          cube: never,
          audit,
          addressOf: never,
        },
        running: { begin: never, cancel: never } as unknown as Parameters<typeof mountCubeRoutes>[1]['running'],
      }),
    application: import.meta.dirname,
    observe: observeNothing,
  });
  const mounted = mountedRoutes(app).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(mounted.sort(), [
    'DELETE /cubejs-api/v1/running-query/:request',
    'GET /api/v1/app-config',
    'GET /api/v1/audit',
    'GET /api/v1/dead-letters',
    'GET /api/v1/dead-letters/:id',
    'GET /api/v1/freshness',
    'GET /api/v1/hooks/:source/:hook',
    'GET /api/v1/openapi.json',
    'GET /api/v1/parked',
    'GET /api/v1/quarantine',
    'GET /api/v1/quarantine/:id',
    'GET /api/v1/reconciliation',
    'GET /api/v1/sources',
    'GET /api/v1/tenant',
    'GET /cubejs-api/v1/dry-run',
    'GET /cubejs-api/v1/load',
    'GET /cubejs-api/v1/meta',
    'GET /embed/:dashboard/:id',
    'GET /livez',
    'GET /readyz',
    'POST /api/v1/dead-letters/:id/discard',
    'POST /api/v1/dead-letters/:id/replay',
    'POST /api/v1/embeds',
    'POST /api/v1/embeds/exchange',
    'POST /api/v1/hooks/:source/:hook',
    'POST /api/v1/policy/explain',
    'POST /api/v1/quarantine/:id/discard',
    'POST /api/v1/quarantine/:id/fix',
    'POST /api/v1/quarantine/:id/replay',
    'POST /api/v1/reveal',
    'POST /cubejs-api/graphql',
    'POST /cubejs-api/v1/dry-run',
    'POST /cubejs-api/v1/load',
  ]);
});

test('these paths want no token, and no other', () => {
  assert.deepEqual([...publicPaths].sort(), [
    '/api/v1/app-config',
    '/api/v1/embeds/exchange',
    '/api/v1/hooks/:source/:hook',
    '/api/v1/openapi.json',
    '/embed/:dashboard/:id',
    '/livez',
    '/readyz',
  ]);
});

test('these rights open these routes, and sessions of embeds these alone', () => {
  const rights = routes.flatMap(({ path, method = 'get', answer }) =>
    'signedIn' in answer ? [`${answer.right}: ${method} ${path}${answer.embedded ? ' (embeds)' : ''}`] : [],
  );
  assert.deepEqual(rights.sort(), [
    'audit.read: get /api/v1/audit',
    'embed.mint: post /api/v1/embeds',
    'pii.reveal: post /api/v1/reveal',
    'pipeline.operate: post /api/v1/dead-letters/:id/discard',
    'pipeline.operate: post /api/v1/dead-letters/:id/replay',
    'pipeline.read: get /api/v1/dead-letters',
    'pipeline.read: get /api/v1/dead-letters/:id',
    'pipeline.read: get /api/v1/freshness',
    'pipeline.read: get /api/v1/reconciliation',
    'pipeline.read: get /api/v1/sources',
    'policy.explain: post /api/v1/policy/explain',
    'quarantine.operate: post /api/v1/quarantine/:id/discard',
    'quarantine.operate: post /api/v1/quarantine/:id/fix',
    'quarantine.operate: post /api/v1/quarantine/:id/replay',
    'quarantine.read: get /api/v1/parked',
    'quarantine.read: get /api/v1/quarantine',
    'quarantine.read: get /api/v1/quarantine/:id',
    'query: get /api/v1/tenant (embeds)',
  ]);
});
