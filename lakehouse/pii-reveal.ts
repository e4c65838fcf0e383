// The way back from tokens to values, for those who may: looked up in the tenant's own serving copy, by the kind that a token names.
import { Fault, type Tenant } from '@tessera/base';
import type { Serving } from './contract.ts';
import { tokenColumn, tokenForm, tokenPrefix } from './pii-tokens.ts';
import type { ServedTables } from './serving-file.ts';
import { ident } from './sql-text.ts';

export interface RevealedToken {
  readonly token: string;
  readonly value: string;
}

/**
 * What stands behind the tokens, in order of token; a value spelled in several ways is there in each. A token of another tenant, an unknown one and one that
 * is gone are absent alike. QUERY_REFUSED for what is no token at all.
 */
export async function revealTokens(
  serving: Pick<Serving, 'query'>,
  tables: ServedTables,
  tenant: Tenant,
  tokens: readonly string[],
): Promise<readonly RevealedToken[]> {
  if (!tokens.every((token) => tokenForm.test(token))) throw new Fault('QUERY_REFUSED', { kind: 'no token' });
  const wanted = new Set(tokens.map((token) => token.slice(0, token.lastIndexOf('_'))));
  const places = Object.entries(tables).flatMap(([table, { pii = [] }]) =>
    pii.filter((column) => wanted.has(tokenPrefix(column))).map((column) => [ident(table), column] as const),
  );
  if (places.length === 0) return [];
  const marks = tokens.map((_, i) => `$${i + 1}`).join(', ');
  const selects = places.map(
    ([table, column]) =>
      `select ${ident(tokenColumn(column))} as token, ${ident(column)} as value from ${table} where ${ident(tokenColumn(column))} in (${marks})`,
  );
  const rows = await serving.query(tenant, `${selects.join(' union ')} order by all`, { params: tokens });
  return rows.map(({ token, value }) => ({ token: String(token), value: String(value) }));
}
