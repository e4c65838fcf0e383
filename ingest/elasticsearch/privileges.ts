// What an API key may do beyond reading.
import { z } from 'zod';
import { readJson, type VendorAnswer } from '../vendor-call.ts';

const needed: readonly string[] = ['read', 'view_index_metadata'];
/** Privileges that only look. */
const harmless: readonly string[] = [...needed, 'monitor', 'none'];

const privileges = z.looseObject({
  cluster: z.array(z.string()).default([]),
  indices: z.array(z.looseObject({ names: z.array(z.string()), privileges: z.array(z.string()) })).default([]),
  run_as: z.array(z.string()).default([]),
});

export const elasticsearchScopes = needed;

/** Sorted, for example `cluster:all`, `index:write`. */
export function excessPrivileges(answer: VendorAnswer): readonly string[] {
  const { cluster, indices, run_as: runAs } = readJson('elasticsearch', privileges, answer);
  const excess = (kind: string, held: readonly string[]) =>
    held.filter((name) => !harmless.includes(name)).map((name) => `${kind}:${name}`);
  const all = [
    ...excess('cluster', cluster),
    ...indices.flatMap((index) => excess('index', index.privileges)),
    ...(runAs.length > 0 ? ['run_as'] : []),
  ];
  return [...new Set(all)].sort();
}
