// Renders the SQL of one batch: typed rows with their problems, and which of them bronze does not have yet. Tables are the session's own temp tables.
import type { StreamFacts } from './define-connector.ts';
import { pathsOf, renderCast, renderProblem, renderTexts, sqlName, sqlText } from './record-sql.ts';

export interface BatchFacts {
  readonly tenant: string;
  readonly orgId: string;
  readonly source: string;
}

/**
 * A select of every record of the batch, good or bad: bronze columns plus `_problem` (why it goes to quarantine) and `_misfit` (paths of optional values that do not fit their column).
 * `records` is from page-sql.ts; the temp table batch_pages (path, reference, received_at, parent) says where a file belongs.
 */
export function renderRows(stream: StreamFacts, records: string, facts: BatchFacts): string {
  const carried = Object.keys(stream.nested?.carry ?? {});
  const texts = renderTexts(stream, records, ['filename', ...carried.map((name) => sqlName(`carried_${name}`))]);
  const deleted =
    stream.deletedBy === undefined ? 'false' : `json_extract(record, ${sqlText(stream.deletedBy)}) is not null`;
  const given = new Map<string, string>(carried.map((name) => [name, `texts.${sqlName(`carried_${name}`)}`]));
  if (stream.parent !== undefined && !given.has(stream.parent.column)) given.set(stream.parent.column, 'pages.parent');
  const given1 = [...given].map(([name, from]) =>
    stream.columns[name] === undefined
      ? `${from} as ${sqlName(name)}`
      : `coalesce(${from}, texts.${sqlName(name)}) as ${sqlName(name)}`,
  );
  const withGiven = `select texts.* ${
    given1.length === 0
      ? ''
      : `exclude (${
          [...given.keys()]
            .filter((name) => stream.columns[name] !== undefined)
            .map(sqlName)
            .join(', ') || 'filename'
        })`
  }
  ${given1.length === 0 ? '' : `, ${given1.join(', ')}`}, ${deleted} as _deleted, pages.reference as _page, pages.received_at as ingest_at, pages.parent as _parent
from (${texts}) as texts join batch_pages as pages on pages.path = texts.filename`;

  const typed = Object.entries(stream.columns).map(
    ([name, column]) => `${renderCast(column, `texts.${sqlName(name)}`)} as ${sqlName(name)}`,
  );
  const extra = [...given.keys()]
    .filter((name) => stream.columns[name] === undefined)
    .map((name) => `texts.${sqlName(name)}`);
  const misfits = Object.entries(stream.columns)
    .filter(([, { type, required }]) => type !== 'VARCHAR' && type !== 'JSON' && required === undefined)
    .map(([name, column]) => {
      const text = `texts.${sqlName(name)}`;
      return `case when ${text} is not null and ${renderCast(column, text)} is null then ${sqlText(`${pathsOf(column).join(' or ')} is not a ${column.type}`)} end`;
    });
  return `select ${[...extra, ...typed].join(', ')},
  texts.record as _record, concat_ws('|', ${stream.primaryKey.map((name) => `texts.${sqlName(name)}`).join(', ')}) as _key,
  case when texts._deleted then 'deleted' else md5(texts.record) end as _hash, texts._deleted, texts._page,
  ${sqlText(facts.tenant)} as tenant_id, ${sqlText(facts.orgId)} as org_id, ${sqlText(facts.source)} as source_system, texts.ingest_at, texts._parent,
  ${renderProblem(stream)} as _problem, ${misfits.length === 0 ? 'cast(null as VARCHAR)' : `nullif(concat_ws('; ', ${misfits.join(', ')}), '')`} as _misfit
from (${withGiven}) as texts`;
}

const names = (columns: readonly string[], from: string) =>
  columns.map((name) => `${from}.${sqlName(name)}`).join(', ');

/** Last row of each key in batch_rows, in the order in which the vendor sent them. */
const lastOfBatch = `select arg_max(rowid, (_page, rowid)) as at from batch_rows where _problem is null group by _key`;

/**
 * New events. A duplicate carries the same instant as the first copy, so only bronze rows between the batch's oldest and newest instant are compared, which reads few files of a long history.
 */
export function renderNewEvents(
  stream: StreamFacts,
  columns: readonly string[],
  known: string | undefined,
  span: { readonly from: string; readonly to: string } | undefined,
): string {
  const within =
    stream.occurredAt === undefined || span === undefined
      ? 'true'
      : `${sqlName(stream.occurredAt)} between ${sqlText(span.from)}::TIMESTAMPTZ and ${sqlText(span.to)}::TIMESTAMPTZ`;
  const anti = known === undefined ? '' : `and _key not in (select _key from (${known}) where ${within})`;
  return `select ${names(columns, 'batch_rows')} from batch_rows
where rowid in (select min(rowid) from batch_rows where _problem is null group by _key) ${anti}`;
}

/** Newest version of each key in bronze, without its columns. */
const newestKnown = (known: string, where: string) => `select _key,
  arg_max(_hash, (ingest_at, _page)) as hash, arg_max(_page, (ingest_at, _page)) as page, arg_max(_deleted, (ingest_at, _page)) as gone
from (${known}) ${where} group by _key`;

/** Versions that differ from the newest that bronze has; a deletion of something unknown is nothing. */
export function renderNewVersions(columns: readonly string[], known: string | undefined): string {
  const last = `select ${names(columns, 'batch_rows')} from batch_rows where rowid in (${lastOfBatch})`;
  if (known === undefined) return `select * from (${last}) where not _deleted`;
  return `select ${names(columns, 'last')} from (${last}) as last
left join (${newestKnown(known, 'where _key in (select _key from batch_rows)')}) as newest using (_key)
where newest.hash is distinct from last._hash and not (last._deleted and coalesce(newest.gone, true))`;
}

/** Versions that say "gone", for keys that a complete listing has no more; with `parentColumn` only under the parents that were listed. */
export function renderGone(
  columns: readonly string[],
  known: string,
  at: { readonly page: string; readonly receivedAt: string },
  parentColumn: string | undefined,
): string {
  const scope =
    parentColumn === undefined
      ? ''
      : `where ${sqlName(parentColumn)} in (select parent from batch_pages where parent is not null)`;
  const replaced: Record<string, string> = {
    _deleted: 'true',
    _hash: "'deleted'",
    _page: sqlText(at.page),
    ingest_at: `${sqlText(at.receivedAt)}::TIMESTAMPTZ`,
  };
  const select = columns.map((name) =>
    replaced[name] === undefined ? `b.${sqlName(name)}` : `${replaced[name]} as ${sqlName(name)}`,
  );
  return `select ${select.join(', ')} from (${known}) as b
join (select _key, page from (${newestKnown(known, scope)}) where not gone and _key not in (select _key from batch_rows where _key is not null)) as newest
  on b._key = newest._key and b._page = newest.page`;
}
