// `/users/delta`: all users once, then what changed since the link was issued. Items may repeat and an empty page may have a successor, as the real service says.
import type { Clock } from '@tessera/base';
import { type Json, recordAt, type Versioned } from '../../world.ts';
import { type Answer, type Incoming, wholeNumber } from '../exchange.ts';
import { graphError, graphJson } from './answers.ts';
import { fromToken, nextLink, toToken } from './odata-list.ts';

/** A delta link older than this is refused with 410, and the client has to start over. */
const oldestMs = 30 * 86_400_000;
const pageSize = 100;

interface State {
  /** Changes after this instant; '' for all users. */
  readonly since: string;
  /** … as things stood at this one. */
  readonly until: string;
  readonly offset: number;
  /** Set after the empty page that starts a round of changes. */
  readonly begun: boolean;
}

/** Answers the delta query as of `now`. */
export function usersDelta(users: readonly Versioned<Json>[], now: Clock): (request: Incoming) => Answer {
  return (request) => {
    const at = now();
    const state = readState(request, at.toISOString());
    if (!state) return graphError(400, 'BadRequest', 'Badly formed token.');
    if (state.since !== '' && Date.parse(state.since) < at.getTime() - oldestMs)
      return graphError(410, 'syncStateNotFound', 'The delta token is too old; a full resynchronisation is required.', {
        location: `${request.base}/v1.0/users/delta?$deltatoken=`,
      });
    const changes = changed(users, state);
    // A round of changes starts with an empty page, so that clients learn not to stop at one.
    const start = state.since !== '' && !state.begun;
    const size = start ? 0 : wholeNumber(request.query.get('$top'), pageSize, 2, 999);
    const value = changes.slice(state.offset, state.offset + size);
    const end = state.offset + value.length;
    const done = !start && end >= changes.length;
    // The last item of a page is repeated at the head of the next one.
    const next: State = { ...state, begun: true, offset: start ? 0 : end - 1 };
    return graphJson({
      '@odata.context': `${request.base}/v1.0/$metadata#users`,
      ...(done
        ? { '@odata.deltaLink': nextLink(request, '$deltatoken', toToken(state.until)) }
        : { '@odata.nextLink': nextLink(request, '$skiptoken', toToken(JSON.stringify(next))) }),
      value,
    });
  };
}

function readState(request: Incoming, now: string): State | undefined {
  const skip = request.query.get('$skiptoken');
  const delta = request.query.get('$deltatoken');
  if (skip === null) {
    const since = delta === null ? '' : fromToken(delta);
    const latest = delta === 'latest';
    if (!latest && since !== '' && Number.isNaN(Date.parse(since))) return undefined;
    return { since: latest ? now : since, until: now, offset: 0, begun: latest };
  }
  try {
    const value: Partial<State> = JSON.parse(fromToken(skip));
    return typeof value.since === 'string' && typeof value.until === 'string' && Number.isInteger(value.offset)
      ? { since: value.since, until: value.until, offset: value.offset ?? 0, begun: value.begun === true }
      : undefined;
  } catch {
    return undefined;
  }
}

function changed(users: readonly Versioned<Json>[], { since, until }: State): Json[] {
  return users.flatMap((user) => {
    const record = recordAt(user, new Date(until));
    if (since === '') return record ? [record] : [];
    if (!user.versions.some(({ from }) => from > since && from <= until)) return [];
    return record ? [record] : [{ id: user.id, '@removed': { reason: 'changed' } }];
  });
}
