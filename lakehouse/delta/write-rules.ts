// What a table asks of whoever writes to it (Delta protocol, writer version 2): tables of other writers may ask for more than ours do.
import { Fault } from '@tessera/base';
import type { Snapshot } from './snapshot.ts';
import type { TableFiles } from './table-files.ts';

interface Field {
  readonly name: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** TABLE_FEATURE for a write that the table forbids (`delta.appendOnly`) or whose rows nobody here could judge (`delta.invariants`). */
export function checkWriteRules(where: TableFiles, { metadata }: Snapshot, rewrites: boolean): void {
  if (metadata === undefined) return;
  if (rewrites && metadata.configuration['delta.appendOnly'] === 'true') {
    throw new Fault('TABLE_FEATURE', { table: where.table, feature: 'a change of rows, although it is append-only' });
  }
  const { fields } = JSON.parse(metadata.schemaString) as { readonly fields: readonly Field[] };
  const judged = fields.find((field) => field.metadata?.['delta.invariants'] !== undefined);
  if (judged !== undefined) {
    throw new Fault('TABLE_FEATURE', { table: where.table, feature: `a write under the invariant of ${judged.name}` });
  }
}
