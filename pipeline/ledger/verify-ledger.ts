// All of a tenant counted once more, from raw to gold: what an incremental ledger cannot see is what happened to rows that were balanced long ago.
import { bronzeTable, type CountedGroup, recountPages } from '@tessera/ingest';
import type { Release } from '@tessera/lakehouse';
import { openTables } from '@tessera/transforms';
import { readBronze } from '../read-bronze.ts';
import type { RunNeeds } from '../stages/contract.ts';
import { ownerOf, type TenantConfig } from '../tenant-config.ts';
import { balance, isOpen } from './balance.ts';
import type { LedgerEntry, LedgerLine } from './contract.ts';
import { modelLines } from './model-lines.ts';

/** Reads everything and writes nothing. `told` is called stream by stream; `served` gives the lines of the copies of the newest release. */
export async function verifyLedger(
  needs: Pick<RunNeeds, 'lake' | 'engine' | 'connectors' | 'models' | 'now'>,
  config: TenantConfig,
  told: (what: string) => void = () => {},
  served: (release: Release) => Promise<readonly LedgerLine[]> = async () => [],
): Promise<LedgerEntry> {
  const { lake, engine, connectors, now } = needs;
  const lines: LedgerLine[] = [];
  for (const { source } of config.connections) {
    for (const facts of connectors.find((one) => one.source === source)?.streams ?? []) {
      told(`${source} ${facts.name}`);
      const table = bronzeTable(lake, source, facts);
      if ((await table.version()) < 0) continue;
      const { sql } = await table.scan();
      const found = await engine.query(`select distinct regexp_replace(_page, '-[0-9]+$', '') as run from (${sql})`);
      // Runs that added nothing, or never came to be staged, have nothing in bronze to be counted.
      const runs = new Set(found.map(({ run }) => String(run)));
      const entries = (await lake.raw.list(source, facts.name)).filter(({ run }) => runs.has(run));
      const groups: { raw: CountedGroup[]; bronze: CountedGroup[] } = { raw: [], bronze: [] };
      const owner = ownerOf(config, source, facts);
      const counted = await recountPages({ lake, engine, source, orgId: config.orgId, owner }, facts, entries);
      groups.raw.push(...counted.raw);
      groups.bronze.push(...counted.bronze);
      // Rows whose page is in raw no more were never counted above.
      const known = new Set(entries.map(({ run }) => run));
      for (const run of runs) {
        if (known.has(run)) continue;
        const [row] = await engine.query(`select count(*) as n from (${sql}) where starts_with(_page, '${run}-')`);
        groups.bronze.push({ day: run.slice(0, 10), reason: null, rows: Number(row?.n), sum: '0', xor: '0' });
      }
      lines.push(...balance({ hop: 'raw-bronze', source, object: facts.name }, groups.raw, groups.bronze));
    }
  }
  told('models');
  const { versions } = await readBronze(needs, config);
  const tables = openTables(lake, needs.models);
  lines.push(...(await engine.session((session) => modelLines(session, tables, versions, undefined))));
  const release = await lake.releases.latest();
  if (release !== undefined) {
    told('served copies');
    lines.push(...(await served(release)));
  }
  const at = now().toISOString();
  return { tenant: lake.tenant, run: 'verify', at, balanced: !lines.some(isOpen), lines };
}
