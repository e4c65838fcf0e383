// The real Web: the platform's fetch (connections kept alive) with a time limit, a size limit, and no redirects that could carry a credential elsewhere.
import type { Web, WebResponse } from './contract.ts';

/** The body stopped before its end; what had come is kept for the raw layer. */
export class CutBody extends Error {
  readonly #received: Uint8Array;
  constructor(received: Uint8Array, options?: { cause?: unknown }) {
    super('the body broke off', options);
    this.name = 'CutBody';
    this.#received = received;
  }
  get received(): Uint8Array {
    return this.#received;
  }
}

export interface WebLimits {
  readonly timeoutMs?: number;
  /** A larger body is cut off there, and so is unreadable. */
  readonly maxBytes?: number;
}

/** Web over global fetch. A redirect is an answer like any other (3xx), never followed. */
export function createWeb({ timeoutMs = 60_000, maxBytes = 128 * 1024 * 1024 }: WebLimits = {}): Web {
  return async (url, { method, headers, body, signal }): Promise<WebResponse> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, bytes: () => readBody(response, maxBytes) };
  };
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    }
  } catch (cause) {
    throw new CutBody(Buffer.concat(chunks), { cause });
  }
  return Buffer.concat(chunks);
}
