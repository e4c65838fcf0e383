// Which DuckDB types a Delta table of protocol 1/2 can hold, and what Delta calls them.
/** Delta's name of a type: text for plain ones, a record for nested ones. */
export type DeltaType = string | Readonly<Record<string, unknown>>;

const plain: Readonly<Record<string, string>> = {
  BIGINT: 'long',
  INTEGER: 'integer',
  SMALLINT: 'short',
  TINYINT: 'byte',
  VARCHAR: 'string',
  DOUBLE: 'double',
  FLOAT: 'float',
  BOOLEAN: 'boolean',
  DATE: 'date',
  // A TIMESTAMP without zone is timestamp_ntz, a table feature of protocol 3/7, and therefore not in this table.
  TIMESTAMPTZ: 'timestamp',
  BLOB: 'binary',
};
const plainBack: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(plain).map(([k, v]) => [v, k]));
const aliases: Readonly<Record<string, string>> = {
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ',
  JSON: 'VARCHAR',
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  INT8: 'BIGINT',
  LONG: 'BIGINT',
  BOOL: 'BOOLEAN',
  FLOAT8: 'DOUBLE',
};

/** One spelling for each type: `TIMESTAMP WITH TIME ZONE` → `TIMESTAMPTZ`, `JSON` → `VARCHAR`. */
export function canonicalType(type: string): string {
  const upper = type.trim();
  if (upper.endsWith('[]')) return `${canonicalType(upper.slice(0, -2))}[]`;
  return aliases[upper.toUpperCase()] ?? (upper.startsWith('STRUCT') ? upper : upper.toUpperCase().replaceAll(' ', ''));
}

/** DuckDB's type → Delta's, undefined where Delta 1/2 has none (HUGEINT, TIMESTAMP, STRUCT, …). */
export function deltaType(type: string): DeltaType | undefined {
  const canonical = canonicalType(type);
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(canonical);
  if (decimal) return `decimal(${decimal[1]},${decimal[2]})`;
  if (canonical.endsWith('[]')) {
    const elementType = deltaType(canonical.slice(0, -2));
    return elementType === undefined ? undefined : { type: 'array', elementType, containsNull: true };
  }
  return plain[canonical];
}

/** Delta's type → DuckDB's; also the nested ones that other writers may have written. */
export function duckType(type: DeltaType): string {
  if (typeof type === 'string') return plainBack[type] ?? type.toUpperCase();
  if (type.type === 'array') return `${duckType(type.elementType as DeltaType)}[]`;
  if (type.type === 'map')
    return `MAP(${duckType(type.keyType as DeltaType)}, ${duckType(type.valueType as DeltaType)})`;
  const fields = type.fields as readonly { readonly name: string; readonly type: DeltaType }[];
  return `STRUCT(${fields.map((f) => `"${f.name.replaceAll('"', '""')}" ${duckType(f.type)}`).join(', ')})`;
}

/** Casts that lose nothing, so that a select need not spell them: from → to. */
const widens: Readonly<Record<string, readonly string[]>> = {
  TINYINT: ['SMALLINT', 'INTEGER', 'BIGINT', 'DOUBLE'],
  UTINYINT: ['SMALLINT', 'INTEGER', 'BIGINT', 'DOUBLE'],
  SMALLINT: ['INTEGER', 'BIGINT', 'DOUBLE'],
  USMALLINT: ['INTEGER', 'BIGINT', 'DOUBLE'],
  INTEGER: ['BIGINT', 'DOUBLE'],
  UINTEGER: ['BIGINT', 'DOUBLE'],
  FLOAT: ['DOUBLE'],
};

/** True where a value of type `from` becomes `to` without loss. A literal NULL becomes anything. */
export function fitsInto(from: string, to: string): boolean {
  const [a, b] = [canonicalType(from), canonicalType(to)];
  return (
    a === b ||
    a === '"NULL"' ||
    a === 'NULL' ||
    (a.startsWith('ENUM(') === true && b === 'VARCHAR') ||
    (widens[a]?.includes(b) ?? false)
  );
}
