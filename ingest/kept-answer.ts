// An answer that could not be used, carried as the cause of its fault so that the runner can still keep its bytes.
import type { Fault } from '@tessera/base';

export interface UnusableAnswer {
  readonly request: string;
  readonly status: number;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

/** The answer is a private field: whoever prints the fault with its cause prints no byte of it. */
export class KeptAnswer extends Error {
  readonly #answer: UnusableAnswer;
  constructor(answer: UnusableAnswer, options?: { cause?: unknown }) {
    super('the answer could not be used', options);
    this.name = 'KeptAnswer';
    this.#answer = answer;
  }
  get answer(): UnusableAnswer {
    return this.#answer;
  }
}

/** The answer that a fault came from, where there was one. */
export function keptAnswer(fault: Fault): UnusableAnswer | undefined {
  return fault.cause instanceof KeptAnswer ? fault.cause.answer : undefined;
}
