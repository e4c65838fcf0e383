// The lines of a Delta commit as types, and their text (Delta protocol, "Actions").
import { crc32 } from 'node:zlib';
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
  /** CRC-32 over the commit's text: a bit that has turned in a count or a bound would else be believed. */
  readonly checksum?: string;
}
export interface Action {
  readonly add?: AddFile | null;
  readonly remove?: RemoveFile | null;
  readonly metaData?: Metadata | null;
  readonly protocol?: Protocol | null;
  readonly txn?: Transaction | null;
  readonly commitInfo?: CommitInfo | null;
}

/** Says of a commit that it must have a checksum; of this room's own ones only. */
export const checkedEngine = 'tessera/2';

const noChecksum = '"checksum":"00000000"';
const checksumOf = (text: string): string => `"checksum":"${crc32(text).toString(16).padStart(8, '0')}"`;

/** A commit's text; where its first action is commitInfo, with a checksum in it. */
export function renderCommit(actions: readonly Action[]): Uint8Array {
  const checked = actions.map(({ commitInfo, ...action }) =>
    commitInfo ? { commitInfo: { ...commitInfo, checksum: '00000000' } } : action,
  );
  const text = `${checked.map((action) => JSON.stringify(action)).join('\n')}\n`;
  return new TextEncoder().encode(text.replace(noChecksum, checksumOf(text)));
}

/** Looked for in the text itself: a key may be what is damaged. */
function isDamaged(text: string): boolean {
  const [found] = /"checksum":"[0-9a-f]{8}"/.exec(text.slice(0, text.indexOf('\n'))) ?? [];
  if (found === undefined) return text.includes(`"engineInfo":"${checkedEngine}"`);
  return checksumOf(text.replace(found, noChecksum)) !== found;
}

/** The actions of one commit's text, or TABLE_LOG_BROKEN. */
export function parseCommit(body: Uint8Array, table: string, version: number): readonly Action[] {
  const text = new TextDecoder().decode(body);
  const lines = text.split('\n').filter(Boolean);
  const actions = lines.map((line, i): Action => {
    try {
      return JSON.parse(line) as Action;
    } catch (cause) {
      throw new Fault('TABLE_LOG_BROKEN', { table, version, problem: `line ${i + 1} is not JSON` }, { cause });
    }
  });
  if (actions.length === 0) throw new Fault('TABLE_LOG_BROKEN', { table, version, problem: 'the commit is empty' });
  if (isDamaged(text))
    throw new Fault('TABLE_LOG_BROKEN', { table, version, problem: 'the commit is not as it was written' });
  const want = actions.find((action) => action.commitInfo)?.commitInfo?.lines;
  if (want !== undefined && want !== actions.length) {
    const problem = `the commit has ${actions.length} lines of ${want}`;
    throw new Fault('TABLE_LOG_BROKEN', { table, version, problem });
  }
  return actions;
}
