// A pure function's answer: the value, or the Fault that says why not.
import type { Fault } from './fault.ts';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (fault: Fault): Result<never> => ({ ok: false, fault });

/** The only bridge from a Result to a thrown Fault. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw result.fault;
}
