// A DuckDB file as the database that a connection's statements are about, for as long as a piece of work takes.
import { text } from './sql-text.ts';

/** Attaches `path` under a name of its own in the instance, and names it to `on` as the one that tables are found in. Afterwards it is let go of, whatever came of the work. */
export async function withAttached<T>(
  on: { run(sql: string): Promise<unknown> },
  { path, name, readOnly = false }: { readonly path: string; readonly name: string; readonly readOnly?: boolean },
  work: () => Promise<T>,
): Promise<T> {
  await on.run(`attach ${text(path)} as ${name}${readOnly ? ' (read_only)' : ''}`);
  try {
    await on.run(`use ${name}`);
    return await work();
  } finally {
    await on.run('use memory');
    await on.run(`detach ${name}`);
  }
}
