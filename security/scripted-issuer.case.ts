// For tests: an issuer on this machine that behaves as it is told, keys and tokens included, and counts what it is asked.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';

export type Behaviour = (response: ServerResponse, what: 'discovery' | 'keys') => void;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

/** Signs any text as the payload: also what is no JSON object, or names a claim twice. */
export function signText(payload: string, key: SigningKey, header: object = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
    .sign(key.privateKey);
}

export interface ScriptedIssuer {
  readonly url: string;
  /** Asks for the key set so far. */
  readonly asked: () => number;
  /** The key set that it answers with. */
  publish(keys: readonly unknown[]): void;
  /** What it does instead; undefined: answers as it should. */
  behave(as: Behaviour | undefined): void;
  close(): void;
}

/** `headers` go with every answer. */
export async function startIssuer(headers: object = {}): Promise<ScriptedIssuer> {
  let keys: readonly unknown[] = [];
  let behaviour: Behaviour | undefined;
  let asked = 0;
  const server = createServer((request, response) => {
    const what = request.url === '/keys' ? 'keys' : 'discovery';
    if (what === 'keys') asked += 1;
    if (behaviour) return behaviour(response, what);
    for (const [name, value] of Object.entries({ 'content-type': 'application/json', ...headers }))
      response.setHeader(name, String(value));
    response.end(JSON.stringify(what === 'keys' ? { keys } : { issuer: url, jwks_uri: `${url}/keys` }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked: () => asked,
    publish: (next) => {
      keys = next;
    },
    behave: (as) => {
      behaviour = as;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
