// `tessera audit list|verify|erase-subject`: the trail of who did what, read and judged from its files, with or without a running server.
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Fault, must, parseTenant, readSettings, type Tenant } from '@tessera/base';
import { type AuditItem, eraseSubject, readAudit, verifyAudit } from '@tessera/security';
import type { Command } from 'commander';
import { countOption } from '../count-option.ts';
import { printRows } from '../print.ts';
import { auditFolder, openAudit } from '../wire-audit.ts';

interface ListOptions {
  readonly tenant?: string;
  readonly since?: string;
  readonly until?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly decision?: string;
  readonly most: number;
  readonly json?: boolean;
}

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('The audit trail: who did what, when, and what was decided');

  audit
    .command('list')
    .description('acts of a tenant, oldest first; of nobody in particular without a tenant')
    .option('--tenant <slug>', 'tenant')
    .option('--since <instant>', 'from this instant on, for example 2026-07-01 or 2026-07-01T08:00:00Z')
    .option('--until <instant>', 'before this instant')
    .option('--action <name>', 'only this action, for example pii.reveal')
    .option('--subject <id>', 'only acts of this person or service')
    .option('--decision <word>', 'only allowed, denied or failed')
    .option('--most <n>', 'at most so many', countOption, 1000)
    .option('--json', 'one JSON object a line')
    .action(async (options: ListOptions) => {
      const folder = auditFolder(readSettings(process.env));
      const { action, subject, decision } = options;
      const tenant = options.tenant === undefined ? undefined : must(parseTenant(options.tenant));
      const filter = {
        tenant,
        action,
        subject,
        decision,
        since: instant(options.since),
        until: instant(options.until),
      };
      const shown: AuditItem[] = [];
      let left = options.most;
      for await (const item of readAudit(folder, filter)) {
        if (left-- <= 0) {
          process.stderr.write(
            `There are more; the last one shown is of ${shown.at(-1)?.at ?? ''}. Go on with --since, or raise --most.\n`,
          );
          break;
        }
        if (options.json) process.stdout.write(`${JSON.stringify(item)}\n`);
        shown.push(item);
      }
      if (!options.json) printRows(shown.map(asRow), false);
    });

  audit
    .command('verify')
    .description('judges every chain, names the first bad record; exit 1 where one is bad')
    .option('--tenant <slug>', 'only this tenant')
    .option('--key <file>', "PEM of the public key that was kept elsewhere, instead of the store's own")
    .option('--json', 'as JSON')
    .action(async (options: { tenant?: string; key?: string; json?: boolean }) => {
      const settings = readSettings(process.env);
      const verdicts = await verifyAudit({
        folder: auditFolder(settings),
        heads: settings.auditHeads,
        publicKey: options.key && (await readFile(options.key, 'utf8')),
        tenant: options.tenant && must(parseTenant(options.tenant)),
        now: new Date(),
      });
      printRows(
        verdicts.map(({ tenant, writer, ok, records, signed, erased, dangling, firstBad, problem }) => ({
          tenant,
          writer,
          verdict: ok ? 'good' : 'BAD',
          records,
          signed,
          erased,
          without_outcome: dangling.length,
          first_bad: firstBad ?? null,
          problem: problem ?? null,
        })),
        options.json ?? false,
      );
      if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
    });

  audit
    .command('erase-subject')
    .description("takes a person out of a tenant's trail; the chain stays whole and the erasure is in it")
    .requiredOption('--tenant <slug>', 'tenant')
    .requiredOption('--subject <id>', 'subject as the trail shows it')
    .option('--yes', 'really do it: what is erased cannot be brought back')
    .action(async (options: { tenant: string; subject: string; yes?: boolean }) => {
      const settings = readSettings(process.env);
      const tenant: Tenant = must(parseTenant(options.tenant));
      if (!options.yes) {
        process.stderr.write('Nothing was done. Say --yes to erase; it cannot be undone.\n');
        process.exitCode = 2;
        return;
      }
      const audit = await openAudit(settings, 'cli');
      try {
        const by = `os:${userInfo().username}`;
        const erased = await eraseSubject({
          folder: auditFolder(settings),
          tenant,
          subject: options.subject,
          by,
          audit,
        });
        process.stdout.write(`${erased} records no longer say who it was.\n`);
      } finally {
        await audit.close();
      }
    });
}

function instant(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Fault('SETTING_INVALID', { name: text, problem: 'not an instant' });
  return at;
}

const asRow = ({
  at,
  subject,
  erased,
  from,
  door,
  action,
  object,
  members,
  rows,
  decision,
  rule,
  code,
}: AuditItem) => ({
  at,
  who: subject ?? (erased ? `(erased by ${erased})` : ''),
  from: from ?? '',
  door,
  action,
  what: object ?? members?.slice(0, 3).join(', ') ?? '',
  rows: rows ?? '',
  decision,
  why: rule ?? code ?? '',
});
