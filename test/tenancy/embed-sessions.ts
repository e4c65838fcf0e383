// Sessions of embeds on both servers, with and without locks: minted and exchanged by HTTP, as an embedding page does.
import fc from 'fast-check';
import { asAskedFor, queriesOn } from './generate.ts';
import type { Asked } from './messages.ts';
import type { TwoWorlds } from './servers.ts';
import { asker, canary } from './world.ts';

interface Kind {
  readonly minter: string;
  readonly dashboard: string;
  /** Views that it asks. */
  readonly views: readonly string[];
  readonly locks?: readonly { readonly dimension: string; readonly values: readonly string[] }[];
}
const people = ['users', 'user_states'];
const signIns = ['auth_attempts'];
const inIt = [{ dimension: 'department', values: ['IT', "O'Hara"] }];
/** Values that only strangers' rows have. */
const inTheirs = [{ dimension: 'department', values: [`${canary}-dim_user-department-30`, 'globex-inc'] }];

export const embedKinds: readonly Kind[] = [
  { minter: 'steward', dashboard: 'overview', views: [...people, ...signIns, 'devices', 'issues', 'backlog'] },
  { minter: 'steward', dashboard: 'overview', views: [...people, ...signIns], locks: inIt },
  { minter: 'admin', dashboard: 'mfa-adoption', views: people },
  { minter: 'admin', dashboard: 'mfa-adoption', views: people, locks: inTheirs },
  {
    minter: 'steward',
    dashboard: 'login-failure-rate',
    views: signIns,
    locks: [{ dimension: 'country', values: ['DE'] }],
  },
  {
    minter: 'steward',
    dashboard: 'endpoint-compliance',
    views: ['devices', 'device_states'],
    locks: [...inIt, { dimension: 'platform', values: ['windows', 'macos'] }],
  },
  { minter: 'steward', dashboard: 'mttr', views: ['issues'] },
  { minter: 'admin', dashboard: 'backlog-burn', views: ['backlog', 'issues'] },
];

export interface EmbedPair {
  readonly alone: string;
  readonly full: string;
}

async function post(url: string, body: object, token?: string): Promise<Record<string, string>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as Record<string, string>;
  if (!answer.ok) throw new Error(`no session of an embed: ${JSON.stringify(said)}`);
  return said;
}

/** The access token of a session of each kind, on each server. */
export const openEmbeds = (worlds: TwoWorlds): Promise<readonly EmbedPair[]> =>
  Promise.all(
    embedKinds.map(async ({ minter, dashboard, locks = [] }) => {
      const token = await worlds.signer.token(asker, minter);
      const open = async (server: 'alone' | 'full') => {
        const embeds = `${worlds[server].url}/api/v1/embeds`;
        const wanted = { dashboard, origin: 'https://portal.example', viewer: 'customer-7', locks };
        const { token: once = '' } = await post(embeds, wanted, token);
        return (await post(`${embeds}/exchange`, { token: once })).accessToken ?? '';
      };
      return { alone: await open('alone'), full: await open('full') };
    }),
  );

interface EmbedQuestion {
  readonly kind: number;
  readonly query: Readonly<Record<string, unknown>>;
  readonly how: Asked['how'];
}
const count: Readonly<Record<string, string>> = {
  users: 'user_count',
  auth_attempts: 'attempt_count',
  issues: 'issue_count',
  devices: 'device_count',
  backlog: 'opened',
};
/** A question that each kind is answered, whatever is generated. */
export const oneOfEachKind: readonly EmbedQuestion[] = embedKinds.map(({ views: [view = ''] }, kind) => ({
  ...{ kind, how: 'groups' },
  query: { measures: [`${view}.${count[view]}`] },
}));
/** Which session asks, and what: mostly of its own views. */
export const embedQuestions: fc.Arbitrary<EmbedQuestion> = fc
  .tuple(
    fc.integer({ min: 0, max: embedKinds.length - 1 }),
    fc.constantFrom<Asked['how'][]>('groups', 'groups', 'groups', 'groups', 'rows', 'views'),
  )
  .chain(([kind, how]) => queriesOn(embedKinds[kind]?.views ?? []).map((query) => ({ kind, query, how })));

export const askedBy = (
  sessions: readonly EmbedPair[],
  server: 'alone' | 'full',
  list: readonly EmbedQuestion[],
): Asked[] =>
  list.map(({ kind, query, how }) => ({
    ...{ how, query: asAskedFor(how, query) },
    token: sessions[kind]?.[server] ?? '',
  }));
