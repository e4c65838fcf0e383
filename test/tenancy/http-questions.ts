// The same kinds of questions by the doors of HTTP: whole requests, and messages for a socket.
import fc from 'fast-check';
import { subjects } from './callers.ts';
import { documents, queries } from './generate.ts';
import { type Call, send } from './http.ts';
import { letterIds } from './seed-operations.ts';
import type { TwoWorlds } from './servers.ts';
import { asker, marked } from './world.ts';

type Query = Readonly<Record<string, unknown>>;
/** Without its token: who asks is said by name. */
export type Unsigned = Omit<Call, 'token'> & { readonly subject: string };

export const person = fc.constantFrom(...subjects);
const load = '/cubejs-api/v1/load';

/** By body and by query string, lists of queries, checks. */
export const restCalls = (of: fc.Arbitrary<Query>): fc.Arbitrary<Unsigned> =>
  fc
    .record({ subject: person, query: of, other: of, form: fc.integer({ min: 0, max: 9 }) })
    .map(({ subject, query, other, form }) => {
      if (form < 2)
        return { subject, method: 'GET', path: `${load}?query=${encodeURIComponent(JSON.stringify(query))}` };
      if (form < 4) return { subject, method: 'POST', path: '/cubejs-api/v1/dry-run', body: { query } };
      const body = form < 6 ? { query: [query, other], queryType: 'multi' } : { query, queryType: 'multi' };
      return { subject, method: 'POST', path: load, body };
    });

export const graphqlCalls: fc.Arbitrary<Unsigned> = fc
  .record({ subject: person, query: documents })
  .map(({ subject, query }) => ({ subject, method: 'POST', path: '/cubejs-api/graphql', body: { query } }));

export const speakers = ['analyst', 'viewer', 'team', 'hq', 'stranger'];
export const socketMessages = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ method: fc.constantFrom('load', 'dry-run'), params: fc.record({ query: queries }) }),
  },
  { weight: 1, arbitrary: fc.constant({ method: 'meta' }) },
);

/** Everybody asks for what operators see, and for quarantined records and dead letters by ids of one's own, of strangers and of nobody. */
export function operatorCalls(own: readonly string[], theirs: readonly string[]): readonly Unsigned[] {
  const ids = [...own.slice(0, 2), ...theirs.slice(0, 2), 'none'];
  const letters = [...new Set([asker, marked].flatMap(letterIds)), 'none'];
  const paths = [
    ...['freshness', 'reconciliation', 'quarantine', 'dead-letters'],
    ...ids.flatMap((id) => [`quarantine/${id}`, `quarantine/${id}?purpose=support`]),
    ...letters.map((id) => `dead-letters/${id}`),
  ];
  // What would change something is asked about strangers' alone: own lakes are compared afterwards.
  const changes = [`quarantine/${theirs[0]}/discard`, 'dead-letters/stage.okta.groups/discard'];
  return subjects.flatMap((subject): Unsigned[] => [
    ...paths.map((path): Unsigned => ({ subject, method: 'GET', path: `/api/v1/${path}` })),
    ...changes.map((path): Unsigned => ({ subject, method: 'POST', path: `/api/v1/${path}`, body: { why: 'a test' } })),
  ]);
}

/** A few at a time, over connections that stay open; answers in the order of the calls. */
export async function sendAll(
  worlds: TwoWorlds,
  server: 'alone' | 'full',
  calls: readonly Call[],
): Promise<readonly string[]> {
  const answers: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < calls.length; at = next++)
      answers[at] = await send(worlds[server].url, calls[at] as Call);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return answers;
}
