// An order-independent checksum of a table's rows: the same for the same rows, in whatever files, on whatever machine.
import type { EngineSession, Rows } from './contract.ts';
import { ident } from './sql-text.ts';

export interface Checksum {
  readonly rows: number;
  /** Sum of the rows' hashes as decimal text. MD5 of the row's JSON text with its columns by name, so it outlives the engine's version. */
  readonly sum: string;
}

/** Reads all rows once. Two tables with equal checksums hold the same rows the same number of times (but for a collision of 64 bits). */
export async function checksumOf(session: EngineSession, rows: Rows): Promise<Checksum> {
  const described = await session.query(`describe select * from (${rows.sql})`);
  const names = described.map((row) => String(row.column_name)).sort();
  const fields = names.map((name) => `${ident(name)} := ${ident(name)}`).join(', ');
  const [found] = await session.query(
    `select count(*) as rows, coalesce(sum(md5_number_lower(to_json(struct_pack(${fields}))::varchar)::hugeint), 0)::varchar as sum from (${rows.sql})`,
  );
  return { rows: Number(found?.rows ?? 0), sum: String(found?.sum ?? '0') };
}
