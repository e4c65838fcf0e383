// One act → one line: closed fields, capped, harmless on a terminal, hashed. What is personal stands beside the chained part, so that it can be erased.
import { hash, randomBytes } from 'node:crypto';
import { type AuditEntry, nobody, type Writer } from './contract.ts';

/** Where a chain stands: the next record builds on it. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** What the hash chain covers. */
export interface AuditRecord {
  readonly sequence: number;
  readonly at: string;
  readonly prev: string;
  readonly tenant: string;
  readonly writer: Writer;
  readonly kind: AuditEntry['kind'];
  readonly action: string;
  readonly door: AuditEntry['door'];
  readonly decision: AuditEntry['decision'];
  readonly roles?: readonly string[];
  readonly request?: string;
  readonly members?: readonly string[];
  readonly rows?: number;
  readonly release?: number;
  readonly rule?: string;
  readonly code?: string;
  readonly object?: string;
  readonly of?: number;
  /** Acts alike that were counted instead of written since the last one. */
  readonly suppressed?: number;
  /** SHA-256 of the payload, which has a random salt: it tells nothing once the payload is gone. */
  readonly payload: string;
}

/** The erasable part. */
export interface AuditPayload {
  readonly salt: string;
  readonly subject?: string;
  readonly from?: string;
  readonly purpose?: string;
}

/** What stands where a payload was: the act that erased it. */
export interface ErasedPayload {
  readonly erased: string;
}

export interface AuditLine {
  readonly hash: string;
  readonly record: AuditRecord;
  readonly payload: AuditPayload | ErasedPayload;
}

/** The end of a chain that has no record yet. */
export const chainStart: ChainEnd = Object.freeze({ sequence: 0, hash: '', at: '' });

const longestList = 200;
const longest = { action: 64, request: 100, rule: 200, code: 64, object: 200, subject: 200, from: 64, purpose: 300 };

/** Controls, line and paragraph separators, and marks that turn the direction of text: they could break a line or hide a word. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with every unsafe character as its visible escape, cut at `most` characters. */
export function harmless(text: string, most: number): string {
  const shown = text
    .slice(0, most + 1)
    .toWellFormed()
    .replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return text.length > most || shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

/** JSON with keys in order: one value, one text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

/** The line of an act and where the chain stands after it. Time never goes back within a chain. */
export function writeLine(
  entry: AuditEntry,
  writer: Writer,
  end: ChainEnd,
  now: Date,
  suppressed = 0,
): { readonly line: string; readonly end: ChainEnd } {
  const payload = canonical({
    salt: randomBytes(16).toString('base64url'),
    subject: capped(entry.subject, longest.subject),
    from: capped(entry.from, longest.from),
    purpose: capped(entry.purpose, longest.purpose),
  } satisfies Partial<Record<keyof AuditPayload, string | undefined>>);
  const said = now.toISOString();
  const isBack = said < end.at;
  const next = { sequence: end.sequence + 1, at: isBack ? end.at : said };
  const record = canonical({
    ...next,
    prev: end.hash,
    tenant: entry.tenant ?? nobody,
    writer,
    kind: entry.kind,
    action: harmless(entry.action, longest.action),
    door: entry.door,
    decision: entry.decision,
    roles: cappedList(entry.roles),
    request: capped(entry.request, longest.request),
    members: cappedList(entry.members),
    rows: count(entry.rows),
    release: count(entry.release),
    rule: capped(entry.rule, longest.rule),
    code: capped(entry.code, longest.code),
    object: capped(entry.object, longest.object),
    of: count(entry.of),
    suppressed: suppressed || undefined,
    payload: hash('sha256', payload, 'base64url'),
  });
  const recordHash = hash('sha256', record, 'base64url');
  return {
    line: `{"hash":"${recordHash}","record":${record},"payload":${payload}}\n`,
    end: { ...next, hash: recordHash },
  };
}

const capped = (text: string | undefined, most: number) => (text === undefined ? undefined : harmless(text, most));
const count = (value: number | undefined) => (Number.isSafeInteger(value) ? value : undefined);

function cappedList(list: readonly string[] | undefined): readonly string[] | undefined {
  if (list === undefined) return undefined;
  const shown = list.slice(0, longestList).map((name) => harmless(name, 120));
  return list.length > longestList ? [...shown, `… and ${list.length - longestList} more`] : shown;
}
