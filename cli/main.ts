#!/usr/bin/env node
// `tessera <noun> <verb>`: the composition root's front. stdout is the result, stderr is events; exit 0 done, 1 refused, 2 misused.
import { asFault } from '@tessera/base';
import { tesseraProgram } from './program.ts';

const program = tesseraProgram().exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

// Whoever reads only the first lines (`| head`) has had enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  const fault = asFault(error);
  process.stderr.write(`${fault.message}\n`);
  // An unexpected error is a defect: whoever runs the command needs the place.
  if (fault.code === 'INTERNAL') process.stderr.write(`${(fault.cause as Error)?.stack ?? fault.cause}\n`);
  process.exitCode = 1;
}
