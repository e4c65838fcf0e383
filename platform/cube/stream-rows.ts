// An answer in parts, for the doors that hand rows on as they come: the same gate, rewrite and audit, and nothing held whole.
import type { BaseDriver } from '@cubejs-backend/base-driver';
import { Fault, type Observe } from '@tessera/base';
import type { Audit, Query } from '@tessera/security';
import { type Caller, callContext } from './caller.ts';
import { cubeFault } from './cube-fault.ts';
import type { GatedGateway } from './gateway.ts';
import { namesIn } from './names-in.ts';
import { noteDecision } from './note-decision.ts';

/** Rows of an answer: the values of each column, in the order of `columns`: Cube's, or Dates for times and numbers for whole ones. */
export interface AnswerPart {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
}

export interface StreamNeeds {
  readonly gateway: GatedGateway;
  readonly audit: Pick<Audit, 'note'>;
  readonly observe: Observe;
  readonly driver: BaseDriver;
}

/** The driver's own way, where it has one. */
interface ColumnSource {
  streamColumns(sql: string, values: readonly unknown[], signal: AbortSignal): AsyncIterable<EnginePart>;
}
interface EnginePart {
  readonly names: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
}

/**
 * Asks as `caller`, and gives the rows part by part. ANSWER_CUT where there are more rows than the caller may have: the rows given until then are no answer.
 * One line in the trail says how it ended, however that was.
 */
export async function* streamRows(
  needs: StreamNeeds,
  caller: Caller,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart, void, undefined> {
  const { gateway, audit, observe, driver } = needs;
  const { tenant, release } = caller.context;
  const startedAt = performance.now();
  const members = namesIn(query);
  let rows = 0;
  try {
    if (signal.aborted) throw new Fault('QUERY_CANCELLED', {});
    const plan = await gateway.planRows(callContext(caller), query);
    for await (const part of sourceOf(driver).streamColumns(plan.sql, plan.values, signal)) {
      rows += part.rows;
      if (rows > caller.mostRows) throw new Fault('ANSWER_CUT', { rows: caller.mostRows, most: caller.mostRows });
      yield { columns: part.names.map((name) => plan.members[name] ?? name), values: part.values, rows: part.rows };
    }
    observe({ event: 'query.answered', tenant, ms: performance.now() - startedAt, cached: false });
    noteDecision(audit, caller, { action: 'query', members, rows, release });
    rows = -1;
  } catch (error) {
    const fault = signal.aborted ? new Fault('QUERY_CANCELLED', {}) : engineFault(error);
    observe({ event: 'request.refused', tenant, route: 'cube', code: fault.code });
    noteDecision(audit, caller, { action: 'query', members, rows, release, fault });
    rows = -1;
    throw fault;
  } finally {
    // Whoever asked has gone away with the rows so far.
    if (rows >= 0) noteDecision(audit, caller, { action: 'query', members, rows, release });
  }
}

/** What the engine says of a statement is not told to callers, here as little as behind Cube. */
const engineFault = (error: unknown): Fault =>
  error instanceof Fault && error.code === 'QUERY_FAILED'
    ? new Fault('INTERNAL', {}, { cause: error })
    : cubeFault(error);

const sourceOf = (driver: BaseDriver): ColumnSource =>
  'streamColumns' in driver ? (driver as unknown as ColumnSource) : { streamColumns: rowsOf(driver) };

interface RowSource {
  stream(
    sql: string,
    values: readonly unknown[],
    options: { readonly highWaterMark: number },
  ): Promise<{ readonly rowStream: AsyncIterable<Readonly<Record<string, unknown>>>; release?(): Promise<void> }>;
}
const rowsOfPart = 8_192;

/** Any other driver of Cube's: row by row. */
const rowsOf = (driver: BaseDriver) =>
  async function* (sql: string, values: readonly unknown[], signal: AbortSignal): AsyncGenerator<EnginePart> {
    const source = driver as unknown as RowSource;
    const { rowStream, release } = await source.stream(sql, values, { highWaterMark: rowsOfPart });
    let rows: Readonly<Record<string, unknown>>[] = [];
    try {
      for await (const row of rowStream) {
        if (signal.aborted) throw new Fault('QUERY_CANCELLED', {});
        if (rows.push(row) < rowsOfPart) continue;
        yield columnsOf(rows);
        rows = [];
      }
      if (rows.length > 0) yield columnsOf(rows);
    } finally {
      await release?.();
    }
  };

function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): EnginePart {
  const names = Object.keys(rows[0] ?? {});
  return { names, values: names.map((name) => rows.map((row) => row[name] ?? null)), rows: rows.length };
}
