// merge: silver and gold from bronze, as new table versions that nobody is served from yet. Safe to repeat: the same bronze and instant give the same tables.
import { runTransforms } from '@tessera/transforms';
import { readBronze } from '../read-bronze.ts';
import { isSameVersions } from '../same-versions.ts';
import { transformVars } from '../transform-vars.ts';
import type { Merged, RunState, Stage } from './contract.ts';

const dayOf = (instant: Date) => instant.toISOString().slice(0, 10);

export const merge: Stage<RunState, Merged> = async ({ needs, config }, { run }) => {
  const { lake, now, observe, models } = needs;
  const before = await lake.releases.latest();
  const bronze = await readBronze(needs, config);
  // What a person went back to stays until he says otherwise; new pages are fetched and staged meanwhile.
  if (before?.rolledBackTo !== undefined)
    return {
      before: before.number,
      changed: false,
      asOf: before.asOf.toISOString(),
      tables: before.tables,
      rows: {},
      inputs: before.inputs,
      newest: bronze.newest,
    };
  // Without anything new, and on the same day, the release stays as it is.
  const asOf =
    before && isSameVersions(bronze.versions, before.inputs) && dayOf(before.asOf) === dayOf(now())
      ? before.asOf
      : now();
  const vars = transformVars(config, asOf);
  const built = await needs.engine.session((session) =>
    runTransforms({ lake, session, models, vars, run, observe, released: before?.tables ?? {} }),
  );
  return {
    before: before?.number ?? 0,
    changed: !before || !isSameVersions(built.tables, before.tables),
    asOf: asOf.toISOString(),
    tables: built.tables,
    rows: built.rows,
    inputs: bronze.versions,
    newest: bronze.newest,
  };
};
