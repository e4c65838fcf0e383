// How far each table has been read: for whoever clears away what nobody needs any more.
import type { TenantLake } from '@tessera/lakehouse';
import type { Project } from '../compile/graph.ts';
import { readState } from './ledger.ts';
import { openTables } from './tables.ts';

/** Of each table that models read, the versions that their last builds read: the next ones ask what was added since. */
export async function readPositions(
  lake: TenantLake,
  models: Project,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const tables = openTables(lake, models);
  const positions = new Map<string, number[]>();
  for (const model of models.models) {
    const table = tables.get(model.name);
    const { builtFrom } = table === undefined ? { builtFrom: undefined } : await readState(table);
    for (const [name, version] of Object.entries(builtFrom?.tables ?? {}))
      positions.set(name, [...(positions.get(name) ?? []), version]);
  }
  return positions;
}
