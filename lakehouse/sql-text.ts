// Quotes names, texts and lists for SQL; the only way in which either enters a statement of this room.
/** `a"b` → `"a""b"` */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `it's` → `'it''s'` */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Names joined by commas, quoted. */
export const idents = (names: readonly string[]): string => names.map(ident).join(', ');

/** Files as DuckDB's list literal. */
export const textList = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
