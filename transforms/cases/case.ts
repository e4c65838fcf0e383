// What a case file declares: rows upstream, and the rows that the model must make of them.
import type { TransformVars } from '../compile/vars.ts';
import type { CaseRow } from './rows-as-sql.ts';

export interface ModelCase {
  /** Rows by table: a model's name, or `<source>__<stream>`. Columns left out are null; the key columns and _deleted have defaults. */
  readonly given: Readonly<Record<string, readonly CaseRow[]>>;
  readonly vars?: Partial<TransformVars>;
  /** All rows that come out, in any order; only the columns written here are compared. */
  readonly expect: readonly CaseRow[];
}

/** Cases of one model, by sentences that name the edge that each is about. */
export const modelCases = (cases: Readonly<Record<string, ModelCase>>) => cases;
export type ModelCases = ReturnType<typeof modelCases>;
