// notify: publishes the release, and has it served. Safe to repeat: a release is written once, by its number.
import type { Release } from '@tessera/lakehouse';
import { settleLetters } from '../dead-letters.ts';
import { checkServed } from '../ledger/served-lines.ts';
import { isSameVersions } from '../same-versions.ts';
import { keepUp } from '../upkeep.ts';
import type { Merged, Notified, RunState, Stage } from './contract.ts';

export const notify: Stage<RunState, Notified> = async ({ needs }, { run, merged, sources }) => {
  if (merged === undefined) throw new Error('nothing was built');
  const { lake, now, observe, serving } = needs;
  const latest = await lake.releases.latest();
  // This stage again, after it was interrupted: the release is there already.
  const isThere = latest !== undefined && latest.run === run && isSameVersions(latest.tables, merged.tables);
  let release = latest;
  if (merged.changed && !isThere) {
    const before = await lake.releases.get(merged.before);
    release = {
      number: merged.before + 1,
      at: now(),
      asOf: new Date(merged.asOf),
      run,
      tables: merged.tables,
      inputs: merged.inputs,
      rows: { ...before?.rows, ...merged.rows },
      sources: freshness(merged, sources, before, now()),
    };
    await lake.releases.publish(release);
    observe({ event: 'release.published', tenant: lake.tenant, release: release.number });
  }
  if (release === undefined) throw new Error('there is no release');
  await serving.build(lake, release);
  await checkServed(needs, release);
  await settleLetters(lake, ({ source }) => source === undefined);
  if (merged.changed && needs.upkeep) await keepUp(needs, run, needs.upkeep);
  return { release: release.number, changed: merged.changed };
};

/** A source that failed, or was not asked, keeps the time of its last good check. */
function freshness(
  merged: Merged,
  sources: RunState['sources'],
  before: Release | undefined,
  now: Date,
): Release['sources'] {
  const checked = (name: string) => {
    const state = sources.find(({ source }) => source === name);
    return state !== undefined && !state.failed && (state.streams ?? []).every(({ failed }) => !failed);
  };
  return Object.fromEntries(
    Object.entries(merged.newest).map(([source, { occurredAt, ingestAt }]) => [
      source,
      {
        newestOccurredAt: occurredAt,
        newestIngestAt: ingestAt,
        checkedAt: checked(source) ? now.toISOString() : (before?.sources[source]?.checkedAt ?? null),
      },
    ]),
  );
}
