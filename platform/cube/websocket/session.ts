// One WebSocket: one identity for its whole life, every message by the same gate as REST, and an end when the token ends.
import { asFault, Fault, type Tenant } from '@tessera/base';
import type { Access, Audit, DecideRights, VerifyToken } from '@tessera/security';
import type { WebSocket } from 'ws';
import type { Fairness } from '../../fairness/create-fairness.ts';
import type { Caller, Origin } from '../caller.ts';
import type { GatedGateway } from '../gateway.ts';
import { askInProcess, callInProcess, type Question } from '../in-process.ts';
import { type Decision, noteDecision } from '../note-decision.ts';
import type { RunningQueries } from '../running-queries.ts';
import { idOf, type MethodMessage, parseMessage, type SocketMessage } from './messages.ts';
import { createSender, type Sender } from './sender.ts';
import type { SocketPlace } from './socket-places.ts';

export interface SessionNeeds {
  readonly gateway: GatedGateway;
  readonly verifyToken: VerifyToken;
  readonly decideRights: DecideRights;
  readonly recognise: (access: Access, origin: Origin) => Caller;
  readonly running: RunningQueries;
  readonly fairness?: Fairness | undefined;
  readonly audit: Pick<Audit, 'note'>;
  readonly authorizeWithinMs: number;
}

export interface Session {
  /** Undefined until the first message has proved who speaks. */
  readonly tenant: () => Tenant | undefined;
  /** Answers every subscription once more, from the tenant's new release. */
  readonly refresh: () => void;
  /** A sign of life for clients that close a silent socket; ends one whose rights were taken away, though it asks nothing. */
  readonly keepAlive: () => void;
}

const maxSubscriptions = 20;
const maxAtOnce = 20;
/** Messages and pings within ten seconds. */
const maxFrames = 200;
/** For the other side to say good-bye, too. */
const closeGraceMs = 2_000;
const longestTimeout = 2_147_483_647;
/** What a refused message is called in the trail. */
const actionOf: Readonly<Record<MethodMessage['method'], Decision['action']>> = {
  load: 'query',
  subscribe: 'query',
  unsubscribe: 'query',
  'dry-run': 'query.check',
  meta: 'model.read',
};
export const closeCodes = { policy: 1008, overloaded: 1013, token: 4401 } as const;

function closeCodeOf({ status }: Fault): number {
  if (status === 401) return closeCodes.token;
  return status === 429 ? closeCodes.overloaded : closeCodes.policy;
}

export interface Visitor {
  readonly from: string | undefined;
  /** A stranger's, until he has signed in. */
  readonly place: SocketPlace;
  readonly mostOfTenant: number;
}

export function openSession(socket: WebSocket, { from, place, mostOfTenant }: Visitor, needs: SessionNeeds): Session {
  const { gateway, recognise, running, fairness, audit } = needs;
  const sender: Sender = createSender(socket);
  const subscriptions = new Map<string, Question>();
  const busy = new Set<string>();
  const gone = new AbortController();
  let access: Access | undefined;
  let isAuthorizing = false;
  let frames = 0;

  const origin = (): Origin => ({ door: 'websocket', request: crypto.randomUUID(), from });
  const end = (code: number, reason: string) => {
    gone.abort();
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), closeGraceMs).unref();
  };
  const deadline = setTimeout(() => end(closeCodes.policy, 'not authorized in time'), needs.authorizeWithinMs);
  const recount = setInterval(() => (frames = 0), 10_000);
  let expiry: NodeJS.Timeout | undefined;

  const countFrame = () => {
    frames += 1;
    if (frames > maxFrames) end(closeCodes.policy, 'too many messages');
    return frames <= maxFrames;
  };
  socket.on('ping', countFrame);
  // The library closes by itself where a frame is too large or broken.
  socket.on('error', () => gone.abort());
  socket.on('close', () => {
    gone.abort();
    clearTimeout(deadline);
    clearInterval(recount);
    clearTimeout(expiry);
    subscriptions.clear();
  });
  socket.on('message', (data, isBinary) => {
    if (gone.signal.aborted || !countFrame()) return;
    if (isBinary) end(closeCodes.policy, 'text only');
    else receive(String(data));
  });

  function receive(text: string): void {
    const message = read(text);
    if (!message) return;
    if ('authorization' in message) void authorize(message.authorization);
    else if (!access) end(closeCodes.policy, 'authorize first');
    else if ('unsubscribe' in message) subscriptions.delete(message.unsubscribe);
    else void answer(message).catch((error: unknown) => refuse(message.messageId, error, actionOf[message.method]));
  }

  function read(text: string): SocketMessage | undefined {
    try {
      return parseMessage(text);
    } catch (error) {
      if (access) refuse(idOf(text), error);
      else end(closeCodes.policy, 'authorize first');
      return undefined;
    }
  }

  async function authorize(authorization: string): Promise<void> {
    if (access || isAuthorizing) {
      end(closeCodes.policy, 'a socket has one identity');
      return;
    }
    isAuthorizing = true;
    const found = await recogniseToken(authorization.replace(/^Bearer /i, ''));
    if (!found || gone.signal.aborted) return;
    access = found;
    clearTimeout(deadline);
    const left = found.expiresAt * 1000 - Date.now();
    expiry = setTimeout(() => end(closeCodes.token, 'token expired'), Math.max(0, Math.min(left, longestTimeout)));
    sender.send('{"handshake":true}');
  }

  async function recogniseToken(token: string): Promise<Access | undefined> {
    let found: Access | undefined;
    try {
      found = await needs.verifyToken(token);
      recognise(found, origin());
      if (!gone.signal.aborted && !place.signIn(found.tenant)) throw new Fault('SOCKETS_FULL', { most: mostOfTenant });
      return found;
    } catch (error) {
      const fault = asFault(error);
      noteDecision(audit, { ...origin(), access: found }, { action: 'query', fault });
      end(closeCodeOf(fault), fault.code);
      return undefined;
    }
  }

  /** Rights are decided anew for every message and every push. */
  function caller(): Caller {
    if (!access || access.expiresAt * 1000 <= Date.now()) {
      end(closeCodes.token, 'token expired');
      throw new Fault('TOKEN_INVALID', {});
    }
    return recognise(access, origin());
  }

  async function answer(message: MethodMessage): Promise<void> {
    const { method, messageId } = message;
    if (method === 'unsubscribe') {
      subscriptions.delete(messageId);
      return;
    }
    if (method === 'meta' || method === 'dry-run') {
      const own = caller();
      const work = () => callInProcess(gateway, own, method, message.params ?? {});
      const body = await (fairness ? fairness.admit(own.access.tenant, work, gone.signal) : work());
      sender.answer(messageId, Buffer.from(JSON.stringify(body)));
      sender.done(messageId);
      return;
    }
    if (busy.has(messageId) || subscriptions.has(messageId))
      throw new Fault('QUERY_INVALID', { at: 'messageId', problem: 'it is in use on this socket' });
    if (busy.size >= maxAtOnce) throw new Fault('SOCKET_FULL', { what: 'questions at once', most: maxAtOnce });
    if (method === 'subscribe' && subscriptions.size >= maxSubscriptions)
      throw new Fault('SOCKET_FULL', { what: 'subscriptions', most: maxSubscriptions });
    if (method === 'subscribe') subscriptions.set(messageId, message.params);
    try {
      await push(messageId, message.params);
      sender.done(messageId);
    } catch (error) {
      subscriptions.delete(messageId);
      throw error;
    }
  }

  async function push(id: string, question: Question): Promise<void> {
    busy.add(id);
    const first = caller();
    const own = running.begin(first.access, first.context, { socket: question });
    const stop = AbortSignal.any([own.signal, gone.signal]);
    try {
      const work = () => askInProcess(gateway, { ...first, request: own.request }, question, stop);
      const result = await (fairness ? fairness.admit(first.access.tenant, work, stop) : work());
      sender.answer(id, await result.getFinalResult());
    } finally {
      own.end(stop.aborted ? 'left' : 'answered');
      busy.delete(id);
    }
  }

  function refuse(id: string | undefined, error: unknown, action: Decision['action'] = 'query'): void {
    if (gone.signal.aborted) return;
    const fault = asFault(error);
    noteDecision(audit, { ...origin(), access }, { action, fault });
    // A token that is good no more will not be good again: its socket keeps no place.
    if (fault.status === 401) end(closeCodes.token, fault.code);
    else sender.refuse(id, fault);
  }

  return {
    tenant: () => access?.tenant,
    refresh() {
      for (const [id, question] of subscriptions) {
        if (busy.has(id)) continue;
        push(id, question).catch((error: unknown) => {
          subscriptions.delete(id);
          refuse(id, error);
        });
      }
    },
    keepAlive() {
      if (!access || gone.signal.aborted) return;
      try {
        needs.decideRights(access);
      } catch (error) {
        if (asFault(error).status === 401) return refuse(undefined, error);
      }
      const [id] = subscriptions.keys();
      if (id !== undefined) sender.done(id);
    },
  };
}
