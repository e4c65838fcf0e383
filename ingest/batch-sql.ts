// Renders the SQL of one batch: typed rows with their problems, and which of them bronze does not have yet. Tables are the session's own temp tables.
import type { StreamFacts } from './define-connector.ts';
import { halfReason } from './half-characters.ts';
import { renderMisfit, renderProblem, renderTexts, renderValues, sqlName, sqlText, textName } from './record-sql.ts';

export interface BatchFacts {
  readonly tenant: string;
  readonly orgId: string;
  readonly source: string;
  /** Whose records these are, where the connection says so and the stream tells. */
  readonly owner: string | undefined;
  /** Stands in the place of half a character, where pages held any (half-characters.ts). */
  readonly marker?: string | undefined;
  /** Of the good records one in so many is kept whole (default: all). */
  readonly wholeOneIn?: number | undefined;
}

/**
 * A select of every record of the batch, good or bad: bronze columns plus `_problem` (why it goes to quarantine), `_misfit` (paths of optional values that do not fit their column)
 * and `_record`, the whole record where it is bad or in the sample.
 * `records` is from page-sql.ts; the temp table batch_pages (path, reference, received_at, parent) says where a file belongs.
 */
export function renderRows(stream: StreamFacts, records: string, facts: BatchFacts): string {
  const columns = Object.entries(stream.columns);
  const given = givenColumns(stream);
  const carried = Object.keys(stream.nested?.carry ?? {}).map((name) => sqlName(`carried_${name}`));
  const texts = columns.map(([name, column]) => {
    const from = given.get(name);
    const text = textName(name, column);
    return `${from === undefined ? `texts.${text}` : `coalesce(${from}, texts.${text})`} as ${text}`;
  });
  const extra = [...given].filter(([name]) => stream.columns[name] === undefined);
  const deleted =
    stream.deletedBy === undefined ? 'false' : `json_extract(record, ${sqlText(stream.deletedBy)}) is not null`;
  const placed = `select record, ${[...texts, ...extra.map(([name, from]) => `${from} as ${sqlName(name)}`)].join(', ')},
  ${deleted} as _deleted, pages.reference as _page, pages.received_at as ingest_at
from (${renderTexts(stream, records, ['filename', ...carried])}) as texts join batch_pages as pages on pages.path = texts.filename`;

  const key = renderKey(stream, facts.marker);
  // Versions are compared by content; of an event only the key counts.
  const content = stream.mode === 'events' ? "'event'" : 'md5(record)';
  const typed = `select ${[...extra, ...columns].map(([name]) => sqlName(name)).join(', ')},
  record, ${key} as _key, case when _deleted then 'deleted' else ${content} end as _hash, _deleted, _page,
  ${sqlText(facts.tenant)} as tenant_id, ${sqlText(facts.orgId)} as org_id, ${sqlText(facts.source)} as source_system, ingest_at,
  coalesce(${renderProblem(stream, renderHalves(stream, facts.marker))}, ${renderForeign(stream, facts.owner)}) as _unusable, ${renderMisfit(stream)} as _misfit
from (${renderValues(stream, placed)})`;
  return `select * exclude (record, _unusable), case when _problem is not null or ${inSample(facts.wholeOneIn ?? 1)} then record end as _record
from (select *, coalesce(_unusable, _misfit) as _problem from (${typed}))`;
}

/** One in so many records; those of another page are others, so that each is looked at some day. */
export const inSample = (oneIn: number): string => (oneIn === 1 ? 'true' : `hash(_key, _page) % ${oneIn} = 0`);

const textOf = (stream: StreamFacts, name: string) => {
  const column = stream.columns[name];
  return column === undefined ? sqlName(name) : textName(name, column);
};
const keyTexts = (stream: StreamFacts) => stream.primaryKey.map((name) => textOf(stream, name)).join(" || '|' || ");

/** A key with half a character names nothing: a listing that has one cannot tell who is gone. */
const renderKey = (stream: StreamFacts, marker: string | undefined) =>
  marker === undefined
    ? keyTexts(stream)
    : `case when not contains(${keyTexts(stream)}, ${sqlText(marker)}) then ${keyTexts(stream)} end`;

/** Halves may be in the record, or in what its page's group gives it. */
function renderHalves(stream: StreamFacts, marker: string | undefined): readonly string[] {
  if (marker === undefined) return [];
  const places = ['record', ...[...givenColumns(stream).keys()].map((name) => textOf(stream, name))];
  return [
    `when ${places.map((text) => `contains(${text}, ${sqlText(marker)})`).join(' or ')} then ${sqlText(halfReason)}`,
  ];
}

export const foreignReason = 'the record is of another organisation';

/** A record that says it is of somebody else; one that says nothing is not judged. */
function renderForeign({ ownedBy }: StreamFacts, owner: string | undefined): string {
  if (ownedBy === undefined || owner === undefined) return 'cast(null as VARCHAR)';
  const told = `json_extract_string(record, ${sqlText(ownedBy.path)})`;
  return `case when ${told} <> ${sqlText(owner)} then ${sqlText(foreignReason)} end`;
}

/** Columns whose value comes with the page or the group, not from the record. */
function givenColumns(stream: StreamFacts): ReadonlyMap<string, string> {
  const given = new Map(
    Object.keys(stream.nested?.carry ?? {}).map((name) => [name, `texts.${sqlName(`carried_${name}`)}`]),
  );
  const parent = stream.parent?.column;
  if (parent !== undefined && !given.has(parent)) given.set(parent, 'pages.parent');
  return given;
}

/**
 * Places in batch_rows (`place`) of new events. A duplicate carries the same instant as the first copy, so only bronze rows between the batch's oldest and newest instant are compared,
 * which reads few files of a long history.
 */
export function renderNewEvents(
  stream: StreamFacts,
  known: string | undefined,
  span: { readonly from: string; readonly to: string } | undefined,
): string {
  const within =
    stream.occurredAt === undefined || span === undefined
      ? 'true'
      : `${sqlName(stream.occurredAt)} between ${sqlText(span.from)}::TIMESTAMPTZ and ${sqlText(span.to)}::TIMESTAMPTZ`;
  const anti = known === undefined ? '' : `and _key not in (select _key from (${known}) where ${within})`;
  return `select min(rowid) as place from batch_rows where _problem is null ${anti} group by _key`;
}

/** Newest version of each key in bronze, without its columns. */
export const renderNewest = (known: string, where = ''): string =>
  `select _key, unnest(arg_max(struct_pack(hash := _hash, page := _page, gone := _deleted), (ingest_at, _page)))
from (${known}) ${where} group by _key`;
export const ofBatch = 'where _key in (select _key from batch_rows)';
/** Of the keys under the parents that were listed. */
export const ofParents = (column: string): string =>
  `where ${sqlName(column)} in (select parent from batch_pages where parent is not null)`;

/** Places of versions that differ from the newest that bronze has (a select of renderNewest): the last of each key, in the order in which the vendor sent them. A deletion of something unknown is nothing. */
export function renderNewVersions(known: string | undefined, newest: string, mended = false): string {
  const last = `select arg_max(rowid, (_page, rowid)) as place, arg_max(_hash, (_page, rowid)) as _hash,
  arg_max(_deleted, (_page, rowid)) as _deleted, _key from batch_rows where _problem is null group by _key`;
  if (known === undefined) return `select place from (${last}) where not _deleted`;
  // What came out of quarantine may be older than what bronze has of its key: it is there once, whatever came after it.
  const again = mended ? ` and (last._key, last._hash) not in (select (_key, _hash) from (${known}))` : '';
  return `select last.place from (${last}) as last
left join (${newest}) as newest using (_key)
where newest.hash is distinct from last._hash and not (last._deleted and coalesce(newest.gone, true))${again}`;
}

/** Keys (with the page of their newest version) that a complete listing has no more. */
export const renderGoneKeys = (newest: string): string =>
  `select _key, page from (${newest}) where not gone and _key not in (select _key from batch_rows where _key is not null)`;

/** Versions that say "gone", for the keys in the temp table batch_gone_keys. */
export function renderGone(
  columns: readonly string[],
  known: string,
  at: { readonly page: string; readonly receivedAt: string },
): string {
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
join batch_gone_keys as newest on b._key = newest._key and b._page = newest.page`;
}
