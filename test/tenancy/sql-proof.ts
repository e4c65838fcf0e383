// Many questions over the SQL door of one of the servers: each caller in a session of his own, strangers in theirs beside them.
import type { Tenant } from '@tessera/base';
import { subjects } from './callers.ts';
import type { TwoWorlds } from './servers.ts';
import { type SqlQuestion, type SqlSession, sqlSession } from './sql-wire.ts';
import { asker, canary, marked, twin } from './world.ts';

export interface SqlAsked {
  readonly subject: string;
  readonly question: SqlQuestion;
}
/** Callers whose role has the action `sql`: all rows, rows of a part, raw rows or none, tokens in place of values. */
export const sqlSubjects = ['analyst', 'admin', 'steward', 'platform', 'lowered', 'hq', 'elsewhere', 'german'];
/** One of each kind: every kind has a catalog of its own, which takes its time. */
export const fewSqlSubjects = ['steward', 'lowered', 'hq', 'german', 'platform'];
/** Everybody else is refused at sign-in, in one way or another. */
export const closedSubjects: readonly SqlAsked[] = subjects
  .filter((subject) => !sqlSubjects.includes(subject))
  .map((subject) => ({ subject, question: [{ sql: 'select 1' }] }));

export type Side = 'alone' | 'full';
const open = async (worlds: TwoWorlds, side: Side, tenant: Tenant, subject: string, wall: number) =>
  sqlSession({
    port: worlds[side].sqlPorts[wall] ?? 0,
    tenant,
    subject,
    token: await worlds.signer.token(tenant, subject),
  });

/** Answers in the order of the list; a caller's questions follow each other, callers ask beside each other. */
export async function askOverSql(
  worlds: TwoWorlds,
  side: Side,
  list: readonly SqlAsked[],
  { wall = 0, tenant = asker }: { readonly wall?: number; readonly tenant?: Tenant } = {},
): Promise<readonly string[]> {
  const answers: string[] = [];
  const bySubject = Map.groupBy(list.entries(), ([, { subject }]) => subject);
  await Promise.all(
    [...bySubject].map(async ([subject, all]) => {
      const session = await open(worlds, side, tenant, subject, wall);
      try {
        for (const [at, { question }] of all) answers[at] = await session.ask(question);
      } finally {
        await session.close();
      }
    }),
  );
  return answers;
}

/** Sessions of the other tenants, kept open: whatever a session can leave behind bears the canary. */
export async function strangersOverSql(
  worlds: TwoWorlds,
): Promise<{ readonly answers: readonly string[]; close(): Promise<void> }> {
  const sessions: SqlSession[] = [];
  const answers: string[] = [];
  for (const tenant of [marked, twin])
    for (const subject of ['steward', 'hq']) {
      const session = await open(worlds, 'full', tenant, subject, 0);
      sessions.push(session);
      answers.push(
        await session.ask([
          { sql: `set application_name = '${canary}-client'` },
          { sql: 'select * from users' },
          { sql: `create temp table "${canary}-table" as select department as "${canary}-column" from users` },
          { sql: `prepare "${canary}-statement" as select '${canary}-literal'` },
          { sql: `begin` },
          { sql: `declare "${canary}-cursor" cursor for select * from users` },
          { sql: `fetch 1 from "${canary}-cursor"` },
        ]),
      );
    }
  return {
    answers,
    async close() {
      for (const session of sessions) await session.close();
    },
  };
}
