// Query results as columns: the one shape that the wrappers and the serialiser share.
/** A database value as a driver gives it. */
export type Cell = unknown;
export type Rows = readonly Readonly<Record<string, Cell>>[];

export interface Table {
  /** Column aliases in the order of the database. */
  readonly members: readonly string[];
  readonly columns: readonly (readonly Cell[])[];
}

/** Columns are those of the first row, as in Cube's own: drivers return homogeneous rows. */
export function rowsToColumnar(rows: Rows): Table {
  const members = Object.keys(rows[0] ?? {});
  return { members, columns: members.map((name) => rows.map((row) => row[name] ?? null)) };
}

/** Raw data crosses Cube's seam as a Buffer of JSON; a bigint would make JSON.stringify throw, so it travels as its digits. */
export const tableToBuffer = (table: Table): Buffer =>
  Buffer.from(JSON.stringify(table, (_, value) => (typeof value === 'bigint' ? String(value) : value)));

export const tableFromBuffer = (raw: Uint8Array): Table => JSON.parse(Buffer.from(raw).toString('utf8')) as Table;
