// How a number is written. Rounding never claims what is not so: 99.97 % is not "100%", 0.02 % is not "0%".

export type Unit = 'percent' | 'hours' | 'count' | 'ratio';

/** What stands where there is no number: a ratio over nothing is not zero. */
export const noNumber = '–';

const upTo = (digits: number) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = upTo(0);
const one = upTo(1);
const two = upTo(2);

function percent(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1%';
  if (value < 100 && value >= 99.95) return '>99.9%';
  if (value === 100 || value === 0) return `${whole.format(value)}%`;
  return `${one.format(value)}%`;
}

const writers: Record<Unit, (value: number) => string> = {
  percent,
  // A tenth of an hour says nothing beside a thousand.
  hours: (value) => `${(Math.abs(value) < 1000 ? one : whole).format(value)} h`,
  count: (value) => whole.format(value),
  ratio: (value) => two.format(value),
};

/** A number with its unit; '–' for none. */
export function formatNumber(value: number | null | undefined, unit: Unit): string {
  if (value == null || !Number.isFinite(value)) return noNumber;
  return minus(writers[unit](value));
}

/** The number and its unit apart, so that a headline can set the unit smaller. */
export function numberParts(
  value: number | null | undefined,
  unit: Unit,
): { readonly number: string; readonly unit: string } {
  const text = formatNumber(value, unit);
  const match = /^(.*?)(\s?(?:%|h))$/.exec(text);
  return match ? { number: match[1] ?? '', unit: (match[2] ?? '').trim() } : { number: text, unit: '' };
}

/** A change: always with its sign, percentages in points. */
export function formatChange(change: number, unit: Unit): string {
  const digits = unit === 'count' ? whole : unit === 'ratio' ? two : one;
  const size = digits.format(Math.abs(change));
  const isNothing = Number(size.replaceAll(',', '')) === 0;
  const sign = isNothing ? '±' : change > 0 ? '+' : '−';
  const suffix: Record<Unit, string> = { percent: ' pts', hours: ' h', count: '', ratio: '' };
  return `${sign}${size}${suffix[unit]}`;
}

/** Hours said as days where that is easier to grasp; undefined below two days. */
export function hoursInDays(hours: number | null | undefined): string | undefined {
  return hours == null || hours < 48 ? undefined : `${one.format(hours / 24)} days`;
}

/** 1 person, 2 people. */
export function countOf(count: number | null | undefined, one_: string, many: string): string {
  return `${formatNumber(count, 'count')} ${count === 1 ? one_ : many}`;
}

const minus = (text: string): string => text.replace('-', '−');
