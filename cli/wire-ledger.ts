// The ledger for the platform's interface.
import { countParked, readObjectLines, summarizeLedger } from '@tessera/pipeline';
import type { ReadReconciliation } from '@tessera/platform';
import type { Lakes } from './open-lakes.ts';

export const reconciliationOf =
  ({ openLake, engine }: Pick<Lakes, 'openLake' | 'engine'>): ReadReconciliation =>
  async (tenant, { run, object }) => {
    const lake = openLake(tenant);
    if (run !== undefined && object !== undefined) return readObjectLines(lake, run, object);
    const [summary, parked] = await Promise.all([summarizeLedger(lake), countParked(lake, engine)]);
    return { ...summary, parked };
  };
