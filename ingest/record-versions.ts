// Finds what a vendor said of one record, whole: bronze knows the page of each version, and the page is in raw.
import { Fault, type SourceName } from '@tessera/base';
import type { Engine, EngineSession, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import { bronzeTable } from './bronze-table.ts';
import type { StreamFacts } from './define-connector.ts';
import { loadBatch } from './load-batch.ts';
import { pageReference } from './page-note.ts';
import { sqlText } from './record-sql.ts';

export interface RecordVersion {
  readonly receivedAt: string;
  /** `<run>-<page>` of the raw page. */
  readonly page: string;
  readonly deleted: boolean;
  /** Its JSON as the vendor sent it; where records are cut out of an enclosing object, 1.10 is written 1.1. Null for a deletion that nobody told: the page is the end of the listing that lacks it. */
  readonly record: string | null;
}

/**
 * All versions of a key that bronze has, oldest first; of an event the one. A key of several columns is joined by `|`.
 * RECORD_NOT_STAGED where there is none, OBJECT_MISSING and RAW_PAGE_CORRUPT where raw no longer has what bronze came from.
 */
export async function findRecordVersions(
  { lake, engine }: { readonly lake: TenantLake; readonly engine: Engine },
  source: SourceName,
  stream: StreamFacts,
  key: string,
): Promise<readonly RecordVersion[]> {
  const { sql } = await bronzeTable(lake, source, stream).scan();
  const found = await engine.query(
    `select _page, _deleted, ingest_at, org_id from (${sql}) where _key = ${sqlText(key)} order by ingest_at, _page`,
  );
  if (found.length === 0)
    throw new Fault('RECORD_NOT_STAGED', { tenant: lake.tenant, source, stream: stream.name, length: key.length });
  const versions: RecordVersion[] = [];
  for (const row of found) {
    const [page, at] = [String(row._page), new Date(String(row.ingest_at))];
    const pages = await lake.raw.list(source, stream.name, page.replace(/-\d+$/, ''), at);
    const entry = pages.find((candidate) => pageReference(candidate) === page);
    if (entry === undefined) throw new Fault('OBJECT_MISSING', { key: `${source}/${stream.name}/${page}` });
    const facts = { tenant: lake.tenant, orgId: String(row.org_id), source, owner: undefined };
    const record = await engine.session((session) => readRecord(session, stream, { entry, lake, facts }, key));
    versions.push({ receivedAt: at.toISOString(), page, deleted: row._deleted === true, record });
  }
  return versions;
}

async function readRecord(
  session: EngineSession,
  stream: StreamFacts,
  { entry, ...about }: { readonly entry: RawPageEntry } & Parameters<typeof loadBatch>[3],
  key: string,
): Promise<string | null> {
  const { unreadable } = await loadBatch(session, stream, [entry], about);
  if (unreadable.length > 0) throw new Fault('RAW_PAGE_CORRUPT', { key: entry.key });
  // What a page says of a key last is what counts of it.
  const [row] = await session.query(
    `select last(_record order by rowid) as record from batch_rows where _key = ${sqlText(key)} and _problem is null`,
  );
  return row?.record == null ? null : String(row.record);
}
