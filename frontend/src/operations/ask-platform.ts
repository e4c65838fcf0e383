// One question to the platform's own routes, or one act: what it answers, or what it says is wrong.

/** What the platform refused or failed at, in its own words. */
export class PlatformProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Asked {
  /** Below /api/v1. */
  readonly path: string;
  /** What an act is given; without it the question is only read. */
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** PlatformProblem with status 0 where nothing answered at all. */
export async function askPlatform(accessToken: string, { path, body, signal }: Asked): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  const act = body && {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`/api/v1${path}`, { headers, signal: signal ?? null, ...act }).catch((error: Error) => {
    throw error.name === 'AbortError' ? error : new PlatformProblem(0, 'NETWORK', 'The server cannot be reached.');
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const said = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  const words = typeof said.error === 'string' ? said.error : `The platform answered ${response.status}.`;
  throw new PlatformProblem(response.status, typeof said.code === 'string' ? said.code : '', words);
}
