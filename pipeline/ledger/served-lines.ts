// gold → served: the copy that answers questions holds the rows of the release, table by table and day by day.
import { Fault } from '@tessera/base';
import type { Release } from '@tessera/lakehouse';
import { openTables } from '@tessera/transforms';
import type { RunNeeds } from '../stages/contract.ts';
import { balance, isOpen } from './balance.ts';
import type { Group, LedgerLine } from './contract.ts';
import { openLedger } from './ledger-store.ts';
import { modelAccounts } from './model-accounts.ts';

type Types = Readonly<Record<string, { readonly type: string }>>;

/** An instant is the same number with its zone, in gold, and without, in the copy. */
const compared = (columns: Types) =>
  Object.entries(columns).map(([column, { type }]) => (type === 'TIMESTAMPTZ' ? `epoch_us(${column})` : column));

const accountOf = (table: string) => modelAccounts.find(({ object, hop }) => object === table && hop === 'silver-gold');

/** The day by which a table is accounted for, where it has one; its account says so. */
function dayOf(table: string, columns: Types): string {
  const column = accountOf(table)?.servedDay;
  const type = column === undefined ? undefined : columns[column]?.type;
  if (column === undefined || type === undefined) return `'now'`;
  const day = type === 'DATE' ? `${column}::varchar` : `strftime(make_timestamp(epoch_us(${column})), '%Y-%m-%d')`;
  return `coalesce(${day}, 'no day')`;
}

/** Tables of the release that changed; of those that did not, the copy is taken from the one before. Without a copy to ask (a command beside the server), nothing. `days`: those that have a line of their own even where they balance; the others share one. */
export async function servedLines(
  { lake, engine, models, serving }: Pick<RunNeeds, 'lake' | 'engine' | 'models' | 'serving'>,
  release: Release,
  changed: readonly string[],
  days: (table: string) => ReadonlySet<string> = () => new Set(),
): Promise<LedgerLine[]> {
  const { query } = serving;
  if (query === undefined) return [];
  const tables = openTables(lake, models);
  const lines: LedgerLine[] = [];
  for (const { name, meta } of models.models) {
    if (!changed.includes(name)) continue;
    const count = (from: string) =>
      `select day, count(*) as n, (coalesce(sum(h), 0)::hugeint % 18446744073709551616)::varchar as sum, coalesce(bit_xor(h), 0)::varchar as xor
       from (select ${dayOf(name, meta.columns)} as day, hash(${compared(meta.columns).join(', ')}) as h from ${from}) group by day`;
    const { sql } = (await tables.get(name)?.scan(release.tables[name])) ?? { sql: '' };
    const groups = (rows: Awaited<ReturnType<typeof query>>): Group[] =>
      rows.map(({ day, n, sum, xor }) => ({
        ...{ day: String(day), reason: null, rows: Number(n), sum: String(sum), xor: String(xor) },
      }));
    const gold = groups(await engine.query(count(`(${sql})`)));
    const served = groups(await query(lake.tenant, count(name), { release: release.number }));
    const about = { hop: 'gold-served', source: null, object: name } as const;
    const own = new Set(days(name)).add('now');
    for (const line of balance(about, gold, served)) if (isOpen(line)) own.add(line.date);
    const rest = own.size > 1 ? 'other days' : 'all days';
    const shared = (side: readonly Group[]) =>
      side.map((group) => (own.has(group.day) ? group : { ...group, day: rest }));
    lines.push(...balance(about, shared(gold), shared(served)));
  }
  return lines;
}

/**
 * Tells and refuses (COPY_DIFFERS) a copy that is not its release, and takes it out of service: the next attempt makes it anew.
 * What differed is compared again until it is right, also by runs that changed nothing. The lines join the entry of the run that made the release.
 */
export async function checkServed(needs: RunNeeds, release: Release, changed: readonly string[]): Promise<void> {
  const { lake, observe, serving, now } = needs;
  if (serving.query === undefined) return;
  const store = openLedger(lake);
  const open = await store.openServed();
  const wanted = [...new Set([...changed, ...(open?.lines.map(({ object }) => object) ?? [])])];
  if (wanted.length === 0) return;
  const entry = await store.entry(release.run);
  // Days that events fell on; a table that is built whole has all its days, which need no second line each.
  const grows = (table: string) => accountOf(table)?.instants !== undefined;
  const made = (table: string) =>
    (entry?.lines ?? []).filter(({ hop, object }) => hop === 'silver-gold' && object === table && grows(table));
  const lines = await servedLines(needs, release, wanted, (table) => new Set(made(table).map(({ date }) => date)));
  const wrong = lines.filter(isOpen);
  const { tenant } = lake;
  const at = now().toISOString();
  const [worst] = wrong;
  // Before anything that may fail itself: a copy with wrong numbers answers nobody.
  if (worst !== undefined) await serving.distrust?.(tenant, release.number);
  const others = (entry?.lines ?? []).filter(({ hop, object }) => hop !== 'gold-served' || !wanted.includes(object));
  const all = [...others, ...lines];
  const { run } = release;
  // A release that only went back was made by no run, and has no entry.
  if (entry !== undefined || changed.length > 0)
    await store.putEntry({ tenant, run, at: entry?.at ?? at, balanced: !all.some(isOpen), lines: all });
  if (worst === undefined) {
    if (open === undefined) return;
    await store.putOpenServed(undefined);
    observe({ event: 'ledger.balanced', tenant, run });
    return;
  }
  await store.putOpenServed({ run: open?.run ?? run, since: open?.since ?? at, lines: wrong, pages: [] });
  const { hop, object, date, unexplained, problem, to } = worst;
  // Once, however many attempts find it.
  if (open === undefined)
    observe({ event: 'ledger.unbalanced', tenant, hop, object, date, lines: wrong.length, run, unexplained });
  const rows = Math.abs(unexplained) || to;
  throw new Fault('COPY_DIFFERS', {
    ...{ tenant, object, date, problem: problem ?? 'changed', rows, lines: wrong.length, release: release.number },
  });
}
