// The oracle: the asker's answers beside strangers' data are those of a world in which there is nobody else, byte for byte, and hold nothing of the strangers'.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { canary, primes } from './world.ts';

export interface Difference {
  readonly at: number;
  readonly question: unknown;
  readonly alone: string;
  readonly full: string;
}

/** Places where two lists of answers differ. */
export function differences(
  questions: readonly unknown[],
  alone: readonly string[],
  full: readonly string[],
): readonly Difference[] {
  assert.equal(alone.length, questions.length);
  assert.equal(full.length, questions.length);
  return questions.flatMap((question, at) => {
    const [a, f] = [alone[at] ?? '', full[at] ?? ''];
    if (a === f) return [];
    // Long answers are shown from a little before where they part.
    const parts = [...a].findIndex((character, i) => character !== f[i]);
    const from = Math.max(0, (parts < 0 ? a.length : parts) - 300);
    return [{ at, question, alone: a.slice(from, from + 1500), full: f.slice(from, from + 1500) }];
  });
}

/** Fails with the seed, the question and both answers. */
export function assertSame(
  seed: number,
  questions: readonly unknown[],
  alone: readonly string[],
  full: readonly string[],
): void {
  const [first, ...rest] = differences(questions, alone, full);
  if (!first) return;
  assert.fail(
    `seed ${seed}: the answer to question ${first.at} depends on other tenants (and ${rest.length} more)\n${JSON.stringify(first, null, 2)}`,
  );
}

/** Forms in which a text may leave: as it is, in base64 at every offset, in hex. */
const forms: readonly string[] = [
  canary,
  canary.toLowerCase(),
  ...[0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  ),
  Buffer.from(canary).toString('hex'),
];
const foreign = new Set(primes.map(String));
const wholeNumber = /(?<![\w.-])\d{7}(?![\w-])/g;
const foreignNumbersIn = (text: string) => (text.match(wholeNumber) ?? []).filter((number) => foreign.has(number));

/** True where a text holds something that only strangers have. What the question itself says may come back in the echo. */
export const tellsOfStrangers = (text: string, question = ''): boolean =>
  (!question.includes(canary) && forms.some((form) => text.includes(form))) ||
  foreignNumbersIn(text).some((number) => !question.includes(number));

/** Files under a folder that hold a canary, in any form. */
export async function filesWithCanary(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (forms.some((form) => bytes.includes(form)) || forms.some((form) => file.includes(form))) found.push(file);
  }
  return found;
}
