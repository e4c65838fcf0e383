// One run: every model whose inputs changed since its last build, in the order of the graph.
import type { Observe } from '@tessera/base';
import type { EngineSession, TenantLake } from '@tessera/lakehouse';
import { bronzeTables } from './bronze-columns.ts';
import { buildModel } from './build/build-model.ts';
import { checkModelContract } from './build/check-contract.ts';
import { decide } from './build/decide.ts';
import { readState, readsNow, type TableState } from './build/ledger.ts';
import { withQuietBronze } from './build/quiet-bronze.ts';
import { openTables } from './build/tables.ts';
import type { Project } from './compile/graph.ts';
import type { TransformVars } from './compile/vars.ts';

export interface TransformRun {
  readonly lake: TenantLake;
  readonly session: EngineSession;
  readonly models: Project;
  readonly vars: TransformVars;
  /** Names the run in the tables' histories. */
  readonly run: string;
  readonly observe: Observe;
  /** Gold tables as last released: a run that built and did not come to release is made good by the next one. */
  readonly released?: Readonly<Record<string, number>> | undefined;
}
export interface TransformResult {
  /** Version of each gold table that holds its rows; the same as before where nothing of it changed. */
  readonly tables: Readonly<Record<string, number>>;
  /** Rows of each gold table that changed. */
  readonly rows: Readonly<Record<string, number>>;
  /** True where a gold table is not as it was released (without a release, as it was before): there is something to release. */
  readonly changed: boolean;
}

/**
 * Builds what must be built. A run without new rows in bronze, on the same day of the tenant, runs no SQL and writes nothing.
 * MODEL_CONTRACT_NEWER, MODEL_CONTRACT_BREAKS: nothing was built. CHECK_FAILED, MODEL_FAILED: the tables before the failed one are built, it and those after are as they were.
 */
export async function runTransforms({
  lake,
  session,
  models,
  vars,
  run,
  observe,
  released,
}: TransformRun): Promise<TransformResult> {
  const tables = openTables(lake, models);
  const states = new Map<string, TableState>();
  for (const name of bronzeTables) states.set(name, await readState(tables.get(name)!));
  const found = new Map<string, TableState>();
  for (const model of models.models) {
    const state = await readState(tables.get(model.name)!);
    checkModelContract(model, state.contract);
    found.set(model.name, state);
  }
  const before = new Map<string, number>();
  let anyBuilt = false;
  for (const model of models.models) {
    const state = found.get(model.name)!;
    before.set(model.name, state.dataVersion);
    const reads = readsNow(model, vars, await withQuietBronze(states, tables, state.builtFrom));
    const decision = decide(model, state.builtFrom, reads, anyBuilt);
    if (decision.build === 'nothing') {
      states.set(model.name, state);
      continue;
    }
    const started = performance.now();
    const built = await buildModel({ model, session, tables, vars, state, reads, decision, run });
    states.set(model.name, built.state);
    const changed = built.state.dataVersion !== state.dataVersion;
    anyBuilt ||= changed;
    if (!changed) continue;
    const ms = Math.round(performance.now() - started);
    observe({
      event: 'model.built',
      tenant: lake.tenant,
      model: model.name,
      rows: built.rows,
      version: built.state.dataVersion,
      ms,
    });
  }
  const gold = models.models
    .filter(({ layer }) => layer === 'gold')
    .map(({ name }) => name)
    .sort();
  const versions = Object.fromEntries(gold.map((name) => [name, states.get(name)?.dataVersion ?? -1]));
  const changed = gold.filter((name) => versions[name] !== (released ? released[name] : before.get(name)));
  return { tables: versions, rows: await countRows(changed), changed: changed.length > 0 };

  async function countRows(names: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of names) {
      const table = tables.get(name)!;
      const count = async () => (await session.query(`select count(*) as n from (${(await table.scan()).sql})`))[0]?.n;
      counts[name] = (await table.rows()) ?? Number(await count());
    }
    return counts;
  }
}
