// Numbers that a command is given: a word where a number belongs is a misuse, never a zero.
import { InvalidArgumentError } from 'commander';

/** A whole number from 1 on, for `--most` and the like. */
export function countOption(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('It is a whole number from 1 on.');
  return count;
}
