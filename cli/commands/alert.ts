// `tessera alert list|rules|test|silence|unsilence`: what is open, what would be, whether it arrives, and quiet for a while.
import { userInfo } from 'node:os';
import { Fault, parseTenant, readSettings } from '@tessera/base';
import {
  type Notification,
  openAlertStore,
  openChannels,
  type RuleName,
  readAlertConfig,
  ruleNames,
  ruleOf,
  sendNotification,
} from '@tessera/pipeline';
import type { Command } from 'commander';
import { printRows } from '../print.ts';
import { alertsFile, newSilenceId } from '../wire-telemetry.ts';

interface Shared {
  readonly json?: boolean;
}
interface Silencing extends Shared {
  readonly subject?: string;
  readonly tenant?: string;
  readonly hours: string;
  readonly why: string;
}

export function addAlertCommands(program: Command): void {
  const alert = program.command('alert').description('Alerts: what somebody should look at');
  const command = (name: string, about: string) => alert.command(name).description(about).option('--json', 'as JSON');
  const store = () => openAlertStore(readSettings(process.env).home);

  command('list', 'open alerts with the tenants affected, what waits for delivery, and silences').action(
    async ({ json }: Shared) => {
      const { book, outbox } = await store().load();
      const silences = await store().silences(new Date());
      if (json)
        return void process.stdout.write(
          `${JSON.stringify({ alerts: Object.values(book), outbox, silences }, null, 2)}\n`,
        );
      printRows(
        Object.entries(book).map(([key, { rule, subject, firstAt, affected, told }]) => ({
          rule,
          subject,
          severity: ruleOf(rule).severity,
          since: new Date(firstAt).toISOString(),
          told_at: told === undefined ? null : new Date(told.at).toISOString(),
          tenants: namesOf(Object.keys(affected)),
          waiting: outbox.filter(({ notification }) => `${notification.rule}/${notification.subject}` === key).length,
          silenced: silences.some((one) => one.rule === rule),
        })),
        false,
      );
    },
  );
  command('rules', 'every rule with its severity').action(({ json }: Shared) =>
    printRows(
      ruleNames.map((rule) => ({
        rule,
        severity: ruleOf(rule).severity,
        after: ruleOf(rule).after ?? 1,
        about: ruleOf(rule).about,
      })),
      json ?? false,
    ),
  );
  command('test', 'send a test to every channel now; exit code 1 where one does not take it').action(
    async ({ json }: Shared) => {
      const settings = readSettings(process.env);
      const file = alertsFile(settings);
      const config = await readAlertConfig(file);
      const channels = await openChannels(config, file, process.env, settings.vendorNetworks);
      const results = await Promise.all(
        channels.map(async (channel) => {
          const problem = await send(channel).then(
            () => null,
            (error: Error) => error.message,
          );
          return { channel: channel.name, kind: channel.kind, arrived: problem === null, problem };
        }),
      );
      printRows(results, json ?? false);
      if (results.some(({ arrived }) => !arrived)) process.exitCode = 1;
    },
  );
  command('silence <rule>', 'tell nobody of a rule for a while')
    .option('--subject <name>', 'only this subject, for example okta')
    .option('--tenant <slug>', 'only this tenant')
    .option('--hours <n>', 'for how long, at most 720', '2')
    .requiredOption('--why <text>', 'for whoever asks')
    .action(async (rule: string, { subject, tenant, hours, why, json }: Silencing) => {
      const silence = {
        id: newSilenceId(),
        rule: ruleNamed(rule),
        ...(subject === undefined ? {} : { subject }),
        ...(tenant === undefined ? {} : { tenant: tenantNamed(tenant) }),
        until: new Date(Date.now() + hoursOf(hours) * 3_600_000).toISOString(),
        by: userInfo().username,
        why: why.slice(0, 500),
      };
      await store().silence(silence);
      printRows([silence], json ?? false);
    });
  command('unsilence <id>', 'end a silence').action(async (id: string, { json }: Shared) => {
    await store().unsilence(id);
    printRows([{ id, silenced: false }], json ?? false);
  });
}

const send = (channel: Parameters<typeof sendNotification>[0]) => {
  const now = new Date();
  const id = newSilenceId();
  const test: Notification = {
    ...{ id, alert: id, kind: 'firing', rule: 'canary-wrong', subject: 'test', severity: 'warning' },
    about: 'This is a test of this channel; nothing is wrong.',
    at: now.toISOString(),
    since: now.toISOString(),
    tenants: [],
    tenantCount: 0,
  };
  return sendNotification(channel, test, now);
};

const namesOf = (tenants: readonly string[]) =>
  `${tenants
    .filter((name) => name !== '')
    .slice(0, 5)
    .join(', ')}${tenants.length > 5 ? ` and ${tenants.length - 5} more` : ''}`;

const misused = (at: string, problem: string) => new Fault('ALERTS_INVALID', { where: 'The command', at, problem });
function ruleNamed(name: string): RuleName {
  const rule = ruleNames.find((one) => one === name);
  if (rule === undefined) throw misused('rule', `there is no such rule; they are ${ruleNames.join(', ')}`);
  return rule;
}
function tenantNamed(name: string): string {
  const tenant = parseTenant(name);
  if (!tenant.ok) throw tenant.fault;
  return tenant.value;
}
function hoursOf(text: string): number {
  const hours = Number(text);
  if (!(hours > 0 && hours <= 720)) throw misused('hours', 'a number of hours up to 720');
  return hours;
}
