// Cube's routes that exist here, as a table. Everything else under its path is 404, whatever a later version of Cube brings.
import { asFault, type ClientAddress, Fault, type Tenant } from '@tessera/base';
import {
  type Access,
  type Audit,
  type DecideRights,
  parseLoadRequest,
  type Rights,
  readBearer,
  type VerifyToken,
} from '@tessera/security';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Caller, Door, Origin } from './caller.ts';
import { followRequest } from './follow-request.ts';
import { presentGraphQlFaults } from './graphql-answer.ts';
import { gateGraphQl } from './graphql-gate.ts';
import { type Asker, type Decision, noteDecision } from './note-decision.ts';
import type { RunningQueries } from './running-queries.ts';

/** What a route makes of the request before Cube takes it: Cube reads only what has passed. */
type Prepare = (request: Request, rights: Rights, response: Response) => void;
interface CubeRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly door: Door;
  readonly action: Decision['action'];
  readonly prepare: Prepare;
}

/** Cube parses the text again, so it gets the text of what was checked: nothing that two parsers may read in two ways. */
const fromQueryString: Prepare = (request) => {
  const { query, ...rest } = single(request.query);
  const checked = parseLoadRequest({ ...rest, query: parseJson(query) });
  request.query = { ...checked, query: JSON.stringify(checked.query) };
};
const fromBody: Prepare = (request) => {
  noParameters(request);
  request.body = parseLoadRequest(request.body);
};

export const cubeRoutes: readonly CubeRoute[] = [
  { method: 'get', path: '/cubejs-api/v1/load', door: 'rest', action: 'query', prepare: fromQueryString },
  { method: 'post', path: '/cubejs-api/v1/load', door: 'rest', action: 'query', prepare: fromBody },
  { method: 'get', path: '/cubejs-api/v1/dry-run', door: 'rest', action: 'query.check', prepare: fromQueryString },
  { method: 'post', path: '/cubejs-api/v1/dry-run', door: 'rest', action: 'query.check', prepare: fromBody },
  {
    method: 'get',
    path: '/cubejs-api/v1/meta',
    door: 'rest',
    action: 'model.read',
    prepare: (request) => {
      const { onlyViews: _, ...rest } = single(request.query);
      const [extra] = Object.keys(rest);
      if (extra) throw new Fault('QUERY_INVALID', { at: 'meta', problem: 'it takes no parameter but onlyViews' });
    },
  },
  {
    method: 'post',
    path: '/cubejs-api/graphql',
    door: 'graphql',
    action: 'query',
    prepare: (request, rights, response) => {
      if (Object.keys(request.query).length > 0) throw new Fault('GRAPHQL_REFUSED', { problem: 'send it in the body' });
      request.body = gateGraphQl(request.body, rights);
      presentGraphQlFaults(request, response);
    },
  },
];

/** Cancelling has its own path: it never reaches Cube, which would cancel for anybody. */
export const cancelRoute = '/cubejs-api/v1/running-query/:request';

export interface DoorNeeds {
  readonly verifyToken: VerifyToken;
  readonly decideRights: DecideRights;
  readonly recognise: (access: Access, origin: Origin) => Caller;
  readonly audit: Pick<Audit, 'note'>;
  readonly running: RunningQueries;
  readonly addressOf: ClientAddress;
  /** Makes what gives each caller's tenant its turn; without it everybody is served at once. */
  readonly takeTurns?: ((tenantOf: (request: Request) => Tenant) => RequestHandler) | undefined;
  /** Called once the caller is known and his query has passed. */
  readonly admit: (request: Request, caller: Caller) => void;
  /** Cube's own application. */
  readonly cube: RequestHandler;
}

/** Mounts the table. Order for each: token, then body, then rights, then query, then Cube. What is refused on the way is written down. */
export function mountCubeRoutes(app: Express, needs: DoorNeeds): void {
  const { recognise, audit, running, admit, cube } = needs;
  const askers = new WeakMap<Request, Asker>();
  const identify =
    (door: Door): RequestHandler =>
    (request, response, next) => {
      response.set('cache-control', 'private, no-store');
      const origin: Origin = { door, request: crypto.randomUUID(), from: needs.addressOf(request) };
      askers.set(request, origin);
      Promise.resolve()
        .then(() => needs.verifyToken(readBearer(request)))
        .then((access) => askers.set(request, { ...origin, access }))
        .then(() => next(), next);
    };
  const noteRefusal =
    (action: Decision['action']): ErrorRequestHandler =>
    (error, request, _response, next) => {
      const asker = askers.get(request);
      if (asker) noteDecision(audit, withRights(asker, needs.decideRights), { action, fault: asFault(error) });
      next(error);
    };
  const known = (request: Request): Asker & { readonly access: Access } => {
    const { access, ...origin } = askers.get(request) ?? ({} as Partial<Asker>);
    if (!access) throw new Fault('TOKEN_MISSING', {});
    return { ...(origin as Origin), access };
  };

  const turn = needs.takeTurns?.((request) => known(request).access.tenant);
  const turns = turn ? [turn] : [];
  const readJson = express.json({ limit: '1mb', strict: true, type: 'application/json' });
  for (const { method, path, door, action, prepare } of cubeRoutes) {
    const admitted: RequestHandler = (request, response, next) => {
      const { access, ...origin } = known(request);
      const first = recognise(access, origin);
      prepare(request, first.rights, response);
      const own = running.begin(access, first.context, [path, method === 'get' ? request.query : request.body]);
      const caller = { ...first, request: own.request };
      askers.set(request, caller);
      admit(request, caller);
      // Ids of the caller's choosing could name another's query.
      delete request.headers.traceparent;
      request.headers['x-request-id'] = own.request;
      response.set('x-request-id', own.request);
      followRequest(response, own);
      next();
    };
    app[method](
      path,
      identify(door),
      ...turns,
      ...(method === 'post' ? [readJson] : []),
      admitted,
      cube,
      noteRefusal(action),
    );
  }
  const cancel: RequestHandler = (request, response) => {
    const { access, ...origin } = known(request);
    noParameters(request);
    const caller = recognise(access, origin);
    const id = String(request.params.request);
    // The same answer where it is somebody else's and where there is none.
    if (!running.cancel(access, id)) throw new Fault('QUERY_NOT_RUNNING', {});
    noteDecision(audit, caller, { action: 'query.cancel' });
    response.json({ result: [{ requestId: id }] });
  };
  app.delete(cancelRoute, identify('rest'), cancel, noteRefusal('query.cancel'));
}

/** The roles of a refused caller, where he has any. */
function withRights(asker: Asker, decideRights: DecideRights): Asker {
  if (!asker.access || asker.rights) return asker;
  try {
    return { ...asker, rights: decideRights(asker.access) };
  } catch {
    return asker;
  }
}

function noParameters(request: Request): void {
  if (Object.keys(request.query).length > 0)
    throw new Fault('QUERY_INVALID', { at: 'query string', problem: 'it is asked for in the body alone' });
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
