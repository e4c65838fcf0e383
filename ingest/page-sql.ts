// Renders the SQL that reads records out of raw page files, and finds the files that are no JSON of the stream's shape.
import type { EngineSession } from '@tessera/lakehouse';
import type { StreamFacts } from './define-connector.ts';
import { sqlName, sqlText } from './record-sql.ts';

const fileList = (paths: readonly string[]) => `[${paths.map(sqlText).join(', ')}]`;

/** A select of `record` (text), `filename`, and the columns that a group carries, over page files; `largest` is the size of the largest page in bytes. */
export function renderRecords(stream: StreamFacts, paths: readonly string[], largest: number): string {
  const bare = stream.records === '$[*]';
  // A bare array is read element by element, text untouched; of a wrapped one the array is cut out, which writes 1.10 as 1.1 and keeps integers of any size.
  const file = `read_json_objects(${fileList(paths)}, format = '${bare ? 'array' : 'unstructured'}', compression = 'zstd', filename = true, maximum_object_size = ${Math.max(1_048_576, largest + 1024)})`;
  const records = bare
    ? `select json as record, filename from ${file}`
    : `select unnest(${stream.keyed ? renderMembers(stream.records) : `json_extract(json, ${sqlText(stream.records)})`}) as record, filename from ${file}`;
  if (stream.nested === undefined) return `select record::VARCHAR as record, filename from (${records})`;
  const { path, carry } = stream.nested;
  const carried = Object.entries(carry).map(
    ([name, at]) => `json_extract_string(record, ${sqlText(at)}) as ${sqlName(`carried_${name}`)}`,
  );
  return `select r::VARCHAR as record, filename, ${carried.map((_, i) => sqlName(`carried_${Object.keys(carry)[i]}`)).join(', ')}
from (select unnest(json_extract(record, ${sqlText(path)})) as r, filename, ${carried.join(', ')} from (${records}))`;
}

const renderMembers = (path: string): string =>
  `list_transform(json_keys(json, ${sqlText(path)}), lambda name: json_object('key', name, 'value', json_extract(json_extract(json, ${sqlText(path)}), '/' || replace(replace(name, '~', '~0'), '/', '~1'))))`;

/** Paths of the files that cannot be read; asks file by file, so it is for when reading all of them failed. */
export async function findUnreadable(
  session: EngineSession,
  stream: StreamFacts,
  paths: readonly string[],
  largest: number,
): Promise<readonly string[]> {
  const bad: string[] = [];
  for (const path of paths) {
    const reads = session.query(`select count(record) from (${renderRecords(stream, [path], largest)})`);
    await reads.catch(() => bad.push(path));
  }
  return bad;
}
