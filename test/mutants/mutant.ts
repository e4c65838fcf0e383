// What a mutant is: one deliberate hole as an edit of the source, and the tests that must notice it.

export interface Mutant {
  /** What would be wrong with the program; a sentence that the table prints. */
  readonly hole: string;
  readonly file: string;
  /** Exact text, once in the file. */
  readonly from: string;
  readonly to: string;
  /** The fastest test file that notices. */
  readonly killer: string;
  /** Of its tests only those whose name has this. */
  readonly only?: string;
}

/** Holes of one file that the same tests must notice. */
export const holesIn = (
  file: string,
  killer: string,
  holes: readonly (readonly [hole: string, from: string, to: string, only?: string])[],
): Mutant[] =>
  holes.map(([hole, from, to, only]) => ({ hole, file, from, to, killer, ...(only === undefined ? {} : { only }) }));
