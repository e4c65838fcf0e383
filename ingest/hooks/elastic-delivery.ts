// Documents that a tenant's own systems push, as a search returns them: one, a JSON array, lines of NDJSON, or a whole search answer (Watcher's payload).
// Their texts are kept byte for byte, in the envelope of a search answer, so that staging reads them as it reads a page.
import { z } from 'zod';
import type { JudgedDelivery } from './delivery.ts';
import { readJsonText, readShape, readText, refused } from './delivery-text.ts';

const name = z.string().min(1).max(512);
/** The key by which polling finds the document again; without both it would be counted twice. */
const hit = z.looseObject({ _index: name, _id: name, _source: z.looseObject({}) });
const answer = z.looseObject({ hits: z.looseObject({ hits: z.array(z.unknown()) }) });
const most = 5000;

/** DELIVERY_INVALID for anything that polling would not have found: it asks for documents of the category authentication only. */
export function readElasticDelivery(body: Uint8Array): JudgedDelivery {
  const text = readText(body).trim();
  const { records, envelope } = unwrap(text);
  if (records.length === 0 || records.length > most)
    throw refused(`it holds ${records.length} documents, not 1 to ${most}`);
  for (const [i, record] of records.entries()) {
    const { _source } = readShape(hit, record, `document ${i + 1}`);
    if (!isAuthentication(_source))
      throw refused(`document ${i + 1}: its event.category is not authentication; send those alone`);
  }
  return { records: records.length, body: new TextEncoder().encode(envelope) };
}

const wrap = (records: string): string => `{"hits":{"hits":[${records}]}}`;

function unwrap(text: string): { readonly records: readonly unknown[]; readonly envelope: string } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (lines.length > 1 && isWhole(first))
    return {
      records: lines.map((line, i) => readJsonText(line, `line ${i + 1}`)),
      envelope: wrap(lines.map((line) => line.trim()).join(',')),
    };
  const value = readJsonText(text);
  if (Array.isArray(value)) return { records: value, envelope: wrap(text.slice(1, -1)) };
  const searched = answer.safeParse(value);
  return searched.success
    ? { records: searched.data.hits.hits, envelope: text }
    : { records: [value], envelope: wrap(text) };
}

/** Several lines may also be one document, written for people. */
function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Nested or with a dotted name, one value or several: as ECS documents come. */
function isAuthentication(source: Readonly<Record<string, unknown>>): boolean {
  const event = source.event as Readonly<Record<string, unknown>> | undefined;
  return [event?.category ?? source['event.category']].flat().includes('authentication');
}
