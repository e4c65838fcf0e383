// In charge of PREPARE, EXECUTE and DEALLOCATE as SQL writes them: the name is PostgreSQL's (it holds the shadow), the rows come with each EXECUTE.
import { randomBytes } from 'node:crypto';
import { identifier, literal } from '../backend/admin.ts';
import type { ParamValue, Planned, PlannedStatement } from '../plan/contract.ts';
import type { Frame } from '../wire/frames.ts';
import { simpleQuery, sync } from '../wire/write.ts';
import { literalArray } from './arrays.ts';
import { chooseNamed, withChoices } from './choices.ts';
import type { SessionContext } from './context.ts';
import type { Prepared } from './extended.ts';
import { rowTexts } from './probe.ts';
import { askReads, ofOneRelease, planFor } from './statement.ts';

/** Statements by the names that the client gave them, by the protocol or by SQL: PostgreSQL keeps both in one place, and so do we. */
export interface NamedStatements {
  /** Whether the name means a statement that reads a view. */
  knows(name: string): boolean;
  isReady(name: string): boolean;
  remember(name: string, planned: Planned): void;
  /** Makes the twin where that was not done yet; undefined where PostgreSQL refused, and then a Sync must follow. */
  ready(name: string): Promise<Prepared | undefined>;
}

/** Whether PostgreSQL forgets prepared statements by it: DISCARD PLANS, TEMP and SEQUENCES keep them. */
export const frees = (sql: string, { kind, start, end }: PlannedStatement): boolean =>
  kind === 'deallocate' || (kind === 'discard' && /^\s*discard\s+all\s*$/i.test(sql.slice(start, end)));

/** The client's own text goes to PostgreSQL; what it prepared there is remembered where PostgreSQL took it. */
export async function prepareNamed(
  context: SessionContext,
  { name = '', inner }: PlannedStatement,
  sql: string,
  bytes: Buffer,
): Promise<void> {
  const planned = planFor(context.needs, context.caller, sql.slice(inner?.start, inner?.end));
  const answer = await new Promise<readonly Frame[] | undefined>((done) => {
    context.link.send(bytes, { kind: 'Q', done });
  });
  if (answer && !answer.some(({ type }) => type === 'E')) context.named.remember(name, planned);
}

/** Asks for the rows with the caller's rights of now, whoever he was when it was prepared, and executes the twin with them. */
export async function executeNamed(
  context: SessionContext,
  { name = '', args = [] }: PlannedStatement,
  bytes: Buffer,
): Promise<void> {
  const { link, named, needs, caller } = context;
  caller.check();
  if (!named.isReady(name)) {
    const made = await named.ready(name);
    link.send(sync, { kind: 'S', hidden: made !== undefined });
    if (!made) return;
  }
  const statement = await named.ready(name);
  // PostgreSQL says it best: the shadow takes as many.
  if (!statement || statement.types.length !== args.length) return link.send(bytes, { kind: 'Q' });
  const { signal, done } = context.begin();
  try {
    const types = await firstRow(
      context,
      statement.types.map((oid) => `pg_catalog.format_type(${oid}, null)`),
    );
    const params =
      types &&
      (await firstRow(
        context,
        args.map((arg, i) => `((${arg})::${types[i]})::text`),
      ));
    if (!params) return;
    const given = params.map((value, i) => `${value === null ? 'null' : literal(value)}::${types[i]}`);
    const { planned } = statement;
    const rows = await ofOneRelease(needs, caller, planned, async () => {
      const run = chooseNamed(link, context.ownName(), types, given);
      const first = await probe(context, statement, given);
      const probed = await withChoices(needs, caller, planned, params, first, signal, run);
      return probed && askReads(needs, caller, planned.reads, params, probed, signal);
    });
    if (!rows) return;
    const tag = `d${randomBytes(9).toString('hex')}`;
    const arrays = statement.arrays.map(({ read, column, type }) =>
      literalArray(rows[read]?.[column] ?? [], type, tag),
    );
    link.send(execute(statement.twin, [...given, ...arrays]), { kind: 'Q', position: () => undefined });
  } finally {
    done();
  }
}

const execute = (name: string, values: readonly string[]): Buffer =>
  simpleQuery(`execute ${identifier(name)}${values.length > 0 ? `(${values.join(', ')})` : ''}`);

/** The values of expressions, as texts; undefined where PostgreSQL refused one and has told the client. */
async function firstRow(
  { link }: SessionContext,
  expressions: readonly string[],
): Promise<readonly ParamValue[] | undefined> {
  if (expressions.length === 0) return [];
  const frames = await link.ask('Q', simpleQuery(`select ${expressions.join(', ')}`));
  return frames && rowTexts(frames);
}

async function probe(
  { link }: SessionContext,
  { probe: name }: Prepared,
  given: readonly string[],
): Promise<readonly ParamValue[] | undefined> {
  if (name === undefined) return [];
  const frames = await link.ask('Q', execute(name, given));
  return frames && rowTexts(frames);
}
