// The door of the SQL API: a PostgreSQL that shows each caller the views of the semantic layer that he may see.
export type { Answer, AskOptions, ColumnType, SemanticColumn, SemanticLayer, SemanticView } from './contract.ts';
