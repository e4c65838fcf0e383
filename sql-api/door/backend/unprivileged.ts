// In charge of whom PostgreSQL runs as: it refuses to be root, so root lends it a user that owns nothing else.
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined where this process is not root and may run PostgreSQL itself. */
export function unprivilegedUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const row = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8'));
    if (row) return { uid: Number(row[1]), gid: Number(row[2]) };
  }
  return undefined;
}

/** Whether another user can walk down to the folder: root's private homes are closed to the user that PostgreSQL runs as. */
export async function isReachable(folder: string): Promise<boolean> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}
