// What the newest entries of the ledger say, object by object, with what waits in quarantine and among the parked: for people, without any row.
import { Fault } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import { isOpen } from './balance.ts';
import type { LedgerLine } from './contract.ts';
import { openLedger } from './ledger-store.ts';

export interface ObjectSummary extends Pick<LedgerLine, 'hop' | 'source' | 'object'> {
  readonly from: number;
  readonly to: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows that `to` has of itself: from + added - reasons - to is what is unexplained. */
  readonly added: Readonly<Record<string, number>>;
  readonly unexplained: number;
  readonly firstDate: string;
  readonly lastDate: string;
}
export interface LedgerSummary {
  readonly balanced: boolean;
  /** Since when, and where, it does not balance: layers, for which releases wait, and the copy that is served. */
  readonly open: { readonly since: string; readonly run: string; readonly lines: readonly LedgerLine[] } | null;
  /** Newest first. */
  readonly runs: readonly {
    readonly run: string;
    readonly at: string;
    readonly balanced: boolean;
    readonly objects: readonly ObjectSummary[];
  }[];
  readonly waiting: readonly { readonly source: string; readonly stream: string; readonly quarantined: number }[];
}

const mostRuns = 20;
const mostOpenLines = 100;

/** Counts only: no key, no value, no reason that was made of a record. */
export async function summarizeLedger(
  lake: Pick<TenantLake, 'ledger' | 'quarantine'>,
  most = mostRuns,
): Promise<LedgerSummary> {
  const store = openLedger(lake);
  const [held, copy, entries, quarantined, mended] = await Promise.all([
    store.open(),
    store.openServed(),
    store.entries(Math.min(most, mostRuns)),
    lake.quarantine.list(),
    lake.quarantine.mended(),
  ]);
  const open = held === undefined ? copy : { ...held, lines: [...held.lines, ...(copy?.lines ?? [])] };
  const unmended = quarantined.filter(({ id }) => !mended.has(id));
  const waiting = Map.groupBy(unmended, ({ source, stream }) => `${source} ${stream}`);
  return {
    balanced: open === undefined,
    open: open === undefined ? null : { since: open.since, run: open.run, lines: open.lines.slice(0, mostOpenLines) },
    runs: entries.map(({ run, at, balanced, lines }) => ({ run, at, balanced, objects: summarizeLines(lines) })),
    waiting: [...waiting.values()].map((records) => ({
      source: records[0]?.source ?? '',
      stream: records[0]?.stream ?? '',
      quarantined: records.length,
    })),
  };
}

const mostLines = 1000;

/** One object of one run, line by line: those that do not balance first, then the newest days. LEDGER_LINE_UNKNOWN. */
export async function readObjectLines(lake: Pick<TenantLake, 'ledger' | 'tenant'>, run: string, object: string) {
  const entry = await openLedger(lake).entry(run);
  const lines = entry?.lines.filter((line) => line.object === object) ?? [];
  if (entry === undefined || lines.length === 0) throw new Fault('LEDGER_LINE_UNKNOWN', { tenant: lake.tenant });
  const sorted = lines.toSorted(
    (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || (a.date < b.date ? 1 : a.date > b.date ? -1 : 0),
  );
  return { run, at: entry.at, object, count: lines.length, lines: sorted.slice(0, mostLines) };
}

/** One row an object and hop, over all its days. */
export function summarizeLines(lines: readonly LedgerLine[]): ObjectSummary[] {
  const objects = Map.groupBy(lines, ({ hop, source, object }) => `${hop} ${source} ${object}`);
  return [...objects.values()].flatMap((days) => {
    const [first] = days;
    if (first === undefined) return [];
    const { hop, source, object } = first;
    const sum = (pick: (line: LedgerLine) => number) => days.reduce((n, line) => n + pick(line), 0);
    const named = days.map(({ date }) => date).sort();
    // A line over several days says nothing of when.
    const dates = named.some(isDay) ? named.filter(isDay) : named;
    return [
      {
        ...{ hop, source, object },
        from: sum(({ from }) => from),
        to: sum(({ to }) => to),
        reasons: addUp(days.map((line) => line.reasons)),
        added: addUp(days.map((line) => line.added)),
        unexplained: sum(({ unexplained, problem }) => (problem === 'changed' ? 1 : Math.abs(unexplained))),
        firstDate: dates[0] ?? '',
        lastDate: dates.at(-1) ?? '',
      },
    ];
  });
}

const isDay = (date: string) => /^\d/.test(date);

function addUp(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const counts of all)
    for (const [reason, rows] of Object.entries(counts)) totals[reason] = (totals[reason] ?? 0) + rows;
  return totals;
}
