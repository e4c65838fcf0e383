// Keeps a tenant's freshness in its lake: one small object, written once a turn.
import type { Observe, SourceName } from '@tessera/base';
import type { SourceAges, TenantLake } from '@tessera/lakehouse';
import type { TenantConfig } from '../tenant-config.ts';
import { measure, newAges } from './source-ages.ts';
import { targetMsOf } from './targets.ts';

/** How a source's turn ended. `partial`: its vendor has more, so that the data is older than the turn. */
export interface SourceTurn {
  readonly source: SourceName;
  readonly end: 'complete' | 'partial' | 'failed';
  readonly code?: string | undefined;
}
export interface TurnSeen {
  readonly began: Date;
  readonly ended: Date;
  /** False where the run failed before its release: what the sources answered is not served. */
  readonly isServed: boolean;
  readonly sources: readonly SourceTurn[];
}

export const freshnessName = 'sources';

/** Adds a turn to the record. Sources count as checked from the turn's beginning: what came later may be missing. */
export async function keepFreshness(
  lake: TenantLake,
  config: TenantConfig,
  turn: TurnSeen,
  observe: Observe,
): Promise<void> {
  const [began, ended] = [turn.began.getTime(), turn.ended.getTime()];
  const before = (await lake.freshness.get(freshnessName))?.sources ?? {};
  const turns = new Map(turn.sources.map((one) => [one.source, one]));
  const sources = Object.fromEntries(
    config.connections.map(({ source }): [string, SourceAges] => {
      const measured = measure(before[source] ?? newAges(began), ended, targetMsOf(config, source));
      const one = turns.get(source);
      return [source, one === undefined ? measured : withTurn(measured, one, began, turn.isServed)];
    }),
  );
  await lake.freshness.put(freshnessName, { sources });
  for (const { source, end } of turn.sources) {
    const checkedAt = sources[source]?.checkedAt ?? null;
    observe({ event: 'source.checked', tenant: lake.tenant, source, end, served: turn.isServed, checkedAt });
  }
}

function withTurn(ages: SourceAges, { end, code }: SourceTurn, began: number, isServed: boolean): SourceAges {
  if (end === 'failed') return { ...ages, failed: code ?? 'INTERNAL' };
  if (end === 'partial') return { ...ages, failed: null };
  // A stage that fails after all sources answered has released nothing of it.
  return { ...ages, failed: null, answeredAt: began, ...(isServed ? { checkedAt: began } : {}) };
}
