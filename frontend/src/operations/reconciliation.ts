// The conservation ledger as the page shows it: rows of a run from hop to hop, by source, with what was left out and why.
import { formatNumber } from '../format/number.ts';
import { countsIn, type Fields, fieldsOf, listIn, maybeText, numberIn, textIn } from './fields.ts';

/** In the order in which rows travel. */
export const hops = ['source-raw', 'raw-bronze', 'bronze-silver', 'silver-gold', 'gold-served'] as const;
export type Hop = (typeof hops)[number];
export const hopTitles: Readonly<Record<Hop, readonly [from: string, to: string]>> = {
  'source-raw': ['Source', 'Raw'],
  'raw-bronze': ['Raw', 'Bronze'],
  'bronze-silver': ['Bronze', 'Silver'],
  'silver-gold': ['Silver', 'Gold'],
  'gold-served': ['Gold', 'Served'],
};

export interface ObjectFlow {
  readonly hop: Hop;
  /** Null for a table made of several sources. */
  readonly source: string | null;
  readonly object: string;
  readonly from: number;
  readonly to: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly added: Readonly<Record<string, number>>;
  readonly unexplained: number;
}
export interface LedgerRun {
  readonly run: string;
  readonly at: string;
  readonly balanced: boolean;
  readonly objects: readonly ObjectFlow[];
}
export interface HeldLine {
  readonly hop: string;
  readonly source: string | null;
  readonly object: string;
  readonly date: string;
  readonly from: number;
  readonly to: number;
  readonly unexplained: number;
  readonly problem: string;
}
export interface Reconciliation {
  readonly balanced: boolean;
  readonly open: { readonly since: string; readonly run: string; readonly lines: readonly HeldLine[] } | null;
  readonly runs: readonly LedgerRun[];
  readonly waiting: readonly { readonly source: string; readonly stream: string; readonly quarantined: number }[];
}

export function parseReconciliation(value: unknown): Reconciliation {
  const answer = fieldsOf(value, 'an object');
  const open = answer.open == null ? null : fieldsOf(answer.open, 'open');
  return {
    // Only what says so itself is balanced.
    balanced: answer.balanced === true && open === null,
    open: open && { since: textIn(open, 'since'), run: textIn(open, 'run'), lines: listIn(open, 'lines', parseHeld) },
    runs: listIn(answer, 'runs', (run) => ({
      run: textIn(run, 'run'),
      at: textIn(run, 'at'),
      balanced: run.balanced === true,
      objects: listIn(run, 'objects', parseFlow),
    })),
    waiting: listIn(answer, 'waiting', (one) => ({
      source: textIn(one, 'source'),
      stream: textIn(one, 'stream'),
      quarantined: numberIn(one, 'quarantined'),
    })),
  };
}

function parseFlow(flow: Fields): ObjectFlow {
  const hop = hops.find((known) => known === flow.hop);
  if (hop === undefined) throw new Error('The platform answered with a hop that this page does not know.');
  return {
    hop,
    source: maybeText(flow, 'source'),
    object: textIn(flow, 'object'),
    from: numberIn(flow, 'from'),
    to: numberIn(flow, 'to'),
    reasons: countsIn(flow, 'reasons'),
    added: countsIn(flow, 'added'),
    unexplained: numberIn(flow, 'unexplained'),
  };
}

const parseHeld = (line: Fields): HeldLine => ({
  hop: textIn(line, 'hop'),
  source: maybeText(line, 'source'),
  object: textIn(line, 'object'),
  date: textIn(line, 'date'),
  from: numberIn(line, 'from'),
  to: numberIn(line, 'to'),
  unexplained: numberIn(line, 'unexplained'),
  problem: maybeText(line, 'problem') ?? 'unbalanced',
});

export interface ObjectLine extends HeldLine {
  readonly reasons: Readonly<Record<string, number>>;
  readonly added: Readonly<Record<string, number>>;
  /** Checksums of the rows that should be there, and of those that are. */
  readonly expected: string;
  readonly found: string;
}
export interface ObjectLines {
  /** All there are; `lines` may be fewer. */
  readonly count: number;
  readonly lines: readonly ObjectLine[];
}

export function parseObjectLines(value: unknown): ObjectLines {
  const answer = fieldsOf(value, 'an object');
  const lines = listIn(answer, 'lines', (line) => ({
    ...parseHeld({ ...line, problem: line.problem ?? '' }),
    reasons: countsIn(line, 'reasons'),
    added: countsIn(line, 'added'),
    expected: textIn(line, 'expected'),
    found: textIn(line, 'found'),
  }));
  return { count: numberIn(answer, 'count'), lines };
}

export interface HopSum {
  readonly hop: Hop;
  readonly from: number;
  readonly to: number;
  readonly unexplained: number;
  /** What was left out, largest first. */
  readonly reasons: readonly (readonly [reason: string, rows: number])[];
  readonly added: readonly (readonly [reason: string, rows: number])[];
}
export interface SourceFlow {
  readonly source: string | null;
  readonly hops: readonly HopSum[];
}

/** Objects of a source added up hop by hop; tables of several sources last. */
export function flowBySource(objects: readonly ObjectFlow[]): readonly SourceFlow[] {
  const groups = [...Map.groupBy(objects, ({ source }) => source)];
  return groups
    .sort(([a], [b]) => Number(a === null) - Number(b === null))
    .map(([source, own]) => ({
      source,
      hops: hops.flatMap((hop) => {
        const here = own.filter((flow) => flow.hop === hop);
        return here.length === 0 ? [] : [sumHop(hop, here)];
      }),
    }));
}

export function sumHop(hop: Hop, flows: readonly ObjectFlow[]): HopSum {
  const sum = (pick: (flow: ObjectFlow) => number) => flows.reduce((total, flow) => total + pick(flow), 0);
  return {
    hop,
    from: sum(({ from }) => from),
    to: sum(({ to }) => to),
    unexplained: sum(({ unexplained }) => unexplained),
    reasons: addUp(flows.map(({ reasons }) => reasons)),
    added: addUp(flows.map(({ added }) => added)),
  };
}

/** Counts of the same name together, largest first. */
export function addUp(all: readonly Readonly<Record<string, number>>[]): readonly (readonly [string, number])[] {
  const totals = new Map<string, number>();
  for (const counts of all)
    for (const [name, rows] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + rows);
  return [...totals].sort(([a, left], [b, right]) => right - left || a.localeCompare(b));
}

/** Each difference with its sign: what was left out, then what came besides. */
export const sayDifferences = ({ reasons, added }: Pick<ObjectFlow, 'reasons' | 'added'>): string =>
  [
    ...Object.entries(reasons).map(([reason, rows]) => `−${formatNumber(rows, 'count')} ${reason}`),
    ...Object.entries(added).map(([reason, rows]) => `+${formatNumber(rows, 'count')} ${reason}`),
  ].join(', ');
/** The names as the ledger writes them are nearly sentences: the first letter is all that is missing. */
export const sayReason = (reason: string): string => reason.charAt(0).toUpperCase() + reason.slice(1);
