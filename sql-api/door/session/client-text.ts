// In charge of a client's text: UTF-8, whole, or refused.
import { Fault } from '@tessera/base';

/** SQL_TEXT_INVALID */
export function readText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault('SQL_TEXT_INVALID', {});
  }
}
