// What became of a table, commit by commit, as far back as its log reaches.
import { rowsIn } from './file-stats.ts';
import { listCommits, readCommit } from './log.ts';
import type { TableFiles } from './table-files.ts';

export async function readHistory(where: TableFiles) {
  const versions = await listCommits(where);
  const commits = await Promise.all(
    versions.map(async (version) => ({ version, actions: (await readCommit(where, version)) ?? [] })),
  );
  return commits.flatMap(({ version, actions }) => {
    const told = actions.find((action) => action.commitInfo)?.commitInfo;
    if (!told) return [];
    const adds = actions.flatMap(({ add }) => (add ? [add] : []));
    return [
      {
        version,
        at: new Date(told.timestamp),
        operation: told.operation,
        run: told.userMetadata,
        added: adds.length,
        removed: actions.filter(({ remove }) => remove).length,
        rows: rowsIn(adds) || 0,
      },
    ];
  });
}
