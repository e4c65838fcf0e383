// The contracts of the models: what each promises now, what was last accepted (contracts/*.json), and what differs between the two.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Contract, compareContracts, Fault } from '@tessera/base';
import { downstreamOf } from './compile/graph.ts';
import type { Model } from './compile/model.ts';
import type { ColumnMeta, TableMeta } from './table-meta.ts';

export const contractsFolder = path.join(import.meta.dirname, 'contracts');
const layers = ['silver', 'gold'] as const;

interface Note {
  readonly version: number;
  readonly note: string;
  readonly changes: readonly string[];
}
interface Accepted {
  readonly models: Readonly<Record<string, Contract & { readonly notes?: readonly Note[] }>>;
  /** Models that are no more: where one of the name comes back, it goes on from there. */
  readonly retired: Readonly<Record<string, { readonly version: number; readonly notes?: readonly Note[] }>>;
}
export type AcceptedContracts = Readonly<Record<(typeof layers)[number], Accepted>>;

/** What those who read the table may rely on. */
export function modelContract(meta: TableMeta<Record<string, ColumnMeta>>, version: number): Contract {
  const columns = Object.entries(meta.columns).map(([name, { type, nullable }]) => [
    name,
    { type, ...(nullable ? {} : { required: true as const }) },
  ]);
  const partition = meta.partitionBy === undefined ? {} : { partition: meta.partitionBy };
  return { version, key: meta.key, grain: meta.grain, ...partition, columns: Object.fromEntries(columns) };
}

/** Of a folder without them: nothing was accepted yet. */
export async function readAccepted(folder = contractsFolder): Promise<AcceptedContracts> {
  const read = async (layer: string): Promise<Accepted> => {
    const text = await readFile(path.join(folder, `${layer}.json`), 'utf8').catch(() => undefined);
    return text === undefined ? { models: {}, retired: {} } : (JSON.parse(text) as Accepted);
  };
  return { silver: await read('silver'), gold: await read('gold') };
}

export interface ModelChange {
  readonly layer: Model['layer'];
  readonly model: string;
  readonly what: string;
  readonly breaking: boolean;
  /** Gold tables made from it, itself among them. */
  readonly reaches: readonly string[];
}

/** Every difference between the models and what was accepted. */
export function planModels(models: readonly Model[], accepted: AcceptedContracts): readonly ModelChange[] {
  const came = models.flatMap((model) => {
    const { layer, name } = model;
    const was = accepted[layer].models[name];
    const changes = was
      ? compareContracts(was, modelContract(model.meta, was.version))
      : [{ what: 'the model is new', breaking: false }];
    return changes.map((change) => ({ layer, model: name, ...change, reaches: downstreamOf(models, name) }));
  });
  const went = layers.flatMap((layer) =>
    Object.keys(accepted[layer].models)
      .filter((name) => !models.some((model) => model.name === name && model.layer === layer))
      .map((name) => ({
        ...{ layer, model: name, what: 'the model is gone', breaking: true },
        reaches: layer === 'gold' ? [name] : [],
      })),
  );
  return [...came, ...went];
}

/** The contracts with the changes taken: a model that breaks gets the next version and the note. MODEL_NOTE_MISSING where one breaks without it. */
export function acceptModels(models: readonly Model[], accepted: AcceptedContracts, note = ''): AcceptedContracts {
  const breaking = Map.groupBy(
    planModels(models, accepted).filter((change) => change.breaking),
    ({ model }) => model,
  );
  if (breaking.size > 0 && note.trim() === '') throw new Fault('MODEL_NOTE_MISSING', { models: [...breaking.keys()] });
  const next = (layer: Model['layer']): Accepted => {
    const { models: had, retired } = accepted[layer];
    const told = (name: string) => {
      const before = had[name] ?? retired[name];
      const changes = breaking.get(name)?.map(({ what }) => what);
      const version = before === undefined ? 1 : before.version + (changes || !had[name] ? 1 : 0);
      const said = [...(before?.notes ?? []), ...(changes ? [{ version, note: note.trim(), changes }] : [])];
      return { version, ...(said.length > 0 ? { notes: said } : {}) };
    };
    const now = models.filter((model) => model.layer === layer).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Set(now.map(({ name }) => name));
    const gone = Object.keys(had).filter((name) => !names.has(name));
    return {
      models: Object.fromEntries(
        now.map(({ name, meta }) => {
          const { version, ...more } = told(name);
          return [name, { ...modelContract(meta, version), ...more }];
        }),
      ),
      retired: Object.fromEntries([
        ...Object.entries(retired).filter(([name]) => !names.has(name)),
        ...gone.map((name) => [name, told(name)]),
      ]),
    };
  };
  return { silver: next('silver'), gold: next('gold') };
}

/** A column a line, so that a change is read at once. */
const render = (contracts: Accepted): string =>
  `${JSON.stringify(contracts, null, 2).replace(/\{\s+("type": "\w+")(?:,\s+("required": true))?\s+\}/g, (_, type, required) => `{ ${[type, required].filter(Boolean).join(', ')} }`)}\n`;

/** Writes the files; they are committed with the models. */
export async function writeAccepted(contracts: AcceptedContracts, folder = contractsFolder): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const layer of layers) await writeFile(path.join(folder, `${layer}.json`), render(contracts[layer]));
}
