// In charge of the bytes of PostgreSQL messages that the door itself makes (protocol 3.0).

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
};

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Text with the zero byte that ends it; a zero byte inside would end it early, so it is dropped. */
export const cstring = (text: string): Buffer => Buffer.from(`${text.replaceAll('\0', '')}\0`);

/** One message: its letter, its length, its parts. */
export function message(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  const bytes = Buffer.allocUnsafe(length + 1);
  bytes.write(type, 0, 'latin1');
  bytes.writeInt32BE(length, 1);
  let at = 5;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export interface WireError {
  readonly severity?: 'ERROR' | 'FATAL';
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export function errorResponse({ severity = 'ERROR', code, message: text, hint }: WireError): Buffer {
  return message(
    'E',
    cstring(`S${severity}`),
    cstring(`V${severity}`),
    cstring(`C${code}`),
    cstring(`M${text}`),
    ...(hint ? [cstring(`H${hint}`)] : []),
    Buffer.from([0]),
  );
}

const protocol3 = 196_608;

/** The first message of a client: protocol 3.0 and its parameters. It has no letter. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat([
    int32(protocol3),
    ...Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.from([0]),
  ]);
  return Buffer.concat([int32(body.length + 4), body]);
}

const cancelCode = 80_877_102;

export const cancelRequest = (key: Uint8Array): Buffer =>
  Buffer.concat([int32(8 + key.length), int32(cancelCode), key]);

export const simpleQuery = (sql: string): Buffer => message('Q', cstring(sql));

export const parse = (name: string, sql: string, types: readonly number[]): Buffer =>
  message('P', cstring(name), cstring(sql), int16(types.length), ...types.map(int32));

export const describeStatement = (name: string): Buffer => message('D', Buffer.from('S'), cstring(name));
export const describePortal = (name: string): Buffer => message('D', Buffer.from('P'), cstring(name));
export const closeStatement = (name: string): Buffer => message('C', Buffer.from('S'), cstring(name));
export const execute = (portal: string, most: number): Buffer => message('E', cstring(portal), int32(most));
export const flush: Buffer = message('H');
export const sync: Buffer = message('S');
