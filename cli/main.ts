#!/usr/bin/env node
// `tessera <noun> <verb>`: the composition root's front. stdout is the result, stderr is events; exit 0 done, 1 refused, 2 misused.
import { asFault } from '@tessera/base';
import { Command } from 'commander';
import { addAccessCommands } from './commands/access.ts';
import { addAlertCommands } from './commands/alert.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addCanaryCommands } from './commands/canary.ts';
import { addDeadLetterCommands } from './commands/dead-letter.ts';
import { addDocsCommands } from './commands/docs.ts';
import { addHookCommands } from './commands/hook.ts';
import { addKeyCommands } from './commands/key.ts';
import { addLedgerCommands } from './commands/ledger.ts';
import { addModelCommands } from './commands/model.ts';
import { addPipelineCommands } from './commands/pipeline.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addQuarantineCommands } from './commands/quarantine.ts';
import { addReleaseCommands } from './commands/release.ts';
import { addSecretCommands } from './commands/secret.ts';
import { addSourceCommands } from './commands/source.ts';
import { addSqlUserCommands } from './commands/sql-user.ts';
import { addTableCommands } from './commands/table.ts';
import { addTenantCommands } from './commands/tenant.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUpCommand } from './commands/up.ts';

const program = new Command('tessera')
  .description('Governed, multi-tenant analytics. Settings come from the environment: docs/reference/settings.md.')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

addUpCommand(program);
addTokenCommands(program);
addSourceCommands(program);
addSqlUserCommands(program);
addReleaseCommands(program);
addTableCommands(program);
addTenantCommands(program);
addModelCommands(program);
addPipelineCommands(program);
addLedgerCommands(program);
addDeadLetterCommands(program);
addQuarantineCommands(program);
addKeyCommands(program);
addSecretCommands(program);
addHookCommands(program);
addAccessCommands(program);
addAuditCommands(program);
addPolicyCommands(program);
addAlertCommands(program);
addCanaryCommands(program);
addDocsCommands(program);

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
