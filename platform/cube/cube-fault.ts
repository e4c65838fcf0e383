// Any error of Cube's → a fault. Texts of Cube and of the engine hold SQL, names and values, so only those that are meant for callers pass.
import { Fault } from '@tessera/base';

interface CubeError {
  readonly type?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
}

/** Cube's way to say that an answer is still being computed; its client asks again. */
export const isContinueWait = (error: unknown): boolean => (error as CubeError | undefined)?.error === 'Continue wait';

export function cubeFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { type, message, error: engine } = (error ?? {}) as CubeError;
  const text = String(message ?? '');
  const hidden = /You requested hidden member: '([^']+)'/.exec(text)?.[1];
  if (hidden) return new Fault('QUERY_MEMBER_UNKNOWN', { members: [hidden] });
  // The gateway's class and the compiler's write it differently.
  if (type === 'User Error' || type === 'UserError') return new Fault('QUERY_REJECTED', { reason: text });
  return engineFault(String(engine ?? ''), error);
}

/** First line of what went wrong, without anything in quotes: those may be values. */
export function describeCause(cause: unknown): string {
  const { message, error } = (cause ?? {}) as CubeError;
  const [line = ''] = String(error ?? message ?? cause).split('\n');
  return line.replaceAll(/'[^']*'|"[^"]*"/g, '\u2026').slice(0, 300);
}

/** The engine's faults lose their class in Cube's queue and keep their sentence. */
function engineFault(text: string, cause: unknown): Fault {
  const timeout = /was stopped after (\d+) ms/.exec(text)?.[1];
  if (timeout) return new Fault('QUERY_TIMEOUT', { timeoutMs: Number(timeout) }, { cause });
  if (text.includes('needs more memory than it may use')) return new Fault('QUERY_TOO_LARGE', {}, { cause });
  return new Fault('INTERNAL', {}, { cause });
}
