// The one error type of the house. Its rows (status, SQLSTATE, sentence) are in faults.ts.
import { faults } from './faults.ts';

export type FaultCode = keyof typeof faults;
export type FaultParams<C extends FaultCode> = Parameters<(typeof faults)[C]['say']>[0];

/** An expected failure: what happened, where, and what to do. No parameter may hold a secret, a token or a row. */
export class Fault<C extends FaultCode = FaultCode> extends Error {
  readonly code: C;
  readonly params: FaultParams<C>;
  constructor(code: C, params: FaultParams<C>, options?: { cause?: unknown }) {
    const say = faults[code].say as (p: FaultParams<C>) => string;
    super(say(params), options);
    this.name = 'Fault';
    this.code = code;
    this.params = params;
  }
  get status(): number {
    return faults[this.code].status;
  }
  get sqlstate(): string {
    return faults[this.code].sqlstate;
  }
  /** True where the same call may succeed later without anybody changing anything. */
  get retry(): boolean {
    return faults[this.code].retry;
  }
  /** What the caller could write instead, and the place (1-based, characters) in his text, where the fault knows them. */
  get hint(): string | undefined {
    const { hint } = this.params as { hint?: string };
    return hint;
  }
  get position(): number | undefined {
    const { position } = this.params as { position?: number };
    return position;
  }
  toJSON() {
    return { code: this.code, message: this.message };
  }
}

/** What a door makes of anything caught: a Fault as it is, everything else as INTERNAL without its text. */
export function asFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('INTERNAL', {}, { cause: error });
}
