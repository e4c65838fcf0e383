// What a benchmark tells: figures with a goal beside them, and how they are written for people and for programs.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** How the value stands to a limit or a peer that was measured in the same run. */
  readonly ratio?: { readonly value: number; readonly to: string };
  readonly goal?: { readonly is: 'at most' | 'at least'; readonly value: number };
  /** What else one must know to read it. */
  readonly note?: string;
}
/** Sizes, for the benchmarks that have some. */
export interface BenchOptions {
  readonly tenants?: number;
  readonly events?: number;
}
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Throws only where it could not measure: a missed goal is a figure. */
  run(say: (line: string) => void, options: BenchOptions): Promise<readonly Figure[]>;
}

export const isMet = ({ value, goal }: Figure): boolean | undefined =>
  goal === undefined ? undefined : goal.is === 'at most' ? value <= goal.value : value >= goal.value;

/** Three digits that mean something; whole numbers from 100 on. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** One line: name, value, ratio, goal and whether it is met. */
export function renderFigure(figure: Figure): string {
  const { name, value, unit, ratio, goal, note } = figure;
  const parts = [
    ...(ratio === undefined ? [] : [`${digits(ratio.value)}x ${ratio.to}`]),
    ...(goal === undefined ? [] : [`goal ${goal.is} ${digits(goal.value)}: ${isMet(figure) ? 'met' : 'MISSED'}`]),
    ...(note === undefined ? [] : [note]),
  ];
  return `  ${name.padEnd(52)} ${`${digits(value)} ${unit}`.padStart(18)}${parts.length === 0 ? '' : `   ${parts.join(' · ')}`}`;
}
