// The text of a delivery, before anything looks into it: UTF-8, JSON, not absurdly deep. What it refuses is told by place and never by value.
import { Fault } from '@tessera/base';
import type { z } from 'zod';

/** Real events nest some six levels; the engine's own limit is far, and nobody is to find it. */
const deepest = 64;

export const refused = (problem: string): Fault => new Fault('DELIVERY_INVALID', { problem });

/** DELIVERY_INVALID for what is no UTF-8 or nests too deep. */
export function readText(body: Uint8Array): string {
  const text = decode(body);
  if (isDeeperThan(text, deepest)) throw refused(`it nests deeper than ${deepest} levels`);
  return text;
}

export function readJsonText(text: string, where = 'it'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(`${where} is no JSON`);
  }
}

/** The value as the schema says, or where it is not. */
export function readShape<S extends z.ZodType>(schema: S, value: unknown, where?: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = [...(where === undefined ? [] : [where]), ...(issue?.path ?? [])].join('.');
  throw refused(`${place || 'the top'}: ${issue?.message ?? 'not valid'}`);
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw refused('it is no UTF-8');
  }
}

/** Looks at brackets outside of strings only: before anything recursive sees the text. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (isInString) {
      if (char === '\\') i += 1;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
