// Constructs that Cube's compiler accepts and its legacy planner computes wrongly, or takes for a template, are refused before Cube sees them.
import { Fault } from '@tessera/base';

/** Keys of Cube's model language with the reason; each was tried with 1.7.43. */
const unsupportedKeys: Readonly<Record<string, string>> = {
  default_filters: 'the legacy planner ignores them, so that more rows are shown than meant',
  multi_stage: 'its filter and grain are ignored by the legacy planner, so that the numbers are wrong',
  calendar: 'calendar cubes need the other planner',
  time_shift: 'named shifts need the other planner',
  case: 'switch and case dimensions need the other planner',
  access_policy: 'access is decided before Cube, in security/',
};
const unsupportedTypes: Readonly<Record<string, string>> = {
  number_agg: 'the legacy planner writes invalid SQL for it',
  switch: 'switch dimensions need the other planner',
  count_distinct_approx: 'numbers here are exact',
};

/** MODEL_REFUSED with the place and the reason. */
export function refuseUnsupported(value: unknown, at: string): void {
  if (typeof value === 'string') refuseText(value, at);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const reason = unsupportedKeys[key] ?? (key === 'type' ? unsupportedTypes[String(inner)] : undefined);
    if (reason) throw new Fault('MODEL_REFUSED', { at: `${at}.${key}`, reason });
    refuseUnsupported(inner, `${at}.${key}`);
  }
}

/** Texts are written as literals; SQL is written as a template, in which only a name in braces may be evaluated. */
function refuseText(text: string, at: string): void {
  const rest = at.endsWith('.sql') ? text.replaceAll(/\{[A-Za-z_]+\}/g, '') : '';
  if (/[{}\\`$\n]/.test(rest)) {
    throw new Fault('MODEL_REFUSED', {
      at,
      reason: 'braces, backslashes, backticks and dollars in SQL are evaluated by Cube',
    });
  }
}
