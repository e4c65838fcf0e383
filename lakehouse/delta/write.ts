// What the three writes have in common: the session, the table's columns, and files by partition.
import type { EngineSession, Rows } from '../contract.ts';
import { ident } from '../sql-text.ts';
import type { AddFile } from './actions.ts';
import { discardFiles, type FileShape, writeDataFile } from './data-file.ts';
import type { TableFiles } from './table-files.ts';

export interface Write extends FileShape {
  readonly where: TableFiles;
  readonly session: EngineSession;
}

/** Rows of a temp table (or of a select in parentheses) that belong to one partition; all of them for a table without partitions. */
export function partOf({ partition }: Write, staged: string, value: string | null | undefined): Rows {
  if (partition === undefined || value === undefined) return { sql: `select * from ${staged}` };
  return {
    sql: `select * from ${staged} where ${value === null ? `${partition.sql} is null` : partition.within(value)}`,
  };
}

/** Values of the partition column in the rows, in order; one `undefined` for a table without partitions. */
async function partitionsIn(
  { partition, session }: Write,
  staged: string,
): Promise<readonly (string | null | undefined)[]> {
  if (partition === undefined) return [undefined];
  // Days first, which are few: a month's text is not made for every row.
  const days = `select distinct ${ident(partition.column)} from ${staged}`;
  const rows = await session.query(`select distinct ${partition.sql} as value from (${days}) order by 1`);
  return rows.map((row) => (row.value === null ? null : String(row.value)));
}

/** Writes the rows of a temp table or of a select in parentheses, one file a partition. Takes all of them back where one cannot be written. */
export async function writeByPartition(write: Write, staged: string): Promise<readonly AddFile[]> {
  const adds: AddFile[] = [];
  try {
    for (const value of await partitionsIn(write, staged)) {
      const add = await writeDataFile(write.where, write.session, partOf(write, staged, value), write, value);
      if (add !== undefined) adds.push(add);
    }
    return adds;
  } catch (error) {
    await discardFiles(write.where, adds);
    throw error;
  }
}

/** Value of a file's partition: undefined for a table without partitions. */
export const partitionOf = (write: Write, file: AddFile): string | null | undefined =>
  write.partition === undefined ? undefined : (file.partitionValues[write.partition.field] ?? null);
