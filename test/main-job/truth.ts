// The demo's exact answers, and how an answer of Cube is compared with them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface TruthCase {
  readonly name: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}
export interface Truth {
  readonly asOf: string;
  readonly cases: readonly TruthCase[];
}

export const readTruth = async (home: string, tenant: string): Promise<Truth> =>
  JSON.parse(await readFile(path.join(home, 'demo', 'truth', `${tenant}.json`), 'utf8')) as Truth;

/** Cube writes numbers as text, digit by digit; the truth has them as JSON numbers. Anything else must be the same. */
export function asTruth(
  rows: readonly Readonly<Record<string, unknown>>[],
  like: readonly Readonly<Record<string, unknown>>[],
): Record<string, unknown>[] {
  return rows.map((row, at) =>
    Object.fromEntries(
      Object.entries(row).map(([member, value]) => {
        const isNumber = typeof like[at]?.[member] === 'number' && typeof value === 'string' && value.trim() !== '';
        return [member, isNumber ? Number(value) : value];
      }),
    ),
  );
}

/** Asks Cube over REST as its client does: while it says "Continue wait", the same question again. */
export async function load(url: string, token: string, query: unknown): Promise<{ status: number; body: LoadAnswer }> {
  for (let round = 0; round < 60; round += 1) {
    const answer = await fetch(`${url}/cubejs-api/v1/load`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const body = (await answer.json()) as LoadAnswer;
    if (body.error !== 'Continue wait') return { status: answer.status, body };
  }
  throw new Error('still waiting after 60 rounds');
}
export interface LoadAnswer {
  readonly data?: readonly Readonly<Record<string, unknown>>[];
  readonly error?: string;
  readonly code?: string;
}
