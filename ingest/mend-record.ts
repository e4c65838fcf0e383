// One record out of quarantine, as it is or as somebody mended it, through the same staging as every page: judged first, then kept in raw as a page of its own.
import { createHash } from 'node:crypto';
import { Fault } from '@tessera/base';
import type { QuarantinedRecord } from '@tessera/lakehouse';
import { renderRows } from './batch-sql.ts';
import type { StreamFacts } from './define-connector.ts';
import { halfReason, hasHalf } from './half-characters.ts';
import { renderMendedNote } from './page-note.ts';
import { pathSteps, sqlName, sqlText } from './record-sql.ts';
import { type Staged, type StageNeeds, stageStream } from './stage-stream.ts';

/**
 * Stages the record; `text` is the whole record as JSON. RECORD_STILL_BAD with the reason where it cannot be taken, and then nothing was written. Safe to repeat:
 * the same text again adds nothing, and neither does one that bronze has already. It counts as received when its page was, so that what came later stays newer.
 */
export async function mendRecord(
  needs: Omit<StageNeeds, 'run'>,
  stream: StreamFacts,
  record: QuarantinedRecord,
  text: string = record.record,
): Promise<Staged & { readonly run: string }> {
  const run = mendRun(record.id, text);
  const reason = await judgeRecord(needs, stream, record, text);
  if (reason !== undefined) throw new Fault('RECORD_STILL_BAD', { reason });
  const body = new TextEncoder().encode(wrapRecord(stream, text, record.given ?? {}));
  const { source } = needs;
  const entry = await needs.lake.raw.put({
    source,
    stream: stream.name,
    run,
    page: 1,
    request: `out of quarantine ${record.id}`,
    status: 200,
    receivedAt: record.at,
    body,
    cursor: renderMendedNote(body.byteLength, parentOf(stream, record)),
  });
  return { ...(await stageStream({ ...needs, run }, stream, { entries: [entry], complete: false })), run };
}

/** Another text is another page: a page in raw is never changed. */
export const mendRun = (id: string, text: string): string =>
  `mend-${id}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;

const parentOf = (stream: StreamFacts, { given }: QuarantinedRecord) =>
  stream.parent === undefined ? undefined : given?.[stream.parent.column];

/** Why the record cannot be taken; undefined where it can. */
export async function judgeRecord(
  { engine, lake, orgId, source, owner }: Omit<StageNeeds, 'run'>,
  stream: StreamFacts,
  record: QuarantinedRecord,
  text: string,
): Promise<string | undefined> {
  // Said before the engine is asked, which would take neither.
  if (hasHalf(text) || Object.values(record.given ?? {}).some((value) => !value.isWellFormed())) return halfReason;
  const carried = Object.keys(stream.nested?.carry ?? {}).map(
    (name) => `, ${literal(record.given?.[name])} as ${sqlName(`carried_${name}`)}`,
  );
  const records = `select ${sqlText(text)}::VARCHAR as record, 'page' as filename${carried.join('')}`;
  const facts = { tenant: lake.tenant, orgId, source, owner };
  return engine.session(async (session) => {
    const [valid] = await session.query(
      `select json_valid(t) and starts_with(ltrim(t), '{') as ok from (select ${sqlText(text)}::VARCHAR as t)`,
    );
    if (valid?.ok !== true) return 'it is no JSON object';
    await session.run(`create temp table batch_pages as select 'page' as path, 'page' as reference,
      ${sqlText(record.at.toISOString())}::TIMESTAMPTZ as received_at, ${literal(parentOf(stream, record))} as parent`);
    const [row] = await session.query(`select _problem from (${renderRows(stream, records, facts)})`);
    return row?._problem == null ? undefined : String(row._problem);
  });
}

const literal = (value: string | undefined) => (value === undefined ? 'null::VARCHAR' : sqlText(value));

/** The record in a page of the stream's shape, its text untouched. */
export function wrapRecord(stream: StreamFacts, text: string, given: Readonly<Record<string, string>>): string {
  if (stream.nested === undefined) return wrapAt(stream.records, text);
  const { path, carry } = stream.nested;
  const said = Object.entries(carry).flatMap(([name, at]) => {
    const value = given[name];
    return value === undefined ? [] : [wrapAt(at, JSON.stringify(value)).slice(1, -1)];
  });
  const group = wrapAt(path, text);
  return wrapAt(stream.records, `{${[...said, group.slice(1, -1)].join(',')}}`);
}

/** `$.a.b[*]` → `{"a":{"b":[text]}}`. */
function wrapAt(path: string, text: string): string {
  const isList = path.endsWith('[*]');
  const bare = isList ? path.slice(0, -3) : path;
  const steps = bare === '$' ? [] : (pathSteps(bare) ?? []);
  return steps.reduceRight((inner, step) => `{${JSON.stringify(step)}:${inner}}`, isList ? `[${text}]` : text);
}
