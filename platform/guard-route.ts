// The one path of every route of the platform API: token, rights, schema, right, handler; and a refusal on the way is on the audit trail once.
import { asFault, Fault } from '@tessera/base';
import {
  type Access,
  type Audit,
  type AuditEntry,
  checkAction,
  type DecideRights,
  type Rights,
  readBearer,
  type VerifyToken,
} from '@tessera/security';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { ruleOf } from './cube/note-decision.ts';
import { createEdge, type Edge } from './edge.ts';
import { embedIssuer } from './embeds/contract.ts';
import type { Fairness } from './fairness/create-fairness.ts';
import { tellRate } from './fairness/fair-route.ts';
import { isNoted } from './noted-faults.ts';
import { httpFault } from './present-faults.ts';
import type { PlatformNeeds, PublicAnswer, Route, RouteCall, SignedInAnswer } from './route.ts';

export interface GuardNeeds extends PlatformNeeds {
  readonly verifyToken: VerifyToken;
  /** CLAIM_REFUSED for who has no role, TOKEN_INVALID for whose rights were taken away. */
  readonly decideRights: DecideRights;
  readonly audit: Pick<Audit, 'append' | 'note'>;
  /** Shares of the machine, the same as before Cube's routes; without it nobody waits. */
  readonly fairness?: Pick<Fairness, 'admit' | 'rate'> | undefined;
  /** What stands before this server; nothing, where nothing is said. */
  readonly edge?: Edge | undefined;
}

/** What is known of a request so far. */
interface Known extends Pick<RouteCall, 'from' | 'request'> {
  readonly access?: Access;
  readonly rights?: Rights;
  readonly call?: RouteCall;
}
type Answer = (request: Request, response: Response) => Promise<object>;

/** Answers one route for whoever may. A refusal of somebody who is known is durable before it is told. */
export function guardRoute(route: Route, needs: GuardNeeds): Answer {
  const { answer } = route;
  const { addressOf } = needs.edge ?? createEdge();
  const knownOf = (request: Request): Known => ({
    from: addressOf(request),
    request: request.get('x-request-id')?.slice(0, 100),
  });
  return 'public' in answer ? guardPublic(route, answer, needs, knownOf) : guardSignedIn(route, answer, needs, knownOf);
}

type KnownOf = (request: Request) => Known;

function guardPublic(route: Route, answer: PublicAnswer, needs: GuardNeeds, knownOf: KnownOf): Answer {
  return async (request, response) => {
    const known = knownOf(request);
    try {
      await readBody(route, request, response);
      return await answer.public(needs, callOf(route, request, known));
    } catch (error) {
      if (answer.act !== undefined) await noteRefusal(needs.audit, entryOf(answer.act, known), error);
      throw error;
    }
  };
}

function guardSignedIn(route: Route, answer: SignedInAnswer, needs: GuardNeeds, knownOf: KnownOf): Answer {
  const { audit, fairness, verifyToken, decideRights } = needs;
  return async (request, response) => {
    let known = knownOf(request);
    const gone = new AbortController();
    const enter = async (access: Access): Promise<object> => {
      const rights = decideRights(access);
      known = { ...known, rights };
      const call = callOf(route, request, known);
      known = { ...known, call };
      // A right that a viewer has for the sake of his dashboard opens nothing else.
      if (access.issuer === embedIssuer && !answer.embedded) checkAction({ actions: new Set() }, answer.right);
      checkAction(rights, answer.right);
      const body = await answer.signedIn(needs, { access, rights }, call);
      if (answer.allowed === 'noted')
        audit.note({ ...entryOf(answer.act, known, answer.told), kind: 'decision', decision: 'allowed' });
      return body;
    };
    try {
      // The token first: of strangers no body is read.
      const access = await verifyToken(readBearer(request));
      known = { ...known, access };
      await readBody(route, request, response);
      if (!fairness) return await enter(access);
      // What is asked with a token takes a place of its tenant's share, as at every other door.
      response.once('close', () => gone.abort());
      return await fairness
        .admit(access.tenant, () => enter(access), gone.signal)
        .finally(() => tellRate(response, fairness, access.tenant));
    } catch (error) {
      // Who hung up while he waited was not refused.
      const isGone = gone.signal.aborted && asFault(error).code === 'QUERY_CANCELLED';
      if (!isGone) await noteRefusal(audit, entryOf(answer.act, known, answer.told), error);
      throw error;
    }
  };
}

type Entry = Omit<AuditEntry, 'kind' | 'decision'>;

function entryOf(action: string, known: Known, told?: SignedInAnswer['told']): Entry {
  const { access, rights, call, from, request } = known;
  return {
    tenant: access?.tenant,
    subject: access?.subject,
    roles: rights?.roles,
    door: 'platform',
    action,
    from,
    request,
    ...(call && told?.(call)),
  };
}

async function noteRefusal(audit: GuardNeeds['audit'], about: Entry, error: unknown): Promise<void> {
  if (isNoted(error)) return;
  const fault = httpFault(error);
  const decision = fault.status < 500 ? 'denied' : 'failed';
  const entry = { ...about, kind: 'decision', decision, code: fault.code, rule: ruleOf(fault) } as const;
  // Strangers wait for no disk, and make nobody wait for one.
  if (about.tenant !== undefined && (fault.status === 401 || fault.status === 403)) await audit.append(entry);
  else audit.note(entry);
}

/** What a route is told of the request; a body or parameters that do not fit their schema are BODY_INVALID, by place and without values. */
function callOf({ body, query }: Route, request: Request, known: Known): RouteCall {
  return {
    body: body && fitting(body, request.body),
    params: request.params,
    query: query ? (fitting(query, request.query) as RouteCall['query']) : request.query,
    from: known.from,
    request: known.request,
  };
}

function fitting(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [at, problem] = [issue?.path.join('.') || '(top)', issue?.message ?? 'not valid'];
  throw new Fault('BODY_INVALID', { at, problem });
}

const readJson: RequestHandler = express.json({ limit: '1mb' });

const readBody = ({ method }: Route, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    if (method !== 'post') return resolve();
    readJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
