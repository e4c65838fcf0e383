// The tenant's tables by the names that models use: a model's own, and `<source>__<stream>` of bronze.
import { must } from '@tessera/base';
import { type DeltaTable, parseTableName, type TenantLake } from '@tessera/lakehouse';
import { bronzeColumns, bronzeTables } from '../bronze-columns.ts';
import type { Project } from '../compile/graph.ts';
import { columnTypes, requiredColumns } from './columns.ts';

export function openTables(lake: TenantLake, project: Project): ReadonlyMap<string, DeltaTable> {
  const bronze = bronzeTables.map(
    (name) => [name, lake.table('bronze', must(parseTableName(name)), { columns: bronzeColumns(name) })] as const,
  );
  const built = project.models.map(({ name, layer, meta }) => {
    const options = { columns: columnTypes(meta), notNull: requiredColumns(meta) };
    const table = lake.table(
      layer,
      must(parseTableName(name)),
      meta.partitionBy ? { ...options, partitionBy: meta.partitionBy } : options,
    );
    return [name, table] as const;
  });
  return new Map<string, DeltaTable>([...bronze, ...built]);
}
