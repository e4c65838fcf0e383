// `tessera canary check`: whether the running server's canary had its known numbers last, and not too long ago.
import { readFile } from 'node:fs/promises';
import { Fault, readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { type CanaryResult, canaryFile } from '../canary/canary.ts';
import { slotMs } from '../canary/known-world.ts';
import { printRows } from '../print.ts';

export function addCanaryCommands(program: Command): void {
  program
    .command('canary')
    .description('The tenant whose numbers are known (TESSERA_CANARY=on)')
    .command('check')
    .description('what the server found last; exit code 1 where it was wrong, or longer ago than three of its turns')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const text = await readFile(canaryFile(readSettings(process.env)), 'utf8').catch(() => {
        throw new Fault('SETTING_INVALID', {
          name: 'TESSERA_CANARY',
          problem: 'no server with the canary on has run on this TESSERA_HOME',
        });
      });
      const { at, right, step, expected, found, ms } = JSON.parse(text) as CanaryResult;
      const isOld = Date.now() - Date.parse(at) > 3 * slotMs;
      const row = { at, right, old: isOld, step, expected: JSON.stringify(expected), found: JSON.stringify(found), ms };
      printRows([row], json ?? false);
      if (!right || isOld) process.exitCode = 1;
    });
}
