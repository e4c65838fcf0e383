// Merge by key: finds the files that hold touched keys, and rewrites those alone.
import { ident, idents } from '../sql-text.ts';
import type { AddFile } from './actions.ts';
import type { Plan } from './commit.ts';
import { readFiles } from './data-file.ts';
import { mayHold, prunable, type Range } from './file-stats.ts';
import { selectFiles } from './schema.ts';
import { columnsOf, type Snapshot } from './snapshot.ts';
import { withTemp } from './staging.ts';
import { partitionOf, type Write, writeByPartition } from './write.ts';

const fileColumn = 'tessera_file';
/** A merge that writes anyway joins small files once a partition has this many: each costs a reader some 2 ms. */
const manySmall = 16;
const smallBytes = 1_000_000;

/** How many rows are staged, and between which bounds their keys lie. */
async function measured(
  write: Write,
  staged: string,
  key: readonly string[],
): Promise<{ readonly rows: number; readonly ranges: readonly Range[] }> {
  const usable = key.filter((column) => prunable(write.columns.get(column)));
  const bounds = usable.flatMap((c, i) => [`min(${ident(c)}) as low${i}`, `max(${ident(c)}) as high${i}`]);
  const [row] = await write.session.query(`select ${['count(*) as rows', ...bounds].join(', ')} from ${staged}`);
  const ranges = usable.flatMap((column, i) => {
    const [min, max] = [row?.[`low${i}`], row?.[`high${i}`]];
    const comparable = (v: unknown) => typeof v === 'string' || typeof v === 'number';
    return comparable(min) && comparable(max) ? [{ column, min, max } as Range] : [];
  });
  return { rows: Number(row?.rows ?? 0), ranges };
}

/** The plan that brings the staged rows (unique by `key`) into the table; without adds and removes where nothing differs. */
export async function planMerge(write: Write, state: Snapshot, staged: string, key: readonly string[]): Promise<Plan> {
  const plan = { operation: 'MERGE', mode: 'Merge', columns: write.columns, blind: false } as const;
  const { rows, ranges } = await measured(write, staged, key);
  if (rows === 0) return { ...plan, adds: [], removes: [], rows: 0 };
  const candidates = [...state.files.values()].filter((file) => mayHold(file, ranges));
  const held = (files: string | undefined, extra: readonly string[] = []) =>
    selectFiles(files, columnsOf(state), write.columns, extra).sql;
  const filesOf = (names: ReadonlySet<string>) =>
    // Part names hold a random id, so the last step of a path decides.
    [...state.files.values()].filter((file) => names.has(lastStep(file.path)));
  const named = async (sql: string) =>
    new Set((await write.session.query(sql)).map(({ file }) => lastStep(String(file))));

  // First by key alone: reading all columns of all files that might hold one takes three times as long, and mostly none does.
  const probed = await readFiles(write.where, state, candidates, fileColumn);
  const keyed = `select ${idents(key)}, ${fileColumn} from (${held(probed, [fileColumn])})`;
  const holding =
    probed === undefined
      ? []
      : filesOf(
          await named(
            `select distinct ${fileColumn} as file from (${keyed}) semi join ${staged} using (${idents(key)})`,
          ),
        );
  const crowded = crowdedFiles(write, state);
  if (holding.length + crowded.size === 0)
    return { ...plan, adds: await writeByPartition(write, staged), removes: [], rows };

  const others = [...write.columns.keys()].filter((column) => !key.includes(column));
  const differs = others.map((c) => `old.${ident(c)} is distinct from new.${ident(c)}`).join(' or ') || 'false';
  const withNames = await readFiles(write.where, state, holding, fileColumn);
  const found = `select ${idents(key)}, ${fileColumn}, ${differs} as differs
    from (${held(withNames, [fileColumn])}) as old join ${staged} as new using (${idents(key)})`;

  return withTemp(write.session, { sql: found }, async (hits) => {
    // Every copy of a key that differs anywhere: appends may have stored it more than once.
    const differing = `(select distinct ${idents(key)} from ${hits} where differs)`;
    const touched = filesOf(
      await named(`select distinct ${fileColumn} as file from ${hits} semi join ${differing} using (${idents(key)})`),
    );
    const rewritten = [...new Set([...touched, ...crowded])];
    const kept = await readFiles(write.where, state, rewritten);
    // New keys, and every row whose old place is about to go; a key that lies in an untouched file stays there.
    const fresh = `select * from ${staged} as new where not exists (
      from ${hits} as hit where ${key.map((c) => `hit.${ident(c)} = new.${ident(c)}`).join(' and ')}) `;
    const updated = `select * from ${staged} semi join ${differing} using (${idents(key)})`;
    const carried = `select * from (${held(kept)}) anti join ${differing} using (${idents(key)})`;
    const [changed] = await write.session.query(`select count(*) as rows from (${fresh} union all ${updated})`);
    const count = Number(changed?.rows ?? 0);
    if (count === 0) return { ...plan, adds: [], removes: [], rows: 0 };
    const content = { sql: `${carried} union all ${updated} union all ${fresh}` };
    const adds =
      rewritten.length === 0
        ? // What is stored stays as it is: new rows are written from where they lie.
          await writeByPartition(write, `(${fresh})`)
        : await withTemp(write.session, content, (merged) => writeByPartition(write, merged));
    return { ...plan, adds, removes: rewritten.map((file) => file.path), rows: count };
  });
}

const lastStep = (path: string): string => decodeURIComponent(path).split('/').at(-1) ?? '';

/** The small files of partitions that have many of them. */
function crowdedFiles(write: Write, state: Snapshot): ReadonlySet<AddFile> {
  const small = [...state.files.values()].filter((file) => file.size < smallBytes);
  const groups = Map.groupBy(small, (file) => partitionOf(write, file));
  return new Set([...groups.values()].filter((group) => group.length >= manySmall).flat());
}
