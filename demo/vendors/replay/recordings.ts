// Reads recorded payloads: what each file holds, exchange or body, one or many, and nothing about which stream it is.
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '@tessera/base';
import type { Json } from '../../world.ts';

/** One record of a file, and the URL by which it was asked for where the file tells. */
export interface Recorded {
  readonly file: string;
  readonly url: string | undefined;
  readonly record: Json;
}

/** All records of the `.json` and `.ndjson` files below a folder, in order of file name. Throws REPLAY_UNREADABLE. */
export function readRecordings(folder: string): readonly Recorded[] {
  if (!existsSync(folder)) return [];
  return globSync('**/*.{json,ndjson}', { cwd: folder })
    .sort()
    .flatMap((file) => recordsOf(file, readFileSync(path.join(folder, file), 'utf8')));
}

function recordsOf(file: string, text: string): readonly Recorded[] {
  const parse = (source: string, where: string): unknown => {
    try {
      return JSON.parse(source);
    } catch {
      throw new Fault('REPLAY_UNREADABLE', { file: `${file}${where}`, problem: 'it is not JSON' });
    }
  };
  if (file.endsWith('.ndjson'))
    return text
      .split('\n')
      .flatMap((line, i) => (line.trim() === '' ? [] : unwrap(file, parse(line, `, line ${i + 1}`), undefined)));
  return unwrap(file, parse(text, ''), undefined);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members under which vendors put the records of a page. */
const envelopes = ['value', 'results', 'issues', 'values', 'users', 'computers'] as const;

function unwrap(file: string, value: unknown, url: string | undefined): readonly Recorded[] {
  if (Array.isArray(value)) return value.flatMap((one) => unwrap(file, one, url));
  if (!isJson(value)) return [];
  const { request, response, hits } = value;
  if (isJson(request) && isJson(response)) {
    const asked = typeof request.url === 'string' ? request.url : undefined;
    // A recorded refusal holds no records.
    return Number(response.status) >= 400 ? [] : unwrap(file, response.body, asked);
  }
  if (isJson(hits) && Array.isArray(hits.hits)) return unwrap(file, hits.hits, url);
  const envelope = envelopes.find((name) => Array.isArray(value[name]));
  if (envelope) {
    const self = typeof value.self === 'string' ? value.self : url;
    return unwrap(file, value[envelope], self);
  }
  return [{ file, url, record: value }];
}
