// As many questions as a time allows, up to a million: answers beside strangers are those of a world without them. TESSERA_SOAK_SECONDS says how long (600).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { subjects } from './callers.ts';
import { askedBy, embedQuestions, openEmbeds } from './embed-sessions.ts';
import { asAskedFor, queries } from './generate.ts';
import { type Call, converse } from './http.ts';
import { graphqlCalls, restCalls, sendAll, socketMessages, speakers } from './http-questions.ts';
import type { Asked } from './messages.ts';
import { assertSame, tellsOfStrangers } from './oracle.ts';
import { openTwoWorlds, type TwoWorlds } from './servers.ts';
import { asker, marked, tenants, twin } from './world.ts';

const seconds = Number(process.env.TESSERA_SOAK_SECONDS ?? 600);
const most = 1_000_000;
/** Questions inside the process, over HTTP, over a socket, and by viewers of embeds; of each as many a round. */
const batch = 500;
const overHttp = 60;
const overSocket = 30;
const byEmbeds = 60;

test(`up to ${most} questions within ${seconds} seconds, strangers asking the same before and between`, async (t) => {
  const seed = Number(process.env.TESSERA_TEST_SEED ?? Date.now() % 1_000_000_000);
  t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
  const worlds = await openTwoWorlds();
  try {
    await Promise.all([worlds.alone.warm([asker]), worlds.full.warm(tenants)]);
    const question = fc.record({
      subject: fc.constantFrom(...subjects),
      query: queries,
      how: fc.constantFrom<Asked['how'][]>('groups', 'groups', 'rows', 'explain'),
    });
    const until = performance.now() + seconds * 1000;
    let asked = 0;
    while (asked < most && performance.now() < until) {
      const sampled = fc.sample(question, { seed: seed + asked, numRuns: batch });
      const of = async (tenant: typeof asker) =>
        Promise.all(
          sampled.map(async ({ subject, query, how }) => ({
            how,
            query: asAskedFor(how, query),
            token: await worlds.signer.token(tenant, subject),
          })),
        );
      const list = await of(asker);
      const strangers = asked % (4 * batch) === 0 ? worlds.full.ask(await of(asked % (8 * batch) ? marked : twin)) : [];
      const [alone, full] = await Promise.all([worlds.alone.ask(list), worlds.full.ask(list), strangers]);
      assertSame(seed + asked, sampled, alone, full);
      for (const [at, answer] of full.entries()) {
        assert.ok(!tellsOfStrangers(answer, JSON.stringify(sampled[at])), answer);
        assert.ok(!answer.includes('"INTERNAL"'), JSON.stringify(sampled[at]));
      }
      asked += await askOtherwise(worlds, seed + asked);
      await worlds.full.told();
      asked += batch;
    }
    t.diagnostic(`${asked} questions compared`);
  } finally {
    await worlds.close();
  }
});

/** The same comparison by the other doors, and by sessions of embeds, which are made anew: they live for minutes. */
async function askOtherwise(worlds: TwoWorlds, seed: number): Promise<number> {
  const sample = <T>(of: fc.Arbitrary<T>, numRuns: number) => fc.sample(of, { seed, numRuns });
  let asked = 0;
  const compare = async <Q>(questions: readonly Q[], ask: (server: 'alone' | 'full') => Promise<readonly string[]>) => {
    const [alone, full] = await Promise.all([ask('alone'), ask('full')]);
    assertSame(seed, questions, alone, full);
    for (const [at, answer] of full.entries())
      assert.ok(!tellsOfStrangers(answer, JSON.stringify(questions[at])), `seed ${seed}: ${answer.slice(0, 2000)}`);
    asked += questions.length;
  };
  for (const unsigned of [sample(restCalls(queries), overHttp), sample(graphqlCalls, overHttp)]) {
    const calls = await Promise.all(
      unsigned.map(
        async ({ subject, ...call }): Promise<Call> => ({ ...call, token: await worlds.signer.token(asker, subject) }),
      ),
    );
    await compare(unsigned, (server) => sendAll(worlds, server, calls));
  }
  const speaker = speakers[seed % speakers.length] ?? 'analyst';
  const token = await worlds.signer.token(asker, speaker);
  const messages = sample(socketMessages, overSocket);
  await compare(messages, (server) => converse(worlds[server].url, token, messages));
  const sessions = await openEmbeds(worlds);
  const list = sample(embedQuestions, byEmbeds);
  await compare(list, (server) => worlds[server].ask(askedBy(sessions, server, list)));
  return asked;
}
