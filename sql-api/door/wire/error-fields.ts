// In charge of the fields of an ErrorResponse or NoticeResponse: reading them, and handing them on without what is ours.
import { cstring, message } from './write.ts';

export type ErrorFields = Readonly<Record<string, string>>;

export function readErrorFields(bytes: Buffer): ErrorFields {
  const fields: Record<string, string> = {};
  let at = 5;
  while (at < bytes.length && bytes[at] !== 0) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    fields[String.fromCharCode(bytes[at] ?? 0)] = bytes.toString('utf8', at + 1, end);
    at = end + 1;
  }
  return fields;
}

/** Fields that would show our own text or source: internal position and query, context, file, line, routine. */
const ours = new Set(['p', 'q', 'W', 'F', 'L', 'R']);

/** The same message with positions moved to the client's text; `position` undefined drops them. */
export function rewriteError(bytes: Buffer, position: ((at: number) => number | undefined) | undefined): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of Object.entries(readErrorFields(bytes))) {
    if (ours.has(field)) continue;
    if (field !== 'P') {
      parts.push(cstring(field + value));
      continue;
    }
    const moved = position?.(Number(value));
    if (moved !== undefined) parts.push(cstring(`P${moved}`));
  }
  return message(String.fromCharCode(bytes[0] ?? 0), ...parts, Buffer.from([0]));
}
