// In charge of reading a client's first message: upgrade, cancel or start, from bytes that nobody vouches for.
import { ProtocolError } from './frames.ts';

/** PostgreSQL's own limit for the message before login. */
export const startupLimit = 10_000;

export type Startup =
  | { readonly kind: 'ssl' }
  | { readonly kind: 'gss' }
  | { readonly kind: 'cancel'; readonly key: string }
  | {
      readonly kind: 'start';
      readonly user: string;
      readonly database: string;
      /** Newer minor version or unknown protocol options: the answer must say that 3.0 is spoken. */
      readonly unknown: readonly string[];
      readonly newer: boolean;
      /** Settings that are handed on to PostgreSQL. */
      readonly settings: Readonly<Record<string, string>>;
    };

/** What is wrong with a start that was understood; the client is told why. */
export class StartRefused extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

const codes = { cancel: 80_877_102, ssl: 80_877_103, gss: 80_877_104 } as const;

/** Start parameters that only shape this session's answers. Everything else is refused by name: silence would look like consent. */
const forwarded: ReadonlySet<string> = new Set([
  'application_name',
  'bytea_output',
  'client_min_messages',
  'datestyle',
  'extra_float_digits',
  'idle_in_transaction_session_timeout',
  'intervalstyle',
  'lock_timeout',
  'search_path',
  'statement_timeout',
  'timezone',
]);
const utf8 = /^'?(utf-?8|unicode|sql_ascii|auto)'?$/i;
const off = /^(0|off|false|no)$/i;

/** ProtocolError where the bytes are no start; StartRefused where it is one that is not served. */
export function readStartup(bytes: Buffer): Startup {
  if (bytes.length < 8) throw new ProtocolError('invalid startup packet');
  const code = bytes.readUInt32BE(4);
  if (code === codes.ssl && bytes.length === 8) return { kind: 'ssl' };
  if (code === codes.gss && bytes.length === 8) return { kind: 'gss' };
  if (code === codes.cancel) {
    if (bytes.length !== 16) throw new ProtocolError('invalid cancel request');
    return { kind: 'cancel', key: bytes.toString('hex', 8, 16) };
  }
  const [major, minor] = [code >>> 16, code & 0xffff];
  // 3.2 is what the newest clients may ask for; they are told that 3.0 is spoken.
  if (major !== 3 || minor > 2) throw new StartRefused('08P01', `unsupported frontend protocol ${major}.${minor}`);
  const given = readParameters(bytes);
  const { user, database, ...rest } = given;
  if (!user) throw new StartRefused('28000', 'no PostgreSQL user name specified in startup packet');
  if (user.length > 320 || (database ?? user).length > 63) throw new ProtocolError('name too long');
  const settings: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(rest)) {
    const lower = name.toLowerCase();
    if (name.startsWith('_pq_.')) unknown.push(name);
    else if (lower === 'client_encoding') {
      if (!utf8.test(value)) throw new StartRefused('0A000', 'client_encoding must be UTF8');
    } else if (lower === 'standard_conforming_strings') {
      if (off.test(value)) throw new StartRefused('0A000', 'standard_conforming_strings must be on');
    } else if (lower === 'replication') {
      if (!off.test(value)) throw new StartRefused('0A000', 'replication connections are not served');
    } else if (lower === 'options') {
      if (value.trim() !== '') throw new StartRefused('0A000', 'command-line options are not served; use SET');
    } else if (forwarded.has(lower)) settings[lower] = value;
    else throw new StartRefused('08P01', `unsupported startup parameter: ${name.slice(0, 63)}`);
  }
  return { kind: 'start', user, database: database ?? user, unknown, newer: minor > 0, settings };
}

function readParameters(bytes: Buffer): Record<string, string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const words: string[] = [];
  let at = 8;
  while (at < bytes.length && bytes[at] !== 0) {
    const end = bytes.indexOf(0, at);
    if (end < 0) throw new ProtocolError('invalid startup packet layout: expected terminator as last byte');
    try {
      words.push(decoder.decode(bytes.subarray(at, end)));
    } catch {
      throw new ProtocolError('startup packet is not UTF-8');
    }
    at = end + 1;
    // An empty value is a word of its own; an empty name ends the list.
    if (words.length % 2 === 1 && bytes[at] === 0) {
      words.push('');
      at += 1;
    }
  }
  if (at !== bytes.length - 1 || words.length % 2 !== 0) {
    throw new ProtocolError('invalid startup packet layout: expected terminator as last byte');
  }
  const given: Record<string, string> = Object.create(null);
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i] ?? '';
    if (name in given) throw new ProtocolError('startup parameter given twice');
    given[name] = words[i + 1] ?? '';
  }
  return given;
}
