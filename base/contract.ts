// The contract of a table: key and columns with a version; and what changed between two of them, told apart by whether it breaks those who rely on it.
export interface Contract {
  readonly version: number;
  readonly key: readonly string[];
  /** What one row is, where that is said. */
  readonly grain?: string | undefined;
  /** Column by which what is stored is laid out, where there is one. */
  readonly partition?: string | undefined;
  readonly columns: Readonly<Record<string, { readonly type: string; readonly required?: true | undefined }>>;
}
export interface ContractChange {
  /** In words, with names and types only. */
  readonly what: string;
  readonly breaking: boolean;
}

/**
 * Every difference. A column that came is additive unless it is required; one that went or has another type, a column that may now be missing or must now be
 * there, another key, grain or partition break. A renamed column is one that went and one that came.
 */
export function compareContracts(before: Contract, after: Contract): readonly ContractChange[] {
  const changes: ContractChange[] = [];
  const add = (breaking: boolean, what: string) => void changes.push({ what, breaking });
  if (before.key.join() !== after.key.join())
    add(true, `the key was (${before.key.join(', ')}) and is (${after.key.join(', ')})`);
  if (before.grain !== after.grain) add(true, 'the grain is said in other words');
  if (before.partition !== after.partition)
    add(true, `the partition was ${before.partition ?? 'none'} and is ${after.partition ?? 'none'}`);
  for (const [name, was] of Object.entries(before.columns)) {
    const is = Object.hasOwn(after.columns, name) ? after.columns[name] : undefined;
    if (is === undefined) add(true, `column ${name} is gone`);
    else if (is.type !== was.type) add(true, `column ${name} was ${was.type} and is ${is.type}`);
    else if (was.required && !is.required) add(true, `column ${name} was always there and may now be missing`);
    else if (!was.required && is.required) add(true, `column ${name} could be missing and is now required`);
  }
  for (const [name, { type }] of Object.entries(after.columns))
    if (!Object.hasOwn(before.columns, name)) add(false, `column ${name} (${type}) is new`);
  return changes;
}
