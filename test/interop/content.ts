// One checksum of a table's rows that DuckDB and Spark compute alike: count, and the sum of 60 bits of each row's MD5.

/** Column → canonical DuckDB type. */
export type Types = Readonly<Record<string, string>>;

interface Dialect {
  readonly name: (column: string) => string;
  readonly micros: (sql: string) => string;
  readonly bytes: (sql: string) => string;
  readonly number: (hex: string) => string;
  readonly joined: (array: string) => string;
}
const duck: Dialect = {
  name: (column) => `"${column.replaceAll('"', '""')}"`,
  micros: (sql) => `epoch_us(${sql})`,
  bytes: (sql) => `strlen(${sql})`,
  number: (hex) => `('0x' || ${hex})::UBIGINT::HUGEINT`,
  joined: (array) => `array_to_string(${array}, ',')`,
};
const spark: Dialect = {
  name: (column) => `\`${column.replaceAll('`', '``')}\``,
  micros: (sql) => `unix_micros(${sql})`,
  bytes: (sql) => `octet_length(${sql})`,
  number: (hex) => `cast(conv(${hex}, 16, 10) as decimal(38, 0))`,
  joined: (array) => `array_join(${array}, ',')`,
};

/** A type without a text that both write alike is refused, so that nothing is left out of a comparison unseen. */
function asText({ name, micros, joined }: Dialect, column: string, type: string): string {
  const value = name(column);
  if (type === 'VARCHAR') return value;
  if (type === 'TIMESTAMPTZ') return `cast(${micros(value)} as VARCHAR(20))`;
  if (/^(BIGINT|INTEGER|SMALLINT|TINYINT|DATE|BOOLEAN|DECIMAL\(.*\))$/.test(type))
    return `cast(${value} as VARCHAR(50))`;
  if (/^(BIGINT|INTEGER|VARCHAR)\[\]$/.test(type)) return joined(value);
  throw new TypeError(`no common text for ${column} ${type}`);
}

function checksum(dialect: Dialect, from: string, types: Types): string {
  const parts = Object.entries(types)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([column, type]) => {
      const text = asText(dialect, column, type);
      // With ||, since concat leaves nulls out in one and not in the other. The length keeps ('a', 'bc') and ('ab', 'c') apart, and null from an empty text.
      return `coalesce(cast(${dialect.bytes(text)} as VARCHAR(10)) || ':' || ${text}, '-')`;
    });
  const sum = `sum(${dialect.number(`substr(md5(concat(${parts.join(', ')})), 1, 15)`)})`;
  return `select cast(count(*) as VARCHAR(20)) as n, coalesce(cast(${sum} as VARCHAR(50)), '0') as content from ${from}`;
}

export const duckChecksum = (select: string, types: Types): string => checksum(duck, `(${select})`, types);
export const sparkChecksum = (folder: string, types: Types, version?: number): string =>
  checksum(spark, `delta.\`${folder}\`${version === undefined ? '' : ` version as of ${version}`}`, types);
