// Puts both sides of a hop beside each other, day by day. Pure.
import type { Group, LedgerLine } from './contract.ts';

const modulus = 2n ** 64n;

interface Side {
  rows: number;
  readonly apart: Record<string, number>;
  sum: bigint;
  xor: bigint;
}
const side = (): Side => ({ rows: 0, apart: {}, sum: 0n, xor: 0n });

/** Checksums of parts add up to that of the whole, so groups may come in any pieces and any order. */
function gather(groups: readonly Group[]): Map<string, Side> {
  const days = new Map<string, Side>();
  for (const { day, reason, rows, sum, xor } of groups) {
    const at = days.get(day) ?? side();
    days.set(day, at);
    if (reason !== null) {
      at.apart[reason] = (at.apart[reason] ?? 0) + rows;
      continue;
    }
    at.rows += rows;
    at.sum = (at.sum + BigInt(sum)) % modulus;
    at.xor ^= BigInt(xor);
  }
  return days;
}

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const checksum = ({ sum, xor }: Side) => `${sum}.${xor}`;

/** Groups with a reason are apart: on the left they explain what is missing on the right, on the right they are of its own making. */
export function balance(
  about: Pick<LedgerLine, 'hop' | 'source' | 'object'>,
  left: readonly Group[],
  right: readonly Group[],
): LedgerLine[] {
  const [from, to] = [gather(left), gather(right)];
  const days = [...new Set([...from.keys(), ...to.keys()])].sort();
  return days.map((date) => {
    const should = from.get(date) ?? side();
    const is = to.get(date) ?? side();
    const unexplained = should.rows - is.rows;
    const [expected, found] = [checksum(should), checksum(is)];
    const changed = unexplained === 0 && expected !== found;
    return {
      ...about,
      date,
      from: should.rows + total(should.apart),
      to: is.rows + total(is.apart),
      reasons: should.apart,
      added: is.apart,
      unexplained,
      problem: unexplained > 0 ? 'lost' : unexplained < 0 ? 'doubled' : changed ? 'changed' : null,
      expected,
      found,
    };
  });
}

export const isOpen = ({ problem }: LedgerLine): boolean => problem !== null;
