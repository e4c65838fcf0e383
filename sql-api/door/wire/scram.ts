// In charge of SCRAM-SHA-256 (RFC 5802, RFC 7677) on the server's side: what is stored of a password, and the exchange that proves it.
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export const mechanism = 'SCRAM-SHA-256';
const iterations = 4096;

/** What is kept of a password: it proves one, and cannot be used as one. */
export interface ScramVerifier {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export async function makeVerifier(password: string): Promise<ScramVerifier> {
  const salt = randomBytes(16);
  const salted = await promisify(pbkdf2)(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  return {
    salt: salt.toString('base64'),
    iterations,
    storedKey: sha256(hmac(salted, 'Client Key')).toString('base64'),
    serverKey: hmac(salted, 'Server Key').toString('base64'),
  };
}

/** The verifier of somebody who is not there: the same salt each time, so that a guesser cannot tell; no password fits. */
export function absentVerifier(secret: Uint8Array, name: string): ScramVerifier {
  const of = (what: string) => createHmac('sha256', secret).update(`${what}\0${name}`).digest();
  return {
    salt: of('salt').subarray(0, 16).toString('base64'),
    iterations,
    storedKey: of('stored').toString('base64'),
    serverKey: of('server').toString('base64'),
  };
}

export interface ScramServer {
  /** The server's first message, or undefined where the client's cannot be. */
  first(clientFirst: string): string | undefined;
  /** The server's last message where the proof is right, undefined where it is not. */
  final(clientFinal: string): string | undefined;
}

const clientFirstShape = /^([ny],(?:a=[^,]*)?,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]{8,256}))$/;
const clientFinalShape = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)),p=([A-Za-z0-9+/=]{44})$/;

/** One exchange. Its nonce is new each time, so an earlier exchange cannot be played again. Channel binding is not offered, so `n` and `y` are right and `p` is not. */
export function createScramServer(verifier: ScramVerifier): ScramServer {
  let bare = '';
  let header = '';
  let nonce = '';
  let said = '';
  return {
    first(clientFirst) {
      const match = clientFirstShape.exec(clientFirst);
      if (!match) return undefined;
      header = Buffer.from(match[1] ?? '').toString('base64');
      bare = match[2] ?? '';
      nonce = `${match[3]}${randomBytes(18).toString('base64')}`;
      said = `r=${nonce},s=${verifier.salt},i=${verifier.iterations}`;
      return said;
    },
    final(clientFinal) {
      const match = clientFinalShape.exec(clientFinal);
      if (!match || said === '') return undefined;
      const [, withoutProof = '', binding, theirNonce, proof = ''] = match;
      if (theirNonce !== nonce || binding !== header) return undefined;
      const all = `${bare},${said},${withoutProof}`;
      const signature = hmac(Buffer.from(verifier.storedKey, 'base64'), all);
      const clientKey = Buffer.from(proof, 'base64');
      if (clientKey.length !== signature.length) return undefined;
      for (let i = 0; i < clientKey.length; i += 1) clientKey[i] = (clientKey[i] ?? 0) ^ (signature[i] ?? 0);
      if (!timingSafeEqual(sha256(clientKey), Buffer.from(verifier.storedKey, 'base64'))) return undefined;
      return `v=${hmac(Buffer.from(verifier.serverKey, 'base64'), all).toString('base64')}`;
    },
  };
}
