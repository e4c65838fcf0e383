// What of a server tells operators how the pipeline does, joined as in the product.
import { fixedClock, type Settings } from '@tessera/base';
import type { TenantConfig } from '@tessera/pipeline';
import type { PlatformNeeds } from '@tessera/platform';
import type { Lakes } from '../../cli/open-lakes.ts';
import { wireDesk } from '../../cli/wire-desk.ts';
import { freshnessFrom } from '../../cli/wire-freshness.ts';
import { reconciliationOf } from '../../cli/wire-ledger.ts';
import { asOf } from './build-world.ts';

export function operationsOf(parts: {
  readonly settings: Settings;
  readonly lakes: Lakes;
  readonly configs: readonly TenantConfig[];
  readonly audit: Parameters<typeof wireDesk>[0]['audit'];
}): Pick<PlatformNeeds, 'desk' | 'freshness' | 'reconciliation'> {
  const { settings, lakes, configs } = parts;
  const byTenant = new Map(configs.map((config) => [config.tenant, config]));
  /** Stages of a run are not part of this: what would run one is refused before. */
  const needs = () => {
    throw new Error('nothing runs here');
  };
  return {
    desk: wireDesk({ ...parts, needs }),
    freshness: freshnessFrom(settings, lakes, byTenant, fixedClock(asOf)),
    reconciliation: reconciliationOf(lakes),
  };
}
