// In charge of the simple protocol: one text, perhaps of several statements, answered as one Query by PostgreSQL.
import { randomBytes } from 'node:crypto';
import { asFault, Fault } from '@tessera/base';
import type { ParamValue, Planned, PlannedStatement } from '../plan/contract.ts';
import { simpleQuery } from '../wire/write.ts';
import { arrayTypeName, literalArray } from './arrays.ts';
import { withChoices } from './choices.ts';
import { readText } from './client-text.ts';
import type { SessionContext } from './context.ts';
import { explainRows, explainTwin } from './explain.ts';
import { faultMessage } from './fault-message.ts';
import { askStatement } from './large.ts';
import { executeNamed, frees, prepareNamed } from './named.ts';
import { rowTexts } from './probe.ts';
import { answerInParts, answerWhole, isOneSelect } from './simple-parts.ts';
import { ofOneRelease, planFor, type ReadColumns } from './statement.ts';

/** Answers one Query message, by exactly one ReadyForQuery in the end. */
export async function answerQuery(context: SessionContext, bytes: Buffer): Promise<void> {
  const { link } = context;
  try {
    const sql = readText(bytes.subarray(5, -1));
    const planned = planFor(context.needs, context.caller, sql);
    const [first] = planned.statements;
    if (first && planned.statements.length === 1) {
      if (first.kind === 'prepare' && first.readCount > 0) return await prepareNamed(context, first, sql, bytes);
      if (first.kind === 'execute' && context.named.knows(first.name ?? ''))
        return await executeNamed(context, first, bytes);
    }
    const edits = new Map<PlannedStatement, string>();
    for (const statement of planned.statements) {
      const text = await special(context, planned, statement, sql);
      if (text === 'failed') return;
      if (text !== undefined) edits.set(statement, text);
    }
    if (planned.reads.length === 0 && !planned.edited && edits.size === 0) return link.send(bytes, { kind: 'Q' });
    const { signal, done } = context.begin();
    try {
      const isAsked = planned.statements.some((one) => !edits.has(one) && one.readCount > 0);
      const asked = await ofOneRelease(context.needs, context.caller, planned, async () => {
        const probed = await probe(context, planned, signal);
        if (probed === undefined || !isAsked) return probed && { rows: [] };
        return askStatement(context.needs, context.caller, planned, [], probed, signal);
      });
      if (asked === undefined) return;
      if ('parts' in asked) return await answerInParts(context, planned, asked.parts);
      const { rows } = asked;
      if (isAsked && isOneSelect(planned)) return answerWhole(context, planned, rows);
      const tag = `d${randomBytes(9).toString('hex')}`;
      const array = arrayLiterals(planned, rows, tag);
      const { text, position } = edits.size === 0 ? planned.twin(array) : assemble(planned, edits, array);
      link.send(simpleQuery(text), { kind: 'Q', position });
    } finally {
      done();
    }
  } catch (error) {
    const fault = asFault(error);
    if (fault.code === 'SQL_CATALOG_CHANGED') context.end(fault);
    else raise(context, fault);
  }
}

/** Has PostgreSQL fail, so that a transaction fails with it, and tells the client what we know of the failure. */
function raise(context: SessionContext, fault: Fault): void {
  const tag = `d${randomBytes(9).toString('hex')}`;
  context.onFault(fault);
  context.link.send(simpleQuery(`select door.raise('${fault.sqlstate}', $${tag}$${fault.message}$${tag}$)`), {
    kind: 'Q',
    substitute: { code: fault.sqlstate, bytes: faultMessage(fault) },
  });
}

/** The values of the filters' constant expressions; undefined where PostgreSQL could not say and has told the client why. */
async function probe(
  { link, needs, caller }: SessionContext,
  planned: Planned,
  signal: AbortSignal,
): Promise<readonly ParamValue[] | undefined> {
  const frames = planned.probe === undefined ? [] : await link.ask('Q', simpleQuery(planned.probe));
  return withChoices(needs, caller, planned, [], frames && rowTexts(frames), signal, (choice, values) => {
    const tag = `d${randomBytes(9).toString('hex')}`;
    return link.ask('Q', simpleQuery(choice.text(literalArray(values, 'text', tag))));
  });
}

const arrayLiterals =
  (planned: Planned, rows: readonly ReadColumns[], tag: string) =>
  (read: number, column: number): string => {
    const { type } = planned.reads[read]?.columns[column] ?? { type: 'text' as const };
    const values = rows[read]?.[column];
    return values ? literalArray(values, type, tag) : `null::${arrayTypeName(type)}`;
  };

/** Statements that are answered by another text than their twin. */
async function special(
  context: SessionContext,
  planned: Planned,
  statement: PlannedStatement,
  sql: string,
): Promise<string | 'failed' | undefined> {
  if (frees(sql, statement)) context.forget(statement.name);
  if (
    (statement.kind === 'prepare' && statement.readCount > 0) ||
    (statement.kind === 'execute' && context.named.knows(statement.name ?? ''))
  )
    throw new Fault('SQL_NOT_EXACT', {
      clause: statement.kind.toUpperCase(),
      why: 'beside other statements its parameters are not known in time',
      hint: 'Send it as a text of its own.',
      position: statement.start + 1,
    });
  if (statement.readCount === 0) return undefined;
  if (statement.kind === 'explain') {
    const { signal, done } = context.begin();
    const probed = await probe(context, planned, signal).finally(done);
    if (probed === undefined) return 'failed';
    const reads = planned.reads.slice(statement.firstRead, statement.firstRead + statement.readCount);
    const format = statement.explain?.format ?? 'text';
    const lines = await explainRows(context.needs, context.caller, reads, [], probed, format);
    const tag = `d${randomBytes(9).toString('hex')}`;
    return explainTwin(format, literalArray(lines, 'text', tag));
  }
  return undefined;
}

/** The text statement by statement, each by its twin or by its other text. */
function assemble(
  planned: Planned,
  edits: ReadonlyMap<PlannedStatement, string>,
  array: (read: number, column: number) => string,
): { text: string; position(at: number): number } {
  const parts = planned.statements.map((statement) => {
    const text = edits.get(statement);
    if (text !== undefined) return { text, position: () => statement.start + 1 };
    return planned.twin(array, statement);
  });
  let text = '';
  const starts: number[] = [];
  for (const part of parts) {
    starts.push(text.length);
    text += `${part.text};`;
  }
  return {
    text,
    position(at) {
      const index = starts.findLastIndex((start) => start < at);
      return parts[index]?.position(at - (starts[index] ?? 0)) ?? 1;
    },
  };
}
