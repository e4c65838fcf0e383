// Cube's routes that exist here, as a table. Everything else under its path is 404, whatever a later version of Cube brings.
import { randomUUID } from 'node:crypto';
import { Fault } from '@tessera/base';
import { type Access, parseLoadRequest, readBearer, type VerifyToken, type VisibleMembers } from '@tessera/security';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { presentGraphQlFaults } from './graphql-answer.ts';
import { gateGraphQl } from './graphql-gate.ts';

/** What a route makes of the request before Cube takes it: Cube reads only what has passed. */
type Prepare = (request: Request, visible: VisibleMembers, response: Response) => void;
interface CubeRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly prepare: Prepare;
}

/** Cube parses the text again, so it gets the text of what was checked: nothing that two parsers may read in two ways. */
const fromQueryString: Prepare = (request) => {
  const { query, ...rest } = single(request.query);
  const checked = parseLoadRequest({ ...rest, query: parseJson(query) });
  request.query = { ...checked, query: JSON.stringify(checked.query) };
};
const fromBody: Prepare = (request) => {
  request.body = parseLoadRequest(request.body);
};

export const cubeRoutes: readonly CubeRoute[] = [
  { method: 'get', path: '/cubejs-api/v1/load', prepare: fromQueryString },
  { method: 'post', path: '/cubejs-api/v1/load', prepare: fromBody },
  { method: 'get', path: '/cubejs-api/v1/dry-run', prepare: fromQueryString },
  { method: 'post', path: '/cubejs-api/v1/dry-run', prepare: fromBody },
  {
    method: 'get',
    path: '/cubejs-api/v1/meta',
    prepare: (request) => {
      const { onlyViews: _, ...rest } = single(request.query);
      const [extra] = Object.keys(rest);
      if (extra) throw new Fault('QUERY_INVALID', { at: 'meta', problem: 'it takes no parameter but onlyViews' });
    },
  },
  {
    method: 'post',
    path: '/cubejs-api/graphql',
    prepare: (request, visible, response) => {
      if (Object.keys(request.query).length > 0) throw new Fault('GRAPHQL_REFUSED', { problem: 'send it in the body' });
      request.body = gateGraphQl(request.body, visible);
      presentGraphQlFaults(request, response);
    },
  },
];

export interface DoorNeeds {
  readonly verifyToken: VerifyToken;
  readonly visible: VisibleMembers;
  /** Called once the caller is known and his query has passed; throws where his tenant cannot be served. */
  readonly admit: (request: Request, access: Access) => void;
  /** Cube's own application. */
  readonly cube: RequestHandler;
}

/** Mounts the table. Order for each: token, then body, then query, then Cube. */
export function mountCubeRoutes(app: Express, { verifyToken, visible, admit, cube }: DoorNeeds): void {
  const accesses = new WeakMap<Request, Access>();
  const identify: RequestHandler = (request, response, next) => {
    response.set('cache-control', 'private, no-store');
    Promise.resolve()
      .then(() => verifyToken(readBearer(request)))
      .then((access) => accesses.set(request, access))
      .then(() => next(), next);
  };
  const readJson = express.json({ limit: '1mb', strict: true, type: 'application/json' });
  for (const { method, path, prepare } of cubeRoutes) {
    const admitted: RequestHandler = (request, response, next) => {
      const access = accesses.get(request);
      if (!access) throw new Fault('TOKEN_MISSING', {});
      prepare(request, visible, response);
      admit(request, access);
      // Ids of the caller's choosing could name another's query.
      delete request.headers.traceparent;
      request.headers['x-request-id'] = randomUUID();
      next();
    };
    app[method](path, identify, ...(method === 'post' ? [readJson] : []), admitted, cube);
  }
}

/** Query string parameters, each given once. */
function single(parameters: Request['query']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (typeof value !== 'string')
        throw new Fault('QUERY_INVALID', { at: 'query string', problem: 'a parameter is given twice' });
      return [name, value];
    }),
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new Fault('QUERY_INVALID', { at: 'query', problem: 'it is not JSON' });
  }
}
