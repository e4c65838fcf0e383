// What a model's meta file declares: grain, columns, types, keys and a sentence on each. Pure data, safe to import from the semantic layer.
/** DuckDB types that survive Delta protocol 1/2 (no TIMESTAMP without zone, no HUGEINT). */
export type ColumnType = 'VARCHAR' | 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'DATE' | 'TIMESTAMPTZ';

export interface ColumnMeta {
  readonly type: ColumnType;
  readonly about: string;
  /** Absent means NOT NULL. */
  readonly nullable?: true;
  /** Tells a person: the serving copy carries `<column>_token` beside it, which is what callers without the right to it are shown. Text only. */
  readonly pii?: true;
}

/** The column of the serving copy that holds the token of a personal one. */
export const tokenColumn = (column: string): string => `${column}_token`;

export interface TableMeta<Columns extends Record<string, ColumnMeta> = Record<string, ColumnMeta>> {
  readonly name: string;
  /** One sentence: what one row is. */
  readonly grain: string;
  readonly about: string;
  /** Columns that identify a row; unique and not null. */
  readonly key: readonly ((keyof Columns & string) | 'tenant_id')[];
  /** Column by whose month the Delta table is partitioned, for large tables. */
  readonly partitionBy?: keyof Columns & string;
  readonly columns: Columns;
}

/** The four columns that every row of every layer carries. */
export const keyColumns = {
  tenant_id: { type: 'VARCHAR', about: 'Tenant slug.' },
  org_id: { type: 'VARCHAR', about: "The tenant's organisation that the connection belongs to." },
  source_system: { type: 'VARCHAR', about: 'System that the row comes from.' },
  ingest_at: { type: 'TIMESTAMPTZ', about: 'When the newest record behind the row was received.' },
} as const satisfies Record<string, ColumnMeta>;

/** Declares a table; the four key columns are added to what it lists. */
export const tableMeta = <const C extends Record<string, ColumnMeta>>(
  meta: Omit<TableMeta<C>, 'columns'> & { readonly columns: C },
): TableMeta<C & typeof keyColumns> =>
  ({ ...meta, columns: { ...meta.columns, ...keyColumns } }) as TableMeta<C & typeof keyColumns>;
