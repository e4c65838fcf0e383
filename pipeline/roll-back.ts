// Going back to an earlier release, and on again. Numbers never go back: both are releases of their own.
import { Fault, must } from '@tessera/base';
import { type Engine, parseTableName, type Release, type TenantLake } from '@tessera/lakehouse';

export interface RollBackNeeds {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly now: () => Date;
}

/**
 * Publishes the tables of release `to` as the next release, which holds until `resumeReleases`: runs fetch and stage meanwhile, and build nothing.
 * Said again, it changes nothing. Wants the tenant's lease. RELEASE_UNKNOWN; RELEASE_UNREADABLE where a table of it is not there any more, before anything is published.
 */
export async function rollBack(needs: RollBackNeeds, to: number): Promise<Release> {
  const { lake, now } = needs;
  const newest = await lake.releases.latest();
  const target = newest !== undefined && to < newest.number ? await lake.releases.get(to) : undefined;
  if (newest === undefined || target === undefined)
    throw new Fault('RELEASE_UNKNOWN', { tenant: lake.tenant, newest: newest?.number ?? 0 });
  if (newest.rolledBackTo === to) return newest;
  await checkReadable(needs, target);
  const { fence: _, ...told } = target;
  const release: Release = {
    ...told,
    number: newest.number + 1,
    at: now(),
    run: `rollback-${newest.number + 1}`,
    rolledBackTo: to,
  };
  await lake.releases.publish(release);
  return release;
}

/** Ends a rollback: the same tables, and the next run builds on to what has come meanwhile. Wants the tenant's lease. RELEASE_NOT_ROLLED_BACK. */
export async function resumeReleases({ lake, now }: Pick<RollBackNeeds, 'lake' | 'now'>): Promise<Release> {
  const newest = await lake.releases.latest();
  if (newest?.rolledBackTo === undefined)
    throw new Fault('RELEASE_NOT_ROLLED_BACK', { tenant: lake.tenant, newest: newest?.number ?? 0 });
  const { fence: _, rolledBackTo: __, ...told } = newest;
  const release: Release = { ...told, number: newest.number + 1, at: now(), run: `resume-${newest.number + 1}` };
  await lake.releases.publish(release);
  return release;
}

/** Every file of every table is opened and its rows counted: a release that cannot be served must not be published. */
async function checkReadable({ lake, engine }: RollBackNeeds, { number, tables, rows }: Release): Promise<void> {
  for (const [table, version] of Object.entries(tables)) {
    if (version < 0) continue;
    const count = async () => {
      const { sql } = await lake.table('gold', must(parseTableName(table)), { columns: {} }).scan(version);
      const [row] = await engine.query(`select count(*) as n from (${sql})`);
      return Number(row?.n);
    };
    const unreadable = (cause?: unknown) =>
      new Fault('RELEASE_UNREADABLE', { tenant: lake.tenant, release: number, table }, { cause });
    const found = await count().catch((error: unknown) => {
      throw unreadable(error);
    });
    if (rows[table] !== undefined && rows[table] !== found) throw unreadable();
  }
}
