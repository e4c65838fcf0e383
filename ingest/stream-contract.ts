// A stream's contract: its key and its columns, with the version that its bronze table was last written under. A breaking change without a new version stops the stream.
import { type Contract, compareContracts, Fault, type SourceName } from '@tessera/base';
import { z } from 'zod';
import type { StreamFacts } from './define-connector.ts';

/** What others may rely on. */
export function streamContract(stream: StreamFacts): Contract {
  const carried = [...Object.keys(stream.nested?.carry ?? {}), ...(stream.parent ? [stream.parent.column] : [])];
  const given = carried.filter((name) => stream.columns[name] === undefined).map((name) => [name, { type: 'VARCHAR' }]);
  const own = Object.entries(stream.columns).map(([name, { type, required }]) => [
    name,
    { type, ...(required || stream.primaryKey.includes(name) ? { required: true } : {}) },
  ]);
  return { version: stream.version ?? 1, key: stream.primaryKey, columns: Object.fromEntries([...given, ...own]) };
}

export const contractText = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(
    z.object({
      version: z.number().int(),
      key: z.array(z.string()),
      columns: z.record(z.string(), z.object({ type: z.string(), required: z.literal(true).optional() })),
    }),
  );

/** CONTRACT_BREAKS where rows of this shape would mean something else than those that are there. */
export function checkContract(source: SourceName, stream: StreamFacts, written: Contract | undefined): Contract {
  const declared = streamContract(stream);
  if (written === undefined) return declared;
  const breaking = compareContracts(written, declared).filter((change) => change.breaking);
  if (breaking.length === 0 || declared.version > written.version) return declared;
  const what = breaking.map((change) => change.what).join('; ');
  throw new Fault('CONTRACT_BREAKS', { contract: `${source}.${stream.name}`, version: written.version, what });
}

/** From so many records on, and where more than half of them are bad, it is not the records that are wrong. */
const enough = 20;

/** SCHEMA_BROKEN where most of a batch could not be taken: the stream stops where it is, and nothing is put aside one by one. */
export function refuseBroken(
  source: SourceName,
  stream: StreamFacts,
  counts: { readonly records: number; readonly bad: number; readonly reason: string },
): void {
  const { records, bad, reason } = counts;
  if (records >= enough && bad * 2 > records)
    throw new Fault('SCHEMA_BROKEN', { source, stream: stream.name, records, bad, reason });
}
