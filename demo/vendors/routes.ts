// Which handler answers which method and path.
import type { Answer, Incoming } from './exchange.ts';

export type Params = Readonly<Record<string, string>>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** Segments; `:name` takes one segment. */
  readonly path: string;
  /** Name of the rate limit that counts it. */
  readonly meter: string;
  /** Asked without credentials: token endpoints. They are spared by the fault schedule too. */
  readonly open?: true;
  /** One call for each parent record; the fault schedule is milder on them, as there are thousands. */
  readonly child?: true;
  readonly answer: (request: Incoming, params: Params) => Answer;
}

/** Finds the route of a method and path; a path that exists for other methods only counts as not found. */
export function routeTable(
  routes: readonly Route[],
): (method: string, path: string) => { readonly route: Route; readonly params: Params } | undefined {
  const patterns = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    for (const pattern of patterns) {
      if (pattern.route.method !== method || pattern.segments.length !== segments.length) continue;
      const params = match(pattern.segments, segments);
      if (params) return { route: pattern.route, params };
    }
    return undefined;
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  const params: Record<string, string> = {};
  for (const [i, wanted] of pattern.entries()) {
    const given = segments[i] ?? '';
    if (wanted.startsWith(':')) {
      if (given === '') return undefined;
      params[wanted.slice(1)] = decode(given);
    } else if (wanted !== given) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
