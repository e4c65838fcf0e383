// The registry of models is the folder walk: models/<layer>/<model>/<model>.sql with its meta beside it.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '@tessera/base';
import { readAccepted } from '../contracts.ts';
import type { ColumnMeta, TableMeta } from '../table-meta.ts';
import { type Model, readModel } from './model.ts';

export const modelsFolder = path.join(import.meta.dirname, '..', 'models');
const layers = ['silver', 'gold'] as const;

/** All models of a folder, in the order of their names, each with the version of its contract from the folder `contracts` beside it. */
export async function loadModels(folder = modelsFolder): Promise<readonly Model[]> {
  const accepted = await readAccepted(path.join(folder, '..', 'contracts'));
  const models: Model[] = [];
  for (const layer of layers) {
    const names = (await readdir(path.join(folder, layer)).catch(() => [])).sort();
    for (const name of names) {
      const { version } = accepted[layer].models[name] ?? {};
      models.push(await loadModel(folder, layer, name, version));
    }
  }
  return models;
}

async function loadModel(
  folder: string,
  layer: (typeof layers)[number],
  name: string,
  version: number | undefined,
): Promise<Model> {
  const base = path.join(folder, layer, name, name);
  const file = path.join('transforms', 'models', layer, name, `${name}.sql`);
  const [sql, whole, metaModule] = await Promise.all([
    readFile(`${base}.sql`, 'utf8').catch(() => undefined),
    readFile(`${base}.whole.sql`, 'utf8').catch(() => undefined),
    import(pathToFileURL(`${base}.meta.ts`).href) as Promise<Record<string, unknown>>,
  ]);
  if (sql === undefined) throw new Fault('MODEL_INVALID', { file, problem: 'the file is missing' });
  const meta = Object.values(metaModule).find(isTableMeta);
  if (!meta) throw new Fault('MODEL_INVALID', { file, problem: 'its meta file exports no tableMeta' });
  return readModel({ name, layer, file, sql, whole, meta, version });
}

function isTableMeta(value: unknown): value is TableMeta<Record<string, ColumnMeta>> {
  return typeof value === 'object' && value !== null && 'columns' in value && 'grain' in value;
}
