// A checksum of pages whatever their order: what a fetch has received and what lies in raw are compared by it.
import type { RawPageEntry } from '@tessera/lakehouse';

/** Sum (modulo 2^64) and exclusive or of the first 64 bits of each page's SHA-256, in decimal: two pages that take the other's place leave both as they are, and are the same pages. */
export interface PagesChecksum {
  readonly sum: string;
  readonly xor: string;
}

export function pagesChecksum(pages: readonly Pick<RawPageEntry, 'sha256'>[]): PagesChecksum {
  let [sum, xor] = [0n, 0n];
  for (const { sha256 } of pages) {
    const bits = BigInt(`0x${sha256.slice(0, 16)}`);
    sum = BigInt.asUintN(64, sum + bits);
    xor ^= bits;
  }
  return { sum: String(sum), xor: String(xor) };
}

/** Of the pages of `whole` that are not in `part`. */
export const withoutPages = (whole: PagesChecksum, part: PagesChecksum): PagesChecksum => ({
  sum: String(BigInt.asUintN(64, BigInt(whole.sum) - BigInt(part.sum))),
  xor: String(BigInt(whole.xor) ^ BigInt(part.xor)),
});
