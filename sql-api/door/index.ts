// The door of the SQL API: a PostgreSQL that shows each caller the views of the semantic layer that he may see.
export type { Answer, AskOptions, ColumnType, SemanticColumn, SemanticLayer, SemanticView } from './contract.ts';
export { createSqlDoor, type SqlDoor, type SqlDoorLimits, type SqlDoorNeeds } from './create-sql-door.ts';
export { type Account, type Accounts, accountPrefix, openAccounts } from './login/accounts.ts';
export { planSql } from './plan/plan-sql.ts';
export type { Admit } from './session/statement.ts';
