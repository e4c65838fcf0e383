// stage: the pages that a fetch left in raw, to bronze. Safe to repeat: the cursor is in the commit of its rows. Asks no vendor.
import { stagePart } from '@tessera/ingest';
import { openLedger } from '../ledger/ledger-store.ts';
import { driftOf } from '../quarantine/drift.ts';
import { ownerOf } from '../tenant-config.ts';
import type { Stage, Staged, StreamState } from './contract.ts';

/** A report is passed on between processes; long lists of it are in the lake (raw, quarantine). */
const longest = 100;

export const stage: Stage<StreamState, Staged> = async ({ needs, config }, { run, source, stream: name, fetched }) => {
  const stream = needs.connectors
    .find((connector) => connector.source === source)
    ?.streams.find((candidate) => candidate.name === name);
  if (stream === undefined || fetched === undefined) throw new Error(`nothing to stage for ${source} ${name}`);
  const account = openLedger(needs.lake).accountOf(run, source, name);
  const drift = driftOf(needs, source, name, run);
  const owner = ownerOf(config, source, stream);
  const report = await stagePart(
    { ...needs, source, orgId: config.orgId, owner, run, account, drift },
    stream,
    fetched,
  );
  return {
    ...report,
    unreadable: report.unreadable.slice(0, longest),
    drift: Object.fromEntries(Object.entries(report.drift).slice(0, longest)),
  };
};
