// No tenant ever sees another's byte: over ten thousand generated questions by every door, asked where there is nobody else and where there is, get the same answers.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Tenant } from '@tessera/base';
import fc from 'fast-check';
import { subjects } from './callers.ts';
import { askedBy, embedKinds, embedQuestions, oneOfEachKind, openEmbeds } from './embed-sessions.ts';
import { asAskedFor, queries, soundQueries } from './generate.ts';
import { sqlQuestions } from './generate-sql.ts';
import { type Call, converse, send } from './http.ts';
import {
  graphqlCalls,
  operatorCalls,
  person,
  restCalls,
  sendAll,
  socketMessages,
  speakers,
  type Unsigned,
} from './http-questions.ts';
import type { Asked } from './messages.ts';
import { assertSame, differences, filesWithCanary, tellsOfStrangers } from './oracle.ts';
import { openTwoWorlds, type TwoWorlds } from './servers.ts';
import { askOverSql, closedSubjects, fewSqlSubjects, strangersOverSql } from './sql-proof.ts';
import { asker, marked, tenants, twin } from './world.ts';

/** Always the same questions, so that only a change can fail; the soak asks new ones each time. */
const seed = Number(process.env.TESSERA_TEST_SEED ?? 20_261_121);
/** Questions inside the process, over HTTP, over sockets, by viewers of embeds and over the wire of PostgreSQL. */
const counts = { inProcess: 9_000, rest: 450, graphql: 600, socket: 200, embeds: 160, sql: 300 };
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, more = 0) =>
  fc.sample(arbitrary, { seed: seed + more, numRuns });

let worlds: TwoWorlds;
let asked = 0;
before(async () => {
  worlds = await openTwoWorlds();
  await Promise.all([worlds.alone.warm([asker]), worlds.full.warm(tenants)]);
});
after(async () => {
  await worlds?.close();
});

const token = (subject: string, tenant: Tenant = asker) => worlds.signer.token(tenant, subject);
/** Everybody's questions to both servers; the answers have to be the same, and without a trace of strangers. */
async function compare<Q>(questions: readonly Q[], ask: (server: 'alone' | 'full') => Promise<readonly string[]>) {
  const [alone, full] = await Promise.all([ask('alone'), ask('full')]);
  assertSame(seed, questions, alone, full);
  for (const [at, answer] of full.entries())
    assert.ok(!tellsOfStrangers(answer, JSON.stringify(questions[at])), `seed ${seed}: ${answer.slice(0, 2000)}`);
  asked += questions.length;
  return full;
}
const signed = (calls: readonly Unsigned[]) =>
  Promise.all(calls.map(async ({ subject, ...call }): Promise<Call> => ({ ...call, token: await token(subject) })));
const compareCalls = (calls: readonly Call[]) =>
  compare(
    calls.map(({ token: _, ...call }) => call),
    (server) => sendAll(worlds, server, calls),
  );

test('inside the process: every member in every position, valid or not, groups, rows and plans', async (t) => {
  t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
  const question = fc.record({
    subject: person,
    query: queries,
    how: fc.constantFrom<Asked['how'][]>('groups', 'groups', 'rows', 'explain', 'views'),
  });
  const batch = 500;
  for (let from = 0; from < counts.inProcess; from += batch) {
    const list = await Promise.all(
      sample(question, batch, from).map(async ({ subject, query, how }) => ({
        how,
        query: asAskedFor(how, query),
        token: await token(subject),
      })),
    );
    if (from === 0) {
      // Strangers, and a colleague who may see everything, ask the very same first: no cache may tell (attacks 70, 75).
      const rich = await token('admin');
      const others = await Promise.all([token('admin', marked), token('admin', twin)]);
      await worlds.full.ask(list.map((one, at) => ({ ...one, token: others[at % 2] ?? '' })));
      await worlds.full.ask(list.map((one) => ({ ...one, token: rich })));
    }
    await compare(
      list.map(({ query, how }) => ({ query, how })),
      (server) => worlds[server].ask(list),
    );
  }
});

test('over REST: load by body and by query string, lists of queries, checks, and what the model says of itself', async () => {
  await compareCalls(await signed(sample(restCalls(queries), counts.rest)));
  const metas = await Promise.all(
    subjects.map(
      async (who): Promise<Call> => ({ method: 'GET', path: '/cubejs-api/v1/meta', token: await token(who) }),
    ),
  );
  await compareCalls(metas);
});

test('over GraphQL', async () => {
  const answers = await compareCalls(await signed(sample(graphqlCalls, counts.graphql)));
  assert.ok(answers.filter((text) => text.startsWith('[200') && text.includes('\\"cube\\":[')).length > 20);
});

test('over WebSockets, one for each caller', async () => {
  for (const [at, who] of speakers.entries()) {
    const list = sample(socketMessages, counts.socket / speakers.length, at);
    const from = await token(who);
    await compare(list, (server) => converse(worlds[server].url, from, list));
  }
});

test('viewers of embeds, with locks and without: inside the process and over REST', async () => {
  const sessions = await openEmbeds(worlds);
  const of = (server: 'alone' | 'full', kind: number) => sessions[kind]?.[server] ?? '';
  const list = [...oneOfEachKind, ...sample(embedQuestions, counts.embeds)];
  const answers = await compare(list, (server) => worlds[server].ask(askedBy(sessions, server, list)));
  for (const [kind, { dashboard }] of embedKinds.entries())
    assert.ok(
      answers.some((text, at) => list[at]?.kind === kind && text.startsWith('{"columns"')),
      dashboard,
    );
  const calls = list.slice(0, 40).map(({ query }) => ({ path: '/cubejs-api/v1/load', query }));
  await compare(calls, (server) =>
    sendAll(
      worlds,
      server,
      calls.map(({ path: to, query }, at) => ({
        ...{ method: 'POST', path: to, body: { query } },
        token: of(server, list[at]?.kind ?? 0),
      })),
    ),
  );
  // Locks do narrow: to some of the asker's rows, and to none where only strangers have the value.
  const query = { measures: ['users.user_count'] };
  const counted = await compare(
    embedKinds.map(({ locks }) => ({ query, locks })),
    (server) => worlds[server].ask(embedKinds.map((_, kind) => ({ query, how: 'groups', token: of(server, kind) }))),
  );
  const [all = 0, it = 0, , none] = counted.map((text) => Number(text.match(/"values":\[\["?(\d+)/)?.[1]));
  assert.ok(all > it && it > 0 && none === 0, counted.join('\n'));
});

test('over SQL: views, catalogs, sessions and refusals, to the byte, with strangers in sessions of their own (attack 109)', async () => {
  const strangers = await strangersOverSql(worlds);
  assert.equal(strangers.answers.filter((answer) => tellsOfStrangers(answer)).length, 4, 'they see their own');
  const question = fc.record({ subject: fc.constantFrom(...fewSqlSubjects), question: sqlQuestions });
  const list = [...closedSubjects, ...sample(question, counts.sql)];
  const answers = await compare(list, (server) => askOverSql(worlds, server, list));
  await strangers.close();
  // Told by its tag: a SELECT that gave rows, and errors of many kinds.
  assert.ok(answers.filter((text) => /SELECT [1-9]/.test(text)).length > counts.sql / 5);
  const codes = new Set(answers.flatMap((text) => text.match(/(?<=u0000C)[0-9A-Z]{5}(?=.{0,4}u0000M)/g) ?? []));
  for (const code of ['0A000', '42501', '42601', '42703', '42P01']) assert.ok(codes.has(code), code);
  assert.ok(!codes.has('XX000'), 'nothing fails inside');
});

test('over the platform API: facts, sources, why, audit, embeds, reveal, and paths that do not exist', async () => {
  const strangersTokens = JSON.stringify(
    await worlds.full.ask([
      { token: await token('viewer', marked), query: { dimensions: ['users.email'] }, how: 'groups' },
      { token: await token('viewer', twin), query: { dimensions: ['users.email'] }, how: 'groups' },
    ]),
  ).match(/person_[0-9a-f]{16}/g);
  assert.ok(strangersTokens && strangersTokens.length > 10);
  const embed = { dashboard: 'mttr', origin: 'https://portal.example', viewer: 'v1' };
  const get = (path: string) => ({ method: 'GET', path }) as const;
  const post = (path: string, body: object) => ({ method: 'POST', path, body }) as const;
  const reveal = (tokens: readonly string[]) =>
    post('/api/v1/reveal', { tokens, purpose: 'support-case', reference: 'CASE-1' });
  const calls = await Promise.all(
    subjects.flatMap((who) =>
      [
        get('/api/v1/tenant'),
        get('/api/v1/sources'),
        get('/api/v1/nothing'),
        get(`/api/v1/tenant/${marked}`),
        get(`/api/v1/tenant?tenant=${marked}`),
        get(`/cubejs-api/v1/running-query/${marked}`),
        post('/api/v1/policy/explain', { query: { measures: ['users.user_count'], dimensions: ['users.tenant_id'] } }),
        post('/api/v1/embeds', embed),
        post('/api/v1/embeds', { ...embed, origin: `https://portal.${twin}.example` }),
        post('/api/v1/embeds/exchange', { token: 'x'.repeat(40) }),
        reveal(strangersTokens.slice(0, 50)),
        reveal(['person_0000000000000000']),
      ].map(async (call): Promise<Call> => ({ ...call, token: await token(who) })),
    ),
  );
  const answers = await compareCalls(calls);
  const values = answers.filter((text) => text.includes('{\\"values\\":'));
  assert.ok(
    values.length === 2 && values.every((text) => text.includes('{\\"values\\":[]}')),
    'a token of a stranger is no token',
  );
  const whole = await send(worlds.full.url, { ...get('/api/v1/audit?limit=500'), token: await token('steward') });
  // What the asker named himself.
  const trail = whole.replaceAll(`https://portal.${twin}.example`, '-');
  assert.match(trail, /^\[200/);
  assert.ok(!tellsOfStrangers(trail) && !trail.includes(marked) && !trail.includes(twin));
});

test('what operators see: freshness, the ledger, quarantine and dead letters, and ids of strangers in them', async () => {
  const get = (path: string) => ({ method: 'GET', path }) as const;
  const ask = async (path: string, tenant: Tenant) =>
    send(worlds.full.url, { ...get(path), token: await token('admin', tenant) });
  const idsOf = async (tenant: Tenant) =>
    [...(await ask('/api/v1/quarantine', tenant)).matchAll(/\\"id\\":\\"([^"\\]+)/g)].map(([, id]) => id ?? '');
  const [own, theirs] = await Promise.all([idsOf(asker), idsOf(marked)]);
  assert.ok(own.length === 4 && theirs.length === 15 && !theirs.some((id) => own.includes(id)));
  const calls = operatorCalls(own, theirs);
  const answers = await compareCalls(await signed(calls));
  const isGiven = (path: string) => answers.some((text, at) => calls[at]?.path === path && text.startsWith('[200'));
  for (const path of [
    'freshness',
    'reconciliation',
    'quarantine',
    `quarantine/${own[0]}?purpose=support`,
    'dead-letters',
  ])
    assert.ok(isGiven(`/api/v1/${path}`), path);
  assert.ok(!isGiven(`/api/v1/quarantine/${theirs[0]}`) && !isGiven('/api/v1/dead-letters/stage.okta.groups'));
  for (const path of ['freshness', 'reconciliation', 'quarantine', 'dead-letters', `quarantine/${theirs[0]}`])
    assert.ok(tellsOfStrangers(await ask(`/api/v1/${path}`, marked)), `${path} would tell`);
});

test('how much the engine does for a question does not depend on strangers (attack 66)', async () => {
  const list = sample(soundQueries, 40, 77).map((query, at) => ({ ...query, limit: 900 + at, offset: undefined }));
  const runs = async (server: 'alone' | 'full') => (await worlds[server].told()).sqlRuns[asker] ?? 0;
  const from = await token('analyst');
  for (const query of list) {
    const spent = await Promise.all(
      (['alone', 'full'] as const).map(async (server) => {
        const before = await runs(server);
        await worlds[server].ask([{ token: from, query, how: 'groups' }]);
        return (await runs(server)) - before;
      }),
    );
    assert.equal(spent[0], spent[1], `seed ${seed}: ${JSON.stringify(query)}`);
  }
});

test('the comparison notices one leaked byte, and the scan one canary', async () => {
  const query = { dimensions: ['users.department'], order: [['users.department', 'asc']] };
  const ask = async (tenant: Tenant) =>
    worlds.full.ask([{ token: await token('analyst', tenant), query, how: 'groups' }]);
  const [own, strangers] = [await ask(asker), await ask(marked)];
  assert.equal(differences([query], own, own).length, 0);
  assert.equal(differences([query], own, strangers).length, 1);
  assert.equal(differences([query], own, [own[0]?.replace('IT', 'It') ?? '']).length, 1);
  assert.ok(!tellsOfStrangers(own[0] ?? '') && tellsOfStrangers(strangers[0] ?? ''));
  const encoded = Buffer.from(`xy${strangers[0]}`).toString('base64');
  assert.ok(tellsOfStrangers(encoded) && tellsOfStrangers(Buffer.from(strangers[0] ?? '').toString('hex')));
  assert.ok(tellsOfStrangers('{"n":"1000003"}') && !tellsOfStrangers('{"n":"1000003"}', '"1000003"'));
});

test('nothing of the strangers is in the events, and on disk nothing of theirs under the name of the asker', async (t) => {
  const { events } = await worlds.full.told();
  const own = events.filter((event) => !('tenant' in event) || event.tenant === undefined || event.tenant === asker);
  assert.ok(own.length > 0);
  for (const event of own) assert.ok(!tellsOfStrangers(JSON.stringify(event)), JSON.stringify(event));
  const failed = own.filter((event) => event.event === 'cube.failed');
  for (const event of failed.slice(0, 3)) t.diagnostic(JSON.stringify(event));

  // In good order, so that all of it is written.
  await worlds.close({ keepFiles: true });
  const folders = async (tenant: Tenant) => {
    const entries = await readdir(worlds.homes.full, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && new RegExp(`(^|tenant-)${tenant}$`).test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
  };
  const canariesOf = async (tenant: Tenant) => (await Promise.all((await folders(tenant)).map(filesWithCanary))).flat();
  const ofAsker = await folders(asker);
  for (const place of ['lake', 'serving', 'audit'])
    assert.ok(
      ofAsker.some((folder) => folder.includes(`${path.sep}${place}${path.sep}`)),
      place,
    );
  assert.deepEqual(await canariesOf(asker), []);
  assert.ok((await canariesOf(marked)).length > 10, 'the scan finds them where they belong');

  const lakeOf = (home: string) => path.join(home, 'lake', `tenant-${asker}`);
  const names = (await readdir(lakeOf(worlds.homes.full), { recursive: true })).sort();
  assert.deepEqual(names, (await readdir(lakeOf(worlds.homes.alone), { recursive: true })).sort());
  const contents = (home: string) =>
    Promise.all(names.map((name) => readFile(path.join(lakeOf(home), name), 'base64').catch(() => 'folder')));
  assert.deepEqual(await contents(worlds.homes.full), await contents(worlds.homes.alone));
  await worlds.close();
  assert.ok(asked >= 10_000, `${asked} questions were compared`);
  t.diagnostic(`${asked} questions compared`);
});
