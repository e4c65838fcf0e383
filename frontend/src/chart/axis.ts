// Where a value axis begins, ends and has its lines: round numbers that hold the data, percentages never above 100.

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

const sizes = [1, 2, 2.5, 5, 10] as const;

/** The smallest round step of which `lines` cover the span. */
function stepFor(span: number, lines: number): number {
  const raw = span / lines;
  const power = 10 ** Math.floor(Math.log10(raw));
  return (sizes.find((size) => size * power >= raw * (1 - 1e-9)) ?? 10) * power;
}

/** Zero is on the axis where the data comes near it, so that small numbers are not blown up; a flat line runs in the middle. */
export function axisOf(values: readonly (number | null)[], lines: number, isPercent: boolean): Axis {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { min: 0, max: 1, interval: 1 };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const from = low >= 0 && low < high / 3 ? 0 : low;
  const size = Math.abs(high);
  // Nothing that is measured is smaller than a millionth: below it, values are one flat line.
  const isFlat = high - from <= Math.max(size, 1) * 1e-6;
  const pad = isFlat ? Math.max(size * 0.05, 1e-3) : 0;
  const bottom = low >= 0 ? Math.max(0, from - pad) : from - pad;
  // Every step divides 100, so a round end never passes it.
  const top = isPercent && high <= 100 ? Math.min(100, high + pad) : high + pad;
  const interval = stepFor(top - bottom, lines);
  return { min: Math.floor(bottom / interval) * interval, max: Math.ceil(top / interval) * interval, interval };
}
