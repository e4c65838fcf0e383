// `tessera up` (what `npm start` runs): everything in one program, until Ctrl-C.
import { readSettings } from '@tessera/base';
import type { Command } from 'commander';
import { bootSettings } from '../boot-checks.ts';
import { showProgress } from '../progress.ts';
import { startTessera } from '../start-tessera.ts';
import { logLines } from '../telemetry/json-log.ts';

export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('run Tessera with its embedded parts, and the demo where no tenant is configured')
    .option('--json', 'events as JSON lines on stderr instead of progress for people')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = bootSettings(readSettings(process.env), process.env);
      const observe = json ? logLines((line) => process.stderr.write(line)) : showProgress(process.stderr);
      const running = await startTessera(settings, observe);
      let isStopping = false;
      const stop = (before: Promise<void>) => {
        if (isStopping) process.exit(1);
        isStopping = true;
        void before.then(() => running.close()).then(() => process.exit(0));
      };
      // Sent by a machine, which may be replacing this server; somebody at a terminal wants it to end.
      process.once('SIGTERM', () => stop(running.leave()));
      process.on('SIGINT', () => stop(Promise.resolve()));
      await running.ready;
      if (!json) process.stdout.write(`\nTessera is ready at ${running.url}\n`);
    });
}
