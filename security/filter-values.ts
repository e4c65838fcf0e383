// Which operator fits which type of member, and with what values. Cube hands the rest on to the engine, or leaves out what it has no use for.
import { Fault } from '@tessera/base';
import { isForward, isInstant, isWords } from './calendar.ts';
import type { MemberFilter } from './query-schema.ts';

export type MemberType = 'string' | 'number' | 'boolean' | 'time';

type Value = string | null;
/** The sentence that is told where `fits` is false. */
interface Rule {
  readonly takes: string;
  readonly fits: (values: readonly Value[]) => boolean;
}

const isNumber = (value: Value) =>
  value !== null && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value));
const isTruth = (value: Value) => value === 'true' || value === 'false';
const isTime = (value: Value) => value !== null && isInstant(value);
const isDay = (value: Value) => value !== null && (isInstant(value) || isWords(value));
const isRange = (values: readonly Value[]) => {
  const [first, ...rest] = values;
  if (rest.length === 0) return isDay(first ?? null);
  return values.length === 2 && values.every(isTime) && isForward(values.map(String));
};

const listOf = (fits: (value: Value) => boolean, takes: string): Rule => ({
  takes: `${takes} or null`,
  fits: (values) => values.every((value) => value === null || fits(value)),
});
const one = (fits: (value: Value) => boolean, takes: string): Rule => ({
  takes: `one value, ${takes}`,
  fits: (values) => values.length === 1 && values.every(fits),
});
const texts: Rule = { takes: 'texts', fits: (values) => values.every((value) => value !== null) };
const equality = (rule: Rule) => ({ equals: rule, notEquals: rule });
const number = one(isNumber, 'a number');
const day = one(isDay, 'a day or an instant (YYYY-MM-DD, YYYY-MM-DDTHH:mm:ss)');
const range: Rule = { takes: 'a first and a last day, or words such as last 30 days', fits: isRange };

type Operator = Exclude<MemberFilter['operator'], 'set' | 'notSet'>;
const rules: Readonly<Record<MemberType, Readonly<Partial<Record<Operator, Rule>>>>> = {
  string: {
    ...equality(listOf(() => true, 'texts')),
    contains: texts,
    notContains: texts,
    startsWith: texts,
    notStartsWith: texts,
    endsWith: texts,
    notEndsWith: texts,
  },
  number: { ...equality(listOf(isNumber, 'numbers')), gt: number, gte: number, lt: number, lte: number },
  boolean: equality(listOf(isTruth, 'true, false')),
  time: {
    ...equality(listOf(isTime, 'days or instants (YYYY-MM-DD, YYYY-MM-DDTHH:mm:ss)')),
    inDateRange: range,
    notInDateRange: range,
    beforeDate: day,
    beforeOrOnDate: day,
    afterDate: day,
    afterOrOnDate: day,
  },
};

/** True where a member of this type can have one of these values: anything is a text, and not everything a number, a truth or a time. */
export const canEqual = (type: MemberType, values: readonly string[]): boolean =>
  rules[type].equals?.fits(values) ?? false;

/** QUERY_INVALID where the operator is not one for a member of this type, or its values are not; they are not repeated. */
export function checkFilter(filter: MemberFilter, type: MemberType): void {
  if (filter.operator === 'set' || filter.operator === 'notSet') return;
  const at = `the filter on ${'member' in filter ? filter.member : filter.dimension}`;
  const rule = rules[type][filter.operator];
  if (!rule) {
    const known = [...Object.keys(rules[type]), 'set', 'notSet'].join(', ');
    throw new Fault('QUERY_INVALID', { at, problem: `${filter.operator} is none of ${known}` });
  }
  if (!rule.fits(filter.values ?? []))
    throw new Fault('QUERY_INVALID', { at, problem: `${filter.operator} takes ${rule.takes}` });
}
