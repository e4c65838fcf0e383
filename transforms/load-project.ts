// The models of this folder, read and ordered once.
import { bronzeTables } from './bronze-columns.ts';
import { orderModels, type Project } from './compile/graph.ts';
import { loadModels, modelsFolder } from './compile/load-models.ts';

/** All models in the order of the graph; what is wrong with them is told here and not in the middle of a run. */
export async function loadProject(folder = modelsFolder): Promise<Project> {
  return orderModels(await loadModels(folder), bronzeTables);
}
