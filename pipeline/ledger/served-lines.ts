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

/** What of a table is looked at. */
interface Part {
  readonly name: string;
  /** Of a copy that was changed from one that was right: only the months whose files differ are summed; of the others the rows are counted. */
  readonly since?: number | undefined;
  /** Days that have a line of their own even where they balance; the others share one. */
  readonly days?: ReadonlySet<string>;
}

/** Gold tables of the release, each beside the copy. Without a copy to ask (a command beside the server), nothing. */
export async function servedLines(
  { lake, engine, models, serving }: Pick<RunNeeds, 'lake' | 'engine' | 'models' | 'serving'>,
  release: Release,
  parts: readonly Part[],
): Promise<LedgerLine[]> {
  const { inspect } = serving;
  if (inspect === undefined) return [];
  const tables = openTables(lake, models);
  const lines: LedgerLine[] = [];
  for (const { name, meta } of models.models) {
    const [part, table] = [parts.find((one) => one.name === name), tables.get(name)];
    if (part === undefined || table === undefined) continue;
    const version = release.tables[name];
    const changes =
      part.since === undefined || version === undefined ? undefined : await table.changes(part.since, version);
    const only = changes?.months;
    const count = (from: string, all: string) =>
      `select day, count(*) as n, (coalesce(sum(h), 0)::hugeint % 18446744073709551616)::varchar as sum, coalesce(bit_xor(h), 0)::varchar as xor
       from (select ${dayOf(name, meta.columns)} as day, hash(${compared(meta.columns).join(', ')}) as h from ${from}) group by day
       ${only ? `union all select 'unchanged days', (select count(*) from ${all}) - (select count(*) from ${from}), '0', '0'` : ''}`;
    const groups = (rows: Awaited<ReturnType<typeof inspect>>): Group[] =>
      rows.map(({ day, n, sum, xor }) => ({
        ...{ day: String(day), reason: null, rows: Number(n), sum: String(sum), xor: String(xor) },
      }));
    const scan = async (values?: readonly string[]) => `(${(await table.scan(version, values)).sql})`;
    const gold = groups(await engine.query(count(await scan(only?.values), await scan())));
    const from = only ? `(select * from ${name} where ${only.within})` : name;
    const served = groups(await inspect(lake.tenant, count(from, name), release.number));
    const about = { hop: 'gold-served', source: null, object: name } as const;
    const own = new Set(part.days).add('now');
    for (const line of balance(about, gold, served)) if (isOpen(line)) own.add(line.date);
    const rest = own.size > 1 ? 'other days' : 'all days';
    const shared = (side: readonly Group[]) =>
      side.map((group) => (own.has(group.day) ? group : { ...group, day: rest }));
    lines.push(...balance(about, shared(gold), shared(served)));
  }
  return lines;
}

/**
 * Compares a copy that was not compared yet; one that is not its release is told, refused (COPY_DIFFERS) and taken out of service: the next attempt makes it anew.
 * What differed is compared again until it is right, also by runs that changed nothing. The lines join the entry of the run that made the release.
 */
export async function checkServed(needs: RunNeeds, release: Release): Promise<void> {
  const { lake, observe, serving, now } = needs;
  if (serving.inspect === undefined) return;
  const { tenant } = lake;
  const store = openLedger(lake);
  const open = await store.openServed();
  const copy = serving.copy?.(tenant);
  const { isCompared = false, changedFrom = {} } = copy?.release === release.number ? copy : {};
  if (isCompared && open === undefined) return;
  const held = new Set(open?.lines.map(({ object }) => object));
  const entry = await store.entry(release.run);
  // Days that events fell on; a table that is built whole has all its days, which need no second line each.
  const daysOf = (table: string) =>
    (entry?.lines ?? []).filter(
      ({ hop, object }) => hop === 'silver-gold' && object === table && accountOf(table)?.instants !== undefined,
    );
  const parts = Object.entries(release.tables)
    .filter(([name, version]) => held.has(name) || changedFrom[name] !== version)
    .map(([name]) => ({
      ...{ name, days: new Set(daysOf(name).map(({ date }) => date)) },
      since: held.has(name) ? undefined : changedFrom[name],
    }));
  const wanted = parts.map(({ name }) => name);
  const lines = await servedLines(needs, release, parts);
  const wrong = lines.filter(isOpen);
  const at = now().toISOString();
  const [worst] = wrong;
  // Before anything that may fail itself: a copy with wrong numbers answers nobody.
  if (worst !== undefined) await serving.distrust?.(tenant, release.number);
  const others = (entry?.lines ?? []).filter(({ hop, object }) => hop !== 'gold-served' || !wanted.includes(object));
  const all = [...others, ...lines];
  const { run } = release;
  // A release that only went back was made by no run, and has no entry.
  if (release.rolledBackTo === undefined)
    await store.putEntry({ tenant, run, at: entry?.at ?? at, balanced: !all.some(isOpen), lines: all });
  if (worst === undefined) {
    await serving.trust?.(tenant, release.number);
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
