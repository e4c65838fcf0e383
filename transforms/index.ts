// The door of transforms: the models as a project, and the run that builds them.

export { bronzeColumns, bronzeTables } from './bronze-columns.ts';
export { readPositions } from './build/read-positions.ts';
export { openTables } from './build/tables.ts';
export { inputsOf, orderModels, type Project } from './compile/graph.ts';
export { loadModels } from './compile/load-models.ts';
export type { Model } from './compile/model.ts';
export { localDay, type TransformVars } from './compile/vars.ts';
export {
  type AcceptedContracts,
  acceptModels,
  type ModelChange,
  planModels,
  readAccepted,
  writeAccepted,
} from './contracts.ts';
export { loadProject } from './load-project.ts';
export { renderTables } from './render-reference.ts';
export { runTransforms, type TransformResult, type TransformRun } from './run-transforms.ts';
export { type ColumnMeta, type TableMeta, tableMeta } from './table-meta.ts';
