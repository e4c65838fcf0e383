// All commands as one tree, and what holds for every one of them: a tenant that is named must be here.
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
import { checkTenantNamed } from './tenant-named.ts';

export function tesseraProgram(): Command {
  const program = new Command('tessera')
    .description('Governed, multi-tenant analytics. Settings come from the environment: docs/reference/settings.md.')
    .showHelpAfterError()
    .hook('preAction', (_, action) => checkTenantNamed(action));

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
  return program;
}
