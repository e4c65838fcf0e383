// The program asks itself, as a stranger would: every mounted route that is not public must refuse tokens that are none, before anybody is served.
import { Fault } from '@tessera/base';
import { publicPaths } from './public-paths.ts';

export interface MountedRoute {
  readonly method: string;
  readonly path: string;
}

/** What Express really has mounted, so that no list can forget a route. */
export function mountedRoutes(app: object): readonly MountedRoute[] {
  const { stack } = (app as { _router: { stack: readonly Layer[] } })._router;
  return stack.flatMap(({ route }) => {
    // The page's own fallback is a pattern: it gives files and index.html.
    if (!route || typeof route.path !== 'string') return [];
    const { path } = route;
    return Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path }));
  });
}
interface Layer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
}

/** Cube's routes that would answer without a token in development, or with its own secret; not one of them may be there. */
const forbidden: readonly MountedRoute[] = [
  { method: 'GET', path: '/cubejs-system/v1/context' },
  { method: 'POST', path: '/cubejs-system/v1/pre-aggregations' },
  { method: 'GET', path: '/playground/context' },
  { method: 'GET', path: '/playground/db-schema' },
  { method: 'GET', path: '/cubejs-api/v1/sql' },
  { method: 'POST', path: '/cubejs-api/v1/cubesql' },
  { method: 'GET', path: '/cubejs-api/v1/pre-aggregations/jobs' },
];

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** SELF_PROBE_FAILED with the first route that lets a stranger in. `issuer` is one that we trust: a forged token names it. */
export async function probeRoutes(
  url: string,
  issuer: string,
  routes: readonly MountedRoute[],
  isPublic: ReadonlySet<string> = publicPaths,
): Promise<void> {
  const forged = `${encode({ alg: 'none', kid: 'k1' })}.${encode({ iss: issuer, sub: 'probe', tenant_id: 'probe', groups: ['admin'] })}.x`;
  const guarded = routes.filter(({ path }) => !isPublic.has(path));
  const answers = [
    ...guarded.flatMap((route) => [
      { route, right: [401], token: 'garbage' },
      { route, right: [401], token: forged },
      { route, right: [401], token: undefined },
    ]),
    ...forbidden.map((route) => ({ route, right: [401, 404], token: 'garbage' })),
  ].map(async ({ route: { method, path }, right, token }) => {
    const concrete = path.replace(/:\w+/g, 'probe');
    const { status } = await ask(url + concrete, method, token);
    if (!right.includes(status)) throw new Fault('SELF_PROBE_FAILED', { method, path, status });
  });
  await Promise.all(answers);
}

async function ask(address: string, method: string, token: string | undefined): Promise<{ readonly status: number }> {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const response = await fetch(address, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  });
  await response.arrayBuffer();
  return response;
}
