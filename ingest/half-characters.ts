// Half a character (a lone surrogate, as in "\ud83d" cut from an emoji) is JSON to those who send it and not to the engine, which then reads nothing of the page: it is marked, so that only its record is put aside.
import { createHash } from 'node:crypto';

/**
 * Each escape is taken as a whole, so that `\\ud83d` (a backslash and letters) and a pair of halves stay what they are. Outside of texts JSON has no backslash.
 */
const escapes =
  /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|[\s\S])/g;

/** A text that no page of these (by their hashes) can hold, since it depends on all of their bytes; the same for the same pages. */
export const halfMarker = (hashes: readonly string[]): string =>
  `half-a-character-${createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 32)}-`;

/** The JSON text with the marker and the half's four digits in the place of each half; undefined where there is none. */
export function markHalves(json: string, marker: string): string | undefined {
  let found = false;
  const marked = json.replace(escapes, (whole: string, half: string | undefined) => {
    if (half === undefined) return whole;
    found = true;
    return `${marker}${half}`;
  });
  return found ? marked : undefined;
}

/** The same for the bytes of a page; undefined where they are no text. */
export function rewriteHalves(body: Uint8Array, marker: string): Uint8Array | undefined {
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
  const marked = markHalves(json, marker);
  return marked === undefined ? undefined : new TextEncoder().encode(marked);
}

const marks = (marker: string) => new RegExp(`${marker}([0-9a-fA-F]{4})`, 'g');

/** JSON text as it was before it was marked. */
export const unmarkHalves = (json: string, marker: string): string => json.replace(marks(marker), '\\u$1');

/** A value (not JSON) as it was before its JSON was marked. */
export const unmarkValue = (value: string, marker: string): string =>
  value.replace(marks(marker), (_, half: string) => String.fromCharCode(Number.parseInt(half, 16)));

/** Whether a text of this JSON holds half a character. */
export const hasHalf = (json: string): boolean => !json.isWellFormed() || markHalves(json, '') !== undefined;

export const halfReason = 'a text of the record holds half a character (a lone surrogate)';
