// A stream's bronze table: its columns, and what its properties remember (cursor, versions of the parents' tables, freshness).
import type { Contract, SourceName } from '@tessera/base';
import { bronzeName, type DeltaTable, type TenantLake } from '@tessera/lakehouse';
import { z } from 'zod';
import type { StreamFacts } from './define-connector.ts';
import { contractText } from './stream-contract.ts';

/** Columns that every bronze row has besides those of its stream. `_page` is the raw page that has the whole record (record-versions.ts), and sorts by time among rows received at the same instant. */
const ownColumns = {
  _key: 'VARCHAR',
  _hash: 'VARCHAR',
  _deleted: 'BOOLEAN',
  _page: 'VARCHAR',
  tenant_id: 'VARCHAR',
  org_id: 'VARCHAR',
  source_system: 'VARCHAR',
  ingest_at: 'TIMESTAMPTZ',
} as const;

/** All columns in order; JSON is kept as text. */
export function bronzeColumns(stream: StreamFacts): Readonly<Record<string, string>> {
  const carried = Object.keys(stream.nested?.carry ?? {});
  const added = [...carried, ...(stream.parent?.column === undefined ? [] : [stream.parent.column])];
  return {
    ...Object.fromEntries(added.map((name) => [name, 'VARCHAR'])),
    ...Object.fromEntries(
      Object.entries(stream.columns).map(([name, { type }]) => [name, type === 'JSON' ? 'VARCHAR' : type]),
    ),
    ...ownColumns,
  };
}

/** The table, whether it exists yet or not. */
export const bronzeTable = (lake: TenantLake, source: SourceName, stream: StreamFacts): DeltaTable =>
  lake.table('bronze', bronzeName(source, stream.name), {
    columns: bronzeColumns(stream),
    notNull: ['_key', '_hash', '_deleted', 'tenant_id', 'org_id', 'source_system', 'ingest_at'],
  });

const json = z.string().transform((text): unknown => JSON.parse(text));
const properties = z.object({
  'tessera.batch': z.coerce.number().int().default(0),
  'tessera.cursor': json.optional(),
  'tessera.listing': z.string().optional(),
  'tessera.contract': contractText.optional(),
  'tessera.parents': json.pipe(z.record(z.string(), z.number().int())).default({}),
  'tessera.newestOccurredAt': z.string().optional(),
  'tessera.newestIngestAt': z.string().optional(),
});

export interface BronzeState {
  readonly version: number;
  /** Number of the last batch: the txn version of its commit. */
  readonly batch: number;
  /** Cursor of the last staged page. */
  readonly cursor: unknown;
  /** Hash over the pages of the last staged listing. */
  readonly listing: string | undefined;
  /** Key and columns of the last commit. */
  readonly contract: Contract | undefined;
  /** Versions of other streams' tables up to which parents were asked for. */
  readonly parents: Readonly<Record<string, number>>;
  readonly newestOccurredAt: string | undefined;
  readonly newestIngestAt: string | undefined;
}

/** What the table remembers. */
export async function readBronzeState(table: DeltaTable): Promise<BronzeState> {
  const { version, properties: kept } = await table.state();
  const read = properties.parse(version < 0 ? {} : kept);
  return {
    version,
    batch: read['tessera.batch'],
    cursor: read['tessera.cursor'] ?? undefined,
    listing: read['tessera.listing'],
    contract: read['tessera.contract'],
    parents: read['tessera.parents'],
    newestOccurredAt: read['tessera.newestOccurredAt'],
    newestIngestAt: read['tessera.newestIngestAt'],
  };
}

export interface BronzeMemory extends Omit<BronzeState, 'version'> {}

/** The state as properties of the commit that makes it true. */
export function renderBronzeState(state: BronzeMemory): Record<string, string> {
  const { batch, cursor, listing, contract, parents, newestOccurredAt, newestIngestAt } = state;
  return {
    'tessera.batch': String(batch),
    'tessera.parents': JSON.stringify(parents),
    ...(cursor === undefined ? {} : { 'tessera.cursor': JSON.stringify(cursor) }),
    ...(contract === undefined ? {} : { 'tessera.contract': JSON.stringify(contract) }),
    ...(listing === undefined ? {} : { 'tessera.listing': listing }),
    ...(newestOccurredAt === undefined ? {} : { 'tessera.newestOccurredAt': newestOccurredAt }),
    ...(newestIngestAt === undefined ? {} : { 'tessera.newestIngestAt': newestIngestAt }),
  };
}
