// Listens to events, keeps the alerts, and delivers what is to be told: durably first, then as often as it takes.
import { type Clock, isTenant, type Observe, type Tenant } from '@tessera/base';
import type { StaleSource } from '../freshness/watch-freshness.ts';
import { type AlertBook, type Notification, settle, take } from './alert-book.ts';
import type { AlertConfig, Channel } from './alert-config.ts';
import type { AlertState, AlertStore, Outgoing, Silence } from './alert-store.ts';
import { DeliveryError, send } from './channels.ts';
import { type RuleName, type Signal, signalsOf } from './rules.ts';

export interface AlerterNeeds {
  readonly config: AlertConfig;
  readonly channels: readonly Channel[];
  readonly store: AlertStore;
  /** The machine's time. */
  readonly now: Clock;
  /** Asked at every tick: staleness comes with time alone. */
  readonly stale: () => Promise<readonly StaleSource[]>;
  readonly observe: Observe;
}
export interface Alerter {
  readonly observe: Observe;
  /** Settles what was observed, and delivers what is due. Ticks never overlap; a failing store keeps everything for the next. */
  tick(): Promise<void>;
  state(): AlertState;
}

const firstWaitMs = 5_000;
const longestWaitMs = 15 * 60_000;
/** After a day of attempts a notification is given up; the alert itself is told again while it is open. */
const mostAttempts = 100;
const widerMs = 5 * 60_000;

/** Goes on where the store's last state left off. Nothing is told before the first tick. */
export async function createAlerter(needs: AlerterNeeds): Promise<Alerter> {
  const { config, channels, store, now, stale, observe } = needs;
  let { book, outbox } = await store.load();
  let saved: AlertState = { book, outbox };
  const off = new Set<RuleName>(config.off);
  // What was stale before a restart must be cleared after it, too.
  let staleBefore = new Map<string, { readonly tenant: Tenant; readonly source: string }>(
    Object.values(book)
      .filter(({ rule }) => rule === 'source-stale')
      .flatMap(({ subject, affected }) => Object.keys(affected).map((tenant) => ({ tenant, source: subject })))
      .flatMap(({ tenant, source }) =>
        isTenant(tenant) ? [[`${tenant} ${source}`, { tenant, source }] as const] : [],
      ),
  );
  let isTicking: Promise<void> | undefined;

  const hear = (rule: RuleName, signal: Signal) => {
    if (!off.has(rule)) book = take(book, rule, signal, now().getTime());
  };
  /** One at a time: channels deliver beside each other. */
  let saving = Promise.resolve();
  const save = () => {
    const next = saving.then(async () => {
      if (saved.book === book && saved.outbox === outbox) return;
      const state = { book, outbox };
      await store.save(state);
      saved = state;
    });
    saving = next.catch(() => {});
    return next;
  };

  async function hearStale(): Promise<void> {
    const found = new Map<string, { readonly tenant: Tenant; readonly source: string }>(
      (await stale()).map(({ tenant, source }) => [`${tenant} ${source}`, { tenant, source }]),
    );
    for (const [key, { tenant, source }] of found)
      if (!staleBefore.has(key)) hear('source-stale', { isRaised: true, subject: source, tenant });
    for (const [key, { tenant, source }] of staleBefore)
      if (!found.has(key)) hear('source-stale', { isRaised: false, subject: source, tenant });
    staleBefore = found;
  }

  async function run(): Promise<void> {
    await hearStale();
    const silences = await store.silences(now());
    const at = now().getTime();
    const told = settle(book, at, {
      groupMs: config.groupSeconds * 1000,
      widerMs,
      againMs: config.againMinutes * 60_000,
      isSilenced: (alert, tenant) => silences.some((silence) => matches(silence, alert, tenant)),
    });
    book = told.book;
    outbox = [...outbox, ...told.notifications.map((one) => outgoing(one, channels, at))].filter(hasChannels);
    // Before anything leaves: who is killed now tells it after the restart.
    await save();
    for (const { kind, rule, subject, tenantCount: tenants } of told.notifications)
      observe({ event: kind === 'resolved' ? 'alert.resolved' : 'alert.raised', rule, subject, tenants });
    await Promise.all(channels.map(deliver));
    const known = new Set(channels.map(({ name }) => name));
    outbox = outbox.map((one) => keepChannels(one, (name) => known.has(name))).filter(hasChannels);
    await save();
  }

  /** In order for each channel: where one fails, the later ones wait. */
  async function deliver(channel: Channel): Promise<void> {
    for (const { notification } of outbox) {
      const waiting = outbox.find((one) => one.notification.id === notification.id)?.channels[channel.name];
      if (waiting === undefined) continue;
      const at = now();
      if (waiting.nextAt > at.getTime()) return;
      const told = (outcome: 'sent' | 'again' | 'given-up', problem?: string) =>
        observe({ event: 'alert.delivery', channel: channel.name, outcome, problem });
      try {
        await send(channel, notification, at);
        replace(notification, channel, undefined);
        told('sent');
      } catch (error) {
        const attempts = waiting.attempts + 1;
        const problem = error instanceof DeliveryError ? error.message : 'it could not be sent';
        if (attempts >= mostAttempts) {
          replace(notification, channel, undefined);
          told('given-up', problem);
          continue;
        }
        const asked = error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0;
        const wait = Math.min(longestWaitMs, Math.max(firstWaitMs * 2 ** (attempts - 1), asked));
        replace(notification, channel, { attempts, nextAt: at.getTime() + wait });
        told('again', problem);
        return;
      } finally {
        await save();
      }
    }
  }
  const replace = ({ id }: Notification, { name }: Channel, left: Outgoing['channels'][string] | undefined) => {
    outbox = outbox.map((one) =>
      one.notification.id !== id
        ? one
        : left === undefined
          ? keepChannels(one, (other) => other !== name)
          : { ...one, channels: { ...one.channels, [name]: left } },
    );
  };

  return {
    observe(event) {
      for (const [rule, signal] of signalsOf(event)) hear(rule, signal);
    },
    tick() {
      isTicking ??= run().finally(() => {
        isTicking = undefined;
      });
      return isTicking;
    },
    state: () => ({ book, outbox }),
  };
}

const outgoing = (notification: Notification, channels: readonly Channel[], nextAt: number): Outgoing => ({
  notification,
  channels: Object.fromEntries(
    channels
      .filter(({ severities }) => severities.includes(notification.severity))
      .map(({ name }) => [name, { attempts: 0, nextAt }]),
  ),
});
const hasChannels = ({ channels }: Outgoing) => Object.keys(channels).length > 0;
const keepChannels = (one: Outgoing, isKept: (name: string) => boolean): Outgoing => ({
  ...one,
  channels: Object.fromEntries(Object.entries(one.channels).filter(([name]) => isKept(name))),
});

const matches = (silence: Silence, alert: Pick<AlertBook[string], 'rule' | 'subject'>, tenant: string): boolean =>
  silence.rule === alert.rule &&
  (silence.subject === undefined || silence.subject === alert.subject) &&
  (silence.tenant === undefined || silence.tenant === tenant);
