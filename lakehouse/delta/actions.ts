// The lines of a Delta commit as types, and their text (Delta protocol, "Actions").
import { Fault } from '@tessera/base';

export interface AddFile {
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON text of FileStats. */
  readonly stats?: string | null;
  readonly tags?: Readonly<Record<string, string>> | null;
}
export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp?: number;
  readonly dataChange: boolean;
}
export interface Metadata {
  readonly id: string;
  readonly format: { readonly provider: string; readonly options?: Readonly<Record<string, string>> | null };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime?: number | null;
}
export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
}
export interface Transaction {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number | null;
}
export interface CommitInfo {
  readonly timestamp: number;
  readonly operation: string;
  readonly operationParameters?: Readonly<Record<string, string>>;
  readonly engineInfo?: string;
  readonly txnId?: string;
  /** Run that wrote it. */
  readonly userMetadata?: string;
  /** Number of lines of the commit: finds a file cut off between two lines. */
  readonly lines?: number;
}
export interface Action {
  readonly add?: AddFile | null;
  readonly remove?: RemoveFile | null;
  readonly metaData?: Metadata | null;
  readonly protocol?: Protocol | null;
  readonly txn?: Transaction | null;
  readonly commitInfo?: CommitInfo | null;
}

export const renderCommit = (actions: readonly Action[]): Uint8Array =>
  new TextEncoder().encode(`${actions.map((action) => JSON.stringify(action)).join('\n')}\n`);

/** The actions of one commit's text, or TABLE_LOG_BROKEN. */
export function parseCommit(body: Uint8Array, table: string, version: number): readonly Action[] {
  const lines = new TextDecoder().decode(body).split('\n').filter(Boolean);
  const actions = lines.map((line, i): Action => {
    try {
      return JSON.parse(line) as Action;
    } catch (cause) {
      throw new Fault('TABLE_LOG_BROKEN', { table, version, problem: `line ${i + 1} is not JSON` }, { cause });
    }
  });
  if (actions.length === 0) throw new Fault('TABLE_LOG_BROKEN', { table, version, problem: 'the commit is empty' });
  const want = actions.find((action) => action.commitInfo)?.commitInfo?.lines;
  if (want !== undefined && want !== actions.length) {
    const problem = `the commit has ${actions.length} lines of ${want}`;
    throw new Fault('TABLE_LOG_BROKEN', { table, version, problem });
  }
  return actions;
}
