// gold → served: the copy that answers questions holds the rows of the release, table by table.
import { Fault } from '@tessera/base';
import type { Release } from '@tessera/lakehouse';
import { openTables } from '@tessera/transforms';
import type { RunNeeds } from '../stages/contract.ts';
import { balance, isOpen } from './balance.ts';
import type { Group, LedgerLine } from './contract.ts';

/** Tables of the release that changed; of those that did not, the copy is taken from the one before. Without a copy to ask (a command beside the server), nothing. */
export async function servedLines(
  { lake, engine, models, serving }: Pick<RunNeeds, 'lake' | 'engine' | 'models' | 'serving'>,
  release: Release,
  changed: readonly string[],
): Promise<LedgerLine[]> {
  const { query } = serving;
  if (query === undefined) return [];
  const tables = openTables(lake, models);
  const lines: LedgerLine[] = [];
  for (const { name, meta } of models.models) {
    if (!changed.includes(name)) continue;
    // Instants lose their zone in the copy, so they are not compared.
    const columns = Object.entries(meta.columns).flatMap(([column, { type }]) =>
      type === 'TIMESTAMPTZ' ? [] : [column],
    );
    const count = (from: string) =>
      `select count(*) as n, (coalesce(sum(h), 0)::hugeint % 18446744073709551616)::varchar as sum, coalesce(bit_xor(h), 0)::varchar as xor
       from (select hash(${columns.join(', ')}) as h from ${from})`;
    const { sql } = (await tables.get(name)?.scan(release.tables[name])) ?? { sql: '' };
    const [gold] = await engine.query(count(`(${sql})`));
    const [served] = await query(lake.tenant, count(name), { release: release.number });
    const group = (row: typeof gold): Group[] => [
      { day: 'now', reason: null, rows: Number(row?.n), sum: String(row?.sum), xor: String(row?.xor) },
    ];
    lines.push(...balance({ hop: 'gold-served', source: null, object: name }, group(gold), group(served)));
  }
  return lines;
}

/** Tells and refuses (LEDGER_UNBALANCED) a copy that is not its release, and takes it out of service: the next attempt makes it anew. */
export async function checkServed(needs: RunNeeds, release: Release, changed: readonly string[]): Promise<void> {
  const wrong = (await servedLines(needs, release, changed)).filter(isOpen);
  const [worst] = wrong;
  if (worst === undefined) return;
  const { tenant } = needs.lake;
  const { hop, object, date, unexplained, problem, to } = worst;
  const told = { tenant, hop, object, date, lines: wrong.length };
  needs.observe({ event: 'ledger.unbalanced', ...told, run: release.run, unexplained });
  await needs.serving.distrust?.(tenant, release.number);
  throw new Fault('LEDGER_UNBALANCED', { ...told, problem: problem ?? 'changed', rows: Math.abs(unexplained) || to });
}
