// An object store that does something terrible at one of its writes: the process is killed, or the write fails.
import type { ObjectStore } from '@tessera/lakehouse';

export type Operation = 'put' | 'putIfAbsent' | 'putFile' | 'delete';
export interface StoreWrite {
  /** Counted from 1. */
  readonly call: number;
  readonly operation: Operation;
  readonly key: string;
}
export interface Meddler {
  /** Before the write; what it throws is the write's failure. */
  before?(write: StoreWrite): void;
  /** While it is being written. */
  during?(write: StoreWrite): void;
  /** After it is durable, before anybody knows. */
  after?(write: StoreWrite): void;
}

/** The store, with `meddler` told of every write. */
export function meddledStore(store: ObjectStore, meddler: Meddler): ObjectStore {
  let calls = 0;
  const write = async <T>(operation: Operation, key: string, work: () => Promise<T>): Promise<T> => {
    const about = { call: ++calls, operation, key };
    meddler.before?.(about);
    const working = work();
    meddler.during?.(about);
    const done = await working;
    meddler.after?.(about);
    return done;
  };
  return {
    ...store,
    put: (key, body) => write('put', key, () => store.put(key, body)),
    putIfAbsent: (key, body) => write('putIfAbsent', key, () => store.putIfAbsent(key, body)),
    putFile: (key, path) => write('putFile', key, () => store.putFile(key, path)),
    delete: (key) => write('delete', key, () => store.delete(key)),
  };
}

/** What a key is, for figures: `bronze log`, `gold parquet`, `raw page`, `release`, … */
export function kindOf(key: string): string {
  const [, area = '', ...rest] = key.split('/');
  const name = rest.at(-1) ?? '';
  if (/^(bronze|silver|gold)$/.test(area))
    return `${area} ${key.includes('_delta_log') ? (name.includes('checkpoint') ? 'checkpoint' : 'log') : 'parquet'}`;
  if (area === 'raw')
    return rest.includes('parts') ? 'raw part' : name.endsWith('.meta.json') ? 'raw note' : 'raw page';
  return area;
}
