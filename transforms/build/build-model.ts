// Builds one model: its select into a temp table, checks there, and only then one write to its Delta table.
import { Fault } from '@tessera/base';
import type { DeltaTable, EngineSession, Rows } from '@tessera/lakehouse';
import { inputsOf } from '../compile/graph.ts';
import type { Model } from '../compile/model.ts';
import { type Binding, renderModel, renderTemplate } from '../compile/render.ts';
import type { TransformVars } from '../compile/vars.ts';
import { checkTable } from './check-table.ts';
import { columnTypes } from './columns.ts';
import type { Decision } from './decide.ts';
import { type BuiltFrom, stateAsProperties, type TableState } from './ledger.ts';

export interface ModelBuild {
  readonly model: Model;
  readonly session: EngineSession;
  readonly tables: ReadonlyMap<string, DeltaTable>;
  readonly vars: TransformVars;
  readonly state: TableState;
  readonly reads: BuiltFrom;
  readonly decision: Decision;
  readonly run: string;
}
export interface Built {
  readonly state: TableState;
  /** Rows written. */
  readonly rows: number;
}

/** CHECK_FAILED, MODEL_INVALID or MODEL_FAILED leave the table as it was. */
export async function buildModel(build: ModelBuild): Promise<Built> {
  const { model, session } = build;
  const staged = `build_${model.name}`;
  const gained = build.decision.build === 'gained' && !(await mustBeWhole(build));
  const binding = await bind(build, gained);
  await told(build, session.run(`create or replace temp table ${staged} as ${renderModel(model, binding)}`));
  try {
    await checkTable(session, model, staged);
    return gained ? await writeGained(build, staged) : await writeWhole(build, staged);
  } finally {
    await session.run(`drop table if exists ${staged}`);
  }
}

/** Rows that checkTable has looked at, so their columns are those of the meta. */
const rowsOf = ({ meta }: Model, staged: string): Rows => ({
  sql: `select * from ${staged}`,
  temp: staged,
  columns: columnTypes(meta),
});

/** The rows and the note of what they were built from are one commit, so that a crash can neither lose nor repeat them. Rows that are there already are no change. */
async function writeGained({ model, session, tables, state, reads, run }: ModelBuild, staged: string): Promise<Built> {
  const table = tables.get(model.name)!;
  const { contract } = model;
  const next = { builtFrom: reads, dataVersion: state.dataVersion, whole: state.whole, contract };
  const options = {
    properties: (differs: boolean) => stateAsProperties({ ...next, ...(differs ? { dataVersion: undefined } : {}) }),
    run,
  };
  const source = rowsOf(model, staged);
  const written =
    model.kind === 'append'
      ? await table.append(session, source, options)
      : await table.merge(session, source, model.meta.key, options);
  return { state: written.differs ? { ...next, dataVersion: written.version } : next, rows: written.rows };
}

/** One commit, which alone can tell whether anything differs. */
async function writeWhole({ model, session, tables, state, reads, run }: ModelBuild, staged: string): Promise<Built> {
  const table = tables.get(model.name)!;
  const { contract } = model;
  // The columns of a new version need not be those of the one before.
  const asDeclared = state.contract !== undefined && state.contract.version < contract.version;
  const stateWhen = (differs: boolean): TableState => ({
    builtFrom: reads,
    dataVersion: Math.max(state.dataVersion, 0),
    whole: model.kind === 'full' ? '' : !differs && state.whole ? state.whole : run,
    contract,
  });
  const properties = (differs: boolean) => {
    const next = stateWhen(differs);
    return stateAsProperties({
      ...next,
      builtFrom: reads,
      contract,
      dataVersion: differs ? undefined : next.dataVersion,
    });
  };
  const how = { run, properties, ...(asDeclared ? ({ asDeclared } as const) : {}) };
  const written = await table.overwrite(session, rowsOf(model, staged), how);
  const next = stateWhen(written.differs);
  return { state: written.differs ? { ...next, dataVersion: written.version } : next, rows: written.rows };
}

async function mustBeWhole(build: ModelBuild): Promise<boolean> {
  if (!build.model.wholeWhen) return false;
  const sql = renderTemplate(build.model.wholeWhen, await bind(build, true));
  const [row] = await told(build, build.session.query(sql));
  return Object.values(row ?? {})[0] === true;
}

/** Names → selects over Delta files. A table that gained nothing reads as one without rows. */
async function bind(build: ModelBuild, incremental: boolean): Promise<Binding> {
  const { model, tables, state, vars, decision } = build;
  const all = new Map<string, string>();
  const added = new Map<string, string>();
  for (const name of inputsOf(model)) {
    const table = tables.get(name)!;
    const { sql } = await table.scan();
    all.set(name, `(${sql})`);
    const since = state.builtFrom?.tables[name] ?? -1;
    const gained = incremental && decision.changed.includes(name) ? await table.scanAddedSince(since) : undefined;
    added.set(name, gained ? `(${gained.sql})` : `(select * from (${sql}) limit 0)`);
  }
  const self = incremental ? (await tables.get(model.name)!.scan()).sql : '';
  return {
    vars,
    table: (name) => all.get(name) ?? '',
    added: (name) => (incremental ? added : all).get(name) ?? '',
    self: () => `(${self})`,
    incremental,
    changed: (name) => decision.changed.includes(name),
  };
}

/** The engine's own fault names the statement; this one names the model. */
async function told<T>({ model }: ModelBuild, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'QUERY_FAILED') throw error;
    throw new Fault(
      'MODEL_FAILED',
      { model: model.name, file: model.template.file, kind: error.message },
      { cause: error },
    );
  }
}
