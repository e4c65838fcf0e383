// In charge of a door without a planner: what PostgreSQL answers by itself is answered, every read of a view is refused by the trap in its table.
import { Fault } from '@tessera/base';
import { loadModule, parseSync } from 'libpg-query';
import type { Planned, PlannedStatement, PlanSql } from '../plan/contract.ts';

await loadModule();

/** Statements that change nothing and reach nothing but the catalog. */
const served: ReadonlySet<string> = new Set(['SelectStmt', 'VariableShowStmt', 'TransactionStmt']);

/** SQL_SYNTAX, SQL_STATEMENT_REFUSED. */
export const planCatalogOnly: PlanSql = (sql): Planned => {
  const parsed = read(sql);
  const statements = (parsed.stmts ?? []).map(({ stmt }): PlannedStatement => {
    for (const kind of statementKinds(stmt))
      if (!served.has(kind))
        throw new Fault('SQL_STATEMENT_REFUSED', { statement: kind.replace(/Stmt$/, ''), position: 1 });
    return { kind: 'select', start: 0, end: sql.length, firstRead: 0, readCount: 0 };
  });
  return {
    statements,
    reads: [],
    paramCount: 0,
    probe: undefined,
    edited: false,
    twin: () => ({ text: sql, position: (at) => at }),
  };
};

function read(sql: string): { readonly stmts?: readonly { readonly stmt?: unknown }[] } {
  try {
    return parseSync(sql);
  } catch (error) {
    const { sqlDetails } = error as { sqlDetails?: { message?: string; cursorPosition?: number } };
    throw new Fault('SQL_SYNTAX', {
      problem: sqlDetails?.message ?? 'the statement cannot be read',
      position: (sqlDetails?.cursorPosition ?? 0) + 1,
    });
  }
}

/** Every statement in the tree, nested ones included; a row lock and SELECT INTO count as writing. */
function* statementKinds(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const one of node) yield* statementKinds(one);
  else if (node !== null && typeof node === 'object')
    for (const [key, value] of Object.entries(node)) {
      if (key.endsWith('Stmt')) yield key;
      if (key === 'intoClause' || key === 'lockingClause') yield 'writing select';
      yield* statementKinds(value);
    }
}
