// The form of sealed bytes: `TS1` | key id (8) | nonce (12) | ciphertext | tag (16). Header and label are authenticated with the content.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Fault } from '@tessera/base';

export interface DataKey {
  /** Random, tells which key sealed something; says nothing about the key. */
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

const magic = Buffer.from('TS1');
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = magic.length + idBytes;

/** Neither zstd nor JSON begins like this: what was stored before there were keys is told apart. */
export const isSealed = (bytes: Uint8Array): boolean =>
  bytes.length >= headerBytes + nonceBytes + tagBytes && magic.equals(bytes.subarray(0, magic.length));

export const newDataKey = (): DataKey => ({ id: randomBytes(idBytes), key: randomBytes(32) });

/** A key of its own for each use, so that what one use does never weakens another. */
export const deriveKey = (key: Uint8Array, info: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), `tessera|${info}`, 32));

/** `context` says what the bytes are and whose; a random nonce is safe for 2^32 messages under one key (NIST SP 800-38D §8.3). */
export function sealBytes({ id, key }: DataKey, context: string, plain: Uint8Array): Uint8Array {
  const header = Buffer.concat([magic, id]);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
  return Buffer.concat([header, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** SEAL_BROKEN where a single bit of bytes, key or context differs; `label` names it to people. */
export function openBytes({ id, key }: DataKey, context: string, sealed: Uint8Array, label: string): Uint8Array {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (!isSealed(bytes) || !bytes.subarray(magic.length, headerBytes).equals(id))
    throw new Fault('SEAL_BROKEN', { label });
  const body = headerBytes + nonceBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(headerBytes, body), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.concat([bytes.subarray(0, headerBytes), Buffer.from(context)]));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const plain = decipher.update(bytes.subarray(body, -tagBytes));
    // Says whether the tag is right; a mode that pads nothing has nothing left to give.
    decipher.final();
    return plain;
  } catch (cause) {
    throw new Fault('SEAL_BROKEN', { label }, { cause });
  }
}
