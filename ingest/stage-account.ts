// What staging says that it did with a batch, day by day, told before the commit: the ledger compares it with what bronze then holds.
import type { EngineSession } from '@tessera/lakehouse';
import { bronzeColumns } from './bronze-table.ts';
import type { StreamFacts } from './define-connector.ts';
import { sqlName, sqlText } from './record-sql.ts';

export interface AccountDay {
  readonly day: string;
  /** Records in the pages. */
  readonly records: number;
  readonly quarantined: number;
  /** Rows that bronze gains from them. */
  readonly fresh: number;
  /** Rows that say of a key that a complete listing has it no more. */
  readonly gone: number;
  /** Of all gained rows: sum modulo 2^64, and exclusive or, of their hashes. */
  readonly sum: string;
  readonly xor: string;
}
export interface StageAccount {
  /** References of the pages, as rows name them in `_page`. */
  readonly pages: readonly string[];
  readonly unreadable: readonly string[];
  readonly days: readonly AccountDay[];
}

/** Day of a row: of the event itself, or of the receipt where a row is a version of something. */
export const dayOf = (stream: StreamFacts): string =>
  stream.mode === 'events' && stream.occurredAt !== undefined
    ? `strftime(coalesce(${sqlName(stream.occurredAt)}, ingest_at) at time zone 'UTC', '%Y-%m-%d')`
    : `strftime(ingest_at at time zone 'UTC', '%Y-%m-%d')`;

/** Hash over every column that bronze keeps; equal for equal rows within one version of the engine, which is all that a comparison needs. */
export const hashOf = (stream: StreamFacts): string =>
  `hash(${Object.keys(bronzeColumns(stream)).map(sqlName).join(', ')})`;

/** Order does not matter, and parts can be added up. */
export const checksumColumns = (hash: string, where = 'true'): string =>
  `(coalesce(sum(${hash}) filter (where ${where}), 0)::hugeint % 18446744073709551616)::varchar as sum, coalesce(bit_xor(${hash}) filter (where ${where}), 0)::varchar as xor`;

/** Over the temp tables batch_rows and batch_new, and batch_gone where there is one. */
export async function accountDays(
  session: EngineSession,
  stream: StreamFacts,
  hasGone: boolean,
): Promise<readonly AccountDay[]> {
  const facts = (from: string, more: string) =>
    `select ${dayOf(stream)} as day, ${hashOf(stream)} as h, ${more} from ${from}`;
  const told = facts(
    'batch_rows',
    '_problem is not null as bad, rowid in (select place from batch_new) as fresh, false as gone',
  );
  const all = hasGone ? `${told} union all ${facts('batch_gone', 'false as bad, false as fresh, true as gone')}` : told;
  const rows = await session.query(`select day, count(*) filter (where not gone) as records,
    count(*) filter (where bad) as quarantined, count(*) filter (where fresh) as fresh, count(*) filter (where gone) as gone,
    ${checksumColumns('h', 'fresh or gone')} from (${all}) group by day order by day`);
  return rows.map((row) => ({
    day: String(row.day),
    records: Number(row.records),
    quarantined: Number(row.quarantined),
    fresh: Number(row.fresh),
    gone: Number(row.gone),
    sum: String(row.sum),
    xor: String(row.xor),
  }));
}

/** Counts and checksums by day of the bronze rows that come from a run's pages. */
export const renderBronzeCount = (stream: StreamFacts, bronze: string, run: string): string =>
  `select day, count(*) as rows, ${checksumColumns('h')}
from (select ${dayOf(stream)} as day, ${hashOf(stream)} as h from (${bronze}) where starts_with(_page, ${sqlText(`${run}-`)})) group by day order by day`;
