// What each table was built from, kept as properties of the table itself, so that a run knows what it need not do.
import { createHash } from 'node:crypto';
import type { Contract } from '@tessera/base';
import type { DeltaTable } from '@tessera/lakehouse';
import { inputsOf, varsOf } from '../compile/graph.ts';
import type { Model } from '../compile/model.ts';
import { type TransformVars, varFingerprint } from '../compile/vars.ts';

/** What a build read: everything that decides its content. */
export interface BuiltFrom {
  readonly code: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Data version of each table read. */
  readonly tables: Readonly<Record<string, number>>;
  /** For tables that grow: the build that last made them whole, after which what they gained since cannot be told. */
  readonly wholes: Readonly<Record<string, string>>;
}

export interface TableState {
  /** Version of the last commit that changed rows; a commit of properties alone does not count. -1 for an absent table. */
  readonly dataVersion: number;
  readonly whole: string;
  readonly builtFrom: BuiltFrom | undefined;
  /** What the model promised when it was last built; undefined where that was not noted yet. */
  readonly contract: Contract | undefined;
}

/** Names of the properties. */
const names = {
  builtFrom: 'built_from',
  dataVersion: 'data_version',
  whole: 'whole_build',
  contract: 'contract',
} as const;

export async function readState(table: DeltaTable): Promise<TableState> {
  const { version, properties } = await table.state();
  const noted = properties[names.dataVersion];
  const builtFrom = properties[names.builtFrom];
  const contract = properties[names.contract];
  return {
    dataVersion: version >= 0 && noted ? Number(noted) : version,
    whole: properties[names.whole] ?? '',
    builtFrom: builtFrom === undefined ? undefined : (JSON.parse(builtFrom) as BuiltFrom),
    contract: contract === undefined ? undefined : (JSON.parse(contract) as Contract),
  };
}

/** Properties of a commit. An empty `dataVersion` says that this commit itself changes rows. */
export const stateAsProperties = (state: {
  builtFrom: BuiltFrom;
  dataVersion: number | undefined;
  whole: string;
  contract: Contract;
}): Record<string, string> => ({
  [names.builtFrom]: JSON.stringify(state.builtFrom),
  [names.dataVersion]: state.dataVersion === undefined ? '' : String(state.dataVersion),
  [names.whole]: state.whole,
  [names.contract]: JSON.stringify(state.contract),
});

/** What a build of the model would read now. */
export function readsNow(model: Model, vars: TransformVars, states: ReadonlyMap<string, TableState>): BuiltFrom {
  const inputs = inputsOf(model);
  return {
    code: createHash('sha256').update(model.code).digest('hex').slice(0, 16),
    vars: Object.fromEntries(varsOf(model).map((name) => [name, varFingerprint(vars, name)])),
    tables: Object.fromEntries(inputs.map((name) => [name, states.get(name)?.dataVersion ?? -1])),
    wholes: Object.fromEntries(
      inputs.flatMap((name) => (states.get(name)?.whole ? [[name, states.get(name)?.whole ?? '']] : [])),
    ),
  };
}
