// Overwrite: replaces whole partitions, and leaves those alone whose content is the same as before.
import { createHash } from 'node:crypto';
import { Fault } from '@tessera/base';
import type { Rows } from '../contract.ts';
import { idents, text } from '../sql-text.ts';
import type { AddFile } from './actions.ts';
import type { Plan } from './commit.ts';
import { discardFiles, readFiles, writeDataFile } from './data-file.ts';
import { rowsIn } from './file-stats.ts';
import { selectFiles } from './schema.ts';
import { columnsOf, type Snapshot } from './snapshot.ts';
import { partitionOf, partOf, type Write, writeByPartition } from './write.ts';

type Value = string | null | undefined;

interface Contents {
  /** Partitions that have rows, in order; one `undefined` for a table without partitions. */
  readonly partitions: readonly Value[];
  of(value: Value): string;
}

/** Names the content of each partition of a select whatever the order of its rows: number of rows, sum of row hashes, columns. */
async function contentsOf(write: Write, rows: Rows | undefined): Promise<Contents> {
  const value = write.partition === undefined ? 'null' : write.partition.sql;
  const found =
    rows === undefined
      ? []
      : await write.session.query(
          `select ${value} as value, count(*) as rows, sum(hash(${idents([...write.columns.keys()])}))::varchar as sum from (${rows.sql}) group by 1 order by 1`,
        );
  const columns = createHash('sha256')
    .update(JSON.stringify([...write.columns]))
    .digest('hex');
  const byValue = new Map(found.map((row) => [row.value as Value, `${String(row.rows)}-${String(row.sum)}`]));
  return {
    partitions: write.partition === undefined ? [undefined] : [...byValue.keys()],
    of: (value) => `${byValue.get(value ?? null) ?? '0-0'}-${columns.slice(0, 16)}`,
  };
}

/** Content of what is stored: as its only file says, else by reading it. */
async function storedContent(write: Write, state: Snapshot, files: readonly AddFile[], value: Value): Promise<string> {
  const told = files.length === 1 ? files[0]?.tags?.['tessera.content'] : undefined;
  if (told !== undefined) return told;
  const read = await readFiles(write.where, state, files);
  const rows = read === undefined ? undefined : selectFiles(read, columnsOf(state), write.columns);
  return (await contentsOf(write, rows)).of(value);
}

async function checkListed(write: Write, staged: string, listed: readonly string[]): Promise<void> {
  if (write.partition === undefined) return;
  const list = listed.map(text).join(', ') || "''";
  const [row] = await write.session.query(
    `select count(*) as rows from ${staged} where coalesce(${write.partition.sql} not in (${list}), true)`,
  );
  const rows = Number(row?.rows ?? 0);
  if (rows > 0) throw new Fault('PARTITION_UNLISTED', { table: write.where.table, rows });
}

/** The plan that makes the listed partitions (default: all) hold the staged rows; PARTITION_UNLISTED for rows outside the list. */
export async function planOverwrite(
  write: Write,
  state: Snapshot,
  staged: string,
  listed: readonly string[] | undefined,
): Promise<Plan> {
  if (listed !== undefined) await checkListed(write, staged, listed);
  const stored = Map.groupBy(state.files.values(), (file) => partitionOf(write, file));
  const contents = await contentsOf(write, { sql: `select * from ${staged}` });
  const touched = new Set(contents.partitions);
  for (const value of listed ?? stored.keys()) touched.add(value);

  const adds: AddFile[] = [];
  const removes: string[] = [];
  let count = 0;
  try {
    for (const value of touched) {
      const before = stored.get(value) ?? [];
      const content = contents.of(value);
      if (content === (await storedContent(write, state, before, value))) continue;
      removes.push(...before.map((file) => file.path));
      const rows = partOf(write, staged, value);
      const add = await writeDataFile(write.where, write.session, rows, write, value, content);
      if (add !== undefined) {
        adds.push(add);
        count += Number(content.split('-')[0]);
      }
    }
  } catch (error) {
    await discardFiles(write.where, adds);
    throw error;
  }
  return { operation: 'WRITE', mode: 'Overwrite', columns: write.columns, adds, removes, rows: count, blind: false };
}

/** The plan that leaves no file of before: rows, columns and partitions are those of the staged rows. */
export async function planReplace(write: Write, state: Snapshot, staged: string): Promise<Plan> {
  const adds = await writeByPartition(write, staged);
  const rows = rowsIn(adds);
  const removes = [...state.files.keys()];
  const { columns } = write;
  return { operation: 'WRITE', mode: 'Overwrite', columns, adds, removes, rows, asDeclared: true, blind: false };
}
