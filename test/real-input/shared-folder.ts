// Where the recordings of others lie; they are read in place and are no part of the project.
import { existsSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'shared');

export const sharedPath = (...parts: string[]) => path.join(folder, ...parts);

/** Value for node:test's `skip`: false where the recordings are there, else the sentence that says so. */
export const skipWithoutRecordings: false | string = existsSync(folder)
  ? false
  : 'skipped: the folder ../shared with recorded payloads is not here';
