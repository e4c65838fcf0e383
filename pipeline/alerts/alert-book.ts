// Which alerts are open and what must be told of them: pure. One alert for a rule and subject, with all tenants that it affects.
import { createHash } from 'node:crypto';
import { type Rule, type RuleName, ruleOf, type Signal } from './rules.ts';

export interface AffectedTenant {
  readonly since: number;
  readonly seenAt: number;
  /** In a row; an alert counts from the rule's `after`. */
  readonly times: number;
  readonly note?: string;
}
export interface Alert {
  readonly rule: RuleName;
  readonly subject: string;
  readonly firstAt: number;
  /** By tenant; '' stands for the installation as a whole. */
  readonly affected: Readonly<Record<string, AffectedTenant>>;
  /** When it was told last, and of whom; undefined before the first time. */
  readonly told?: { readonly at: number; readonly tenants: readonly string[]; readonly count: number };
}
/** By `<rule>/<subject>`. */
export type AlertBook = Readonly<Record<string, Alert>>;

export interface Notification {
  /** The same for every attempt and every channel: receivers tell a repetition by it. */
  readonly id: string;
  /** The same for all notifications of one alert. */
  readonly alert: string;
  readonly kind: 'firing' | 'wider' | 'still' | 'resolved';
  readonly rule: RuleName;
  readonly subject: string;
  readonly severity: Rule['severity'];
  readonly about: string;
  readonly note?: string;
  readonly at: string;
  readonly since: string;
  /** The first of them, in order; empty where the whole installation is affected. */
  readonly tenants: readonly string[];
  readonly tenantCount: number;
}

export interface BookSettings {
  /** What happens to many tenants at once is told once: an alert waits so long for the others. */
  readonly groupMs: number;
  /** Tenants that join an open alert are told of at most so often. */
  readonly widerMs: number;
  /** An alert that stays open is told again after so long. */
  readonly againMs: number;
  readonly isSilenced: (alert: Pick<Alert, 'rule' | 'subject'>, tenant: string) => boolean;
}

const mostTenantsNamed = 20;
const keyOf = (rule: RuleName, subject: string) => `${rule}/${subject}`;

/** Takes a signal in; the same book where it says nothing new but a later time. */
export function take(book: AlertBook, rule: RuleName, signal: Signal, at: number): AlertBook {
  const tenant = signal.tenant ?? '';
  const key = keyOf(rule, signal.subject);
  if (!signal.isRaised) return without(book, key, (name) => name === tenant);
  const alert = book[key] ?? { rule, subject: signal.subject, firstAt: at, affected: {} };
  const before = alert.affected[tenant];
  const one = {
    since: before?.since ?? at,
    seenAt: at,
    times: (before?.times ?? 0) + 1,
    ...(signal.note === undefined ? {} : { note: signal.note.slice(0, 100) }),
  };
  return { ...book, [key]: { ...alert, affected: { ...alert.affected, [tenant]: one } } };
}

function without(book: AlertBook, key: string, isGone: (tenant: string, one: AffectedTenant) => boolean): AlertBook {
  const alert = book[key];
  if (alert === undefined) return book;
  const left = Object.entries(alert.affected).filter(([tenant, one]) => !isGone(tenant, one));
  if (left.length === Object.keys(alert.affected).length) return book;
  return { ...book, [key]: { ...alert, affected: Object.fromEntries(left) } };
}

/** What is to be told now, and the book in which it has been told. Called again at once it tells nothing. */
export function settle(
  book: AlertBook,
  at: number,
  settings: BookSettings,
): { readonly book: AlertBook; readonly notifications: readonly Notification[] } {
  let next = book;
  const notifications: Notification[] = [];
  for (const key of Object.keys(book)) {
    const quietMs = ruleOf(book[key]?.rule ?? 'run-failed').quietMs;
    if (quietMs !== undefined) next = without(next, key, (_, one) => at - one.seenAt >= quietMs);
    const alert = next[key];
    if (alert === undefined) continue;
    const counted = countedTenants(alert);
    const open = counted.filter((tenant) => !settings.isSilenced(alert, tenant));
    const kind = kindOf(alert, counted, open, at, settings);
    if (kind !== undefined) {
      const told = { at, tenants: open, count: (alert.told?.count ?? 0) + 1 };
      notifications.push(notificationOf(alert, kind, open, at, told.count));
      next = { ...next, [key]: { ...alert, told } };
    }
    if (kind === 'resolved' || Object.keys(alert.affected).length === 0) {
      const { [key]: _, ...others } = next;
      const { told: __, ...untold } = alert;
      // What has not happened often enough is counted on: told of, it is another alert.
      next = Object.keys(alert.affected).length === 0 ? others : { ...next, [key]: { ...untold, firstAt: at } };
    }
  }
  return { book: next, notifications };
}

/** Tenants where it happened often enough, in order. */
const countedTenants = ({ rule, affected }: Alert): readonly string[] =>
  Object.entries(affected)
    .filter(([, { times }]) => times >= (ruleOf(rule).after ?? 1))
    .map(([tenant]) => tenant)
    .sort();

function kindOf(
  { told, affected }: Alert,
  counted: readonly string[],
  open: readonly string[],
  at: number,
  { groupMs, widerMs, againMs }: BookSettings,
): Notification['kind'] | undefined {
  if (told !== undefined && counted.length === 0) return 'resolved';
  // All silenced: nothing is told until one is not, or none is left.
  if (open.length === 0) return undefined;
  if (told === undefined) {
    const first = Math.min(...open.map((tenant) => affected[tenant]?.since ?? at));
    return at - first >= groupMs ? 'firing' : undefined;
  }
  const known = new Set(told.tenants);
  if (at - told.at >= widerMs && open.some((tenant) => !known.has(tenant))) return 'wider';
  return at - told.at >= againMs ? 'still' : undefined;
}

function notificationOf(
  alert: Alert,
  kind: Notification['kind'],
  open: readonly string[],
  at: number,
  count: number,
): Notification {
  const { rule, subject, firstAt, affected } = alert;
  const { severity, about } = ruleOf(rule);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);
  const id = hash(`${rule}/${subject}/${firstAt}`);
  // A resolved alert names those that it was last told of.
  const tenants = (kind === 'resolved' ? (alert.told?.tenants ?? []) : open).filter((tenant) => tenant !== '');
  const note = open.map((tenant) => affected[tenant]?.note).find((text) => text !== undefined);
  return {
    id: hash(`${id}/${count}/${kind}`),
    alert: id,
    kind,
    rule,
    subject,
    severity,
    about,
    ...(note === undefined ? {} : { note }),
    at: new Date(at).toISOString(),
    since: new Date(firstAt).toISOString(),
    tenants: tenants.slice(0, mostTenantsNamed),
    tenantCount: tenants.length,
  };
}
