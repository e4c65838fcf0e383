// Tokens of personal data: what a serving copy shows in the place of a value. HMAC-SHA256 under the tenant's mask key, so the same within a tenant and never across.
import { BLOB, blobValue, type DuckDBConnection } from './duckdb.ts';
import { ident, text } from './sql-text.ts';

interface TokenKind {
  readonly prefix: string;
  /** Columns of this kind, by the end of their name. Values of one kind join whatever their column is called. */
  readonly columns: RegExp;
  /** What of a value counts, as SQL; the text given is a value's expression. */
  readonly normal: (value: string) => string;
}

/** The first that fits; the last fits all. An e-mail and a login are one kind, because a login mostly is one. */
const kinds: readonly TokenKind[] = [
  { prefix: 'person', columns: /(^|_)(email|login)$/, normal: (value) => `lower(trim(${value}))` },
  { prefix: 'ip', columns: /(^|_)ip$/, normal: (value) => `lower(trim(${value}))` },
  { prefix: 'serial', columns: /(^|_)serial(_number)?$/, normal: (value) => `upper(trim(${value}))` },
  { prefix: 'device', columns: /^device_name$/, normal: (value) => value },
  { prefix: 'name', columns: /_name$/, normal: (value) => value },
  { prefix: 'pii', columns: /(?:)/, normal: (value) => value },
];
const kindOf = (column: string): TokenKind => kinds.find(({ columns }) => columns.test(column)) as TokenKind;

/** A token's form: its kind, and 64 bits in hex. Two of a million values share one with a chance of 3 in 100 million. */
export const tokenForm = new RegExp(`^(${kinds.map(({ prefix }) => prefix).join('|')})_[0-9a-f]{16}$`);
export const tokenPrefix = (column: string): string => kindOf(column).prefix;
export const tokenColumn = (column: string): string => `${column}_token`;

const blockBytes = 64;
const padded = (key: Uint8Array, pad: number): Uint8Array =>
  Uint8Array.from({ length: blockBytes }, (_, i) => (key[i] ?? 0) ^ pad);

/**
 * Runs `work` on a connection that knows the key. RFC 2104 with both pads made here, as variables of the connection: they are bound, not written, so the key
 * is in no statement, no error and no file, and it is gone afterwards.
 */
export async function withMaskKey<T>(
  connection: DuckDBConnection,
  key: Uint8Array | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return work();
  if (key.length > blockBytes) throw new Error('a mask key has at most 64 bytes');
  try {
    await connection.run('set variable mask_inner = $1', [blobValue(padded(key, 0x36))], [BLOB]);
    await connection.run('set variable mask_outer = $1', [blobValue(padded(key, 0x5c))], [BLOB]);
    return await work();
  } finally {
    await connection.run('reset variable mask_inner');
    await connection.run('reset variable mask_outer');
  }
}

/** The token of a value as SQL, on a connection that knows the key; null stays null. */
export function renderToken(column: string, value: string): string {
  const { prefix, normal } = kindOf(column);
  const message = `encode(${text(`${prefix}|`)} || ${normal(value)})`;
  const inner = `unhex(sha256(getvariable('mask_inner') || ${message}))`;
  return `${text(`${prefix}_`)} || left(sha256(getvariable('mask_outer') || ${inner}), 16)`;
}

/**
 * `select *, email_token from (…)`: each different value is hashed once, which is several times faster than once a row where a few thousand people have
 * hundreds of thousands of events.
 */
export function renderTokenColumns(table: string, columns: readonly string[]): string {
  if (columns.length === 0) return `select * from (${table})`;
  const joins = columns.map((column, i) => {
    const name = ident(column);
    return `left join (select v, ${renderToken(column, 'v')} as token from (select distinct ${name} as v from source where ${name} is not null)) as t${i} on t${i}.v = source.${name}`;
  });
  const tokens = columns.map((column, i) => `t${i}.token as ${ident(tokenColumn(column))}`);
  return `with source as materialized (${table}) select source.*, ${tokens.join(', ')} from source ${joins.join(' ')}`;
}
