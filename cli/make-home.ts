// The folder of everything: made and writable before anything else happens.
import { access, constants, mkdir } from 'node:fs/promises';
import { Fault } from '@tessera/base';

/** SETTING_INVALID where the folder cannot be made or written: better now than in the middle of the first run. */
export async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_HOME', problem: `the folder cannot be written (${reason})` });
  }
}
