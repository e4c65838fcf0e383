// Rows as a select with declared types, so that a case needs to write only the columns it is about.
export type CaseValue = string | number | boolean | null | readonly unknown[] | object;
export type CaseRow = Readonly<Record<string, CaseValue>>;

/** What a row says where a case does not. */
const defaults: CaseRow = {
  tenant_id: 'acme-corp',
  org_id: 'acme-corp-hq',
  source_system: 'okta',
  ingest_at: '2026-03-30T00:00:00Z',
  _deleted: false,
  _page: 'run-0',
};

/** Rows → select. A column that is not declared is an error of the case. */
export function rowsAsSql(rows: readonly CaseRow[], columns: Readonly<Record<string, string>>): string {
  const names = Object.entries(columns);
  const odd = rows.flatMap((row) => Object.keys(row)).find((name) => !(name in columns));
  if (odd !== undefined) throw new Error(`there is no column '${odd}'; there are ${Object.keys(columns).join(', ')}`);
  const lines = rows.map((row) => {
    // A version's key follows from its id unless the case says otherwise.
    const full: CaseRow = {
      ...defaults,
      ...(typeof row.id === 'string' ? { _key: row.id, _hash: JSON.stringify(row) } : {}),
      ...row,
    };
    return `select ${names.map(([name, type]) => `${literal(full[name] ?? null)}::${type} as "${name}"`).join(', ')}`;
  });
  if (lines.length > 0) return lines.join(' union all ');
  return `select ${names.map(([name, type]) => `null::${type} as "${name}"`).join(', ') || '1 as nothing'} limit 0`;
}

function literal(value: CaseValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `'${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
}
