// The ledger for the platform's interface.
import { summarizeLedger } from '@tessera/pipeline';
import { createReconciliationReader, type ReadReconciliation } from '@tessera/platform';
import type { DecideRights } from '@tessera/security';
import type { Lakes } from './open-lakes.ts';

export const reconciliationOf = (lakes: Pick<Lakes, 'openLake'>, decideRights: DecideRights): ReadReconciliation =>
  createReconciliationReader({ decideRights, read: (tenant) => summarizeLedger(lakes.openLake(tenant)) });
