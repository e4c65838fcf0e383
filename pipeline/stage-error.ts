// How a fault crosses the state machine, which knows errors by name and text only: its name says whether to try again, its text is the fault's code and sentence.
import { asFault, type Fault, type FaultCode, faults } from '@tessera/base';

export const transientError = 'Tessera.Transient';
export const permanentError = 'Tessera.Permanent';

/** The fault as the error that the state machine matches; what is not expected keeps its text to itself. */
export function asStageError(error: unknown): Error & { readonly fault: Fault } {
  const fault = asFault(error);
  // A lease does not come back to whoever lost it.
  const again = fault.retry && fault.code !== 'LEASE_LOST';
  const stageError = new Error(JSON.stringify(fault), { cause: fault });
  stageError.name = again ? transientError : permanentError;
  return Object.assign(stageError, { fault });
}

export interface StageErrorFacts {
  readonly code: FaultCode;
  readonly message: string;
  readonly transient: boolean;
}

/** From what a Catch is given: in process the text itself, from Lambda a JSON object around it. Anything else (a timeout, a killed function) is INTERNAL, without its text. */
export function readStageError({
  Error: name,
  Cause,
}: {
  readonly Error: string;
  readonly Cause?: string;
}): StageErrorFacts {
  const inner = parse(Cause);
  const said = typeof inner?.errorMessage === 'string' ? parse(inner.errorMessage) : inner;
  const transient = name !== permanentError;
  if (typeof said?.message === 'string' && isCode(said.code))
    return { code: said.code, message: said.message, transient };
  const unknown = asFault(undefined);
  return { code: unknown.code, message: `${unknown.message} (${name.slice(0, 60)})`, transient };
}

const isCode = (code: unknown): code is FaultCode => typeof code === 'string' && Object.hasOwn(faults, code);

function parse(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
