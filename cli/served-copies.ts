// The copies that servers on this home answer from, asked from beside them: read-only, by the engine of a command.
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Settings, Tenant } from '@tessera/base';
import { type Engine, type Release, type Serving, withAttached } from '@tessera/lakehouse';
import { servingFolders } from './claim-seat.ts';

/** Calls `work` once for each server's copy of the release that is whole; none where no server has made one. */
export async function withCopies<T>(
  { home }: Pick<Settings, 'home'>,
  engine: Pick<Engine, 'session'>,
  tenant: Tenant,
  { number }: Pick<Release, 'number'>,
  work: (inspect: Serving['inspect']) => Promise<T>,
): Promise<readonly T[]> {
  const done: T[] = [];
  for (const folder of servingFolders(home)) {
    const copy = path.join(folder, `tenant-${tenant}`, String(number));
    // A copy counts with its note only.
    if (
      !(await access(`${copy}.json`).then(
        () => true,
        () => false,
      ))
    )
      continue;
    await engine.session((session) =>
      withAttached(session, { path: `${copy}.duckdb`, name: 'served', readOnly: true }, async () => {
        done.push(await work((_, sql) => session.query(sql)));
      }),
    );
  }
  return done;
}
