// The newest acts of the tenant's own trail, and the filters over them, which live in the address.
import { type Fields, fieldsOf, listIn, maybeNumber, maybeText, textIn } from './fields.ts';

export interface Act {
  readonly id: string;
  readonly at: string;
  readonly decision: string;
  readonly action: string;
  readonly kind: string;
  readonly door: string;
  /** Null for nobody, or for somebody whose name was erased. */
  readonly subject: string | null;
  readonly isErased: boolean;
  readonly object: string | null;
  readonly rows: number | null;
  readonly why: string | null;
  readonly purpose: string | null;
}

export const parseTrail = (value: unknown): readonly Act[] => listIn(fieldsOf(value, 'an object'), 'items', parseAct);

const parseAct = (act: Fields): Act => ({
  id: `${textIn(act, 'writer')}:${String(act.sequence)}`,
  at: textIn(act, 'at'),
  decision: textIn(act, 'decision'),
  action: textIn(act, 'action'),
  kind: textIn(act, 'kind'),
  door: textIn(act, 'door'),
  subject: maybeText(act, 'subject'),
  isErased: act.erased !== undefined,
  object: maybeText(act, 'object'),
  rows: maybeNumber(act, 'rows'),
  why: [maybeText(act, 'code'), maybeText(act, 'rule')].filter((part) => part !== null).join(' · ') || null,
  purpose: maybeText(act, 'purpose'),
});

export const decisions = ['allowed', 'denied', 'failed'] as const;
export const periods = [
  { id: 'hour', title: 'Last hour', ms: 3_600_000 },
  { id: 'day', title: 'Last 24 hours', ms: 86_400_000 },
  { id: 'week', title: 'Last 7 days', ms: 7 * 86_400_000 },
  { id: 'month', title: 'Last 30 days', ms: 30 * 86_400_000 },
] as const;
export const fewActs = 100;
export const mostActs = 500;

/** The route's own parameters for an address; what makes no sense there is left out. Whole minutes, so that the question stays the same while it is looked at. */
export function trailPath(params: URLSearchParams, now: number): string {
  const asked = new URLSearchParams({ order: 'newest' });
  const decision = decisions.find((known) => known === params.get('decision'));
  if (decision) asked.set('decision', decision);
  for (const [name, most] of [['action', 64] as const, ['subject', 200] as const]) {
    const value = params.get(name)?.trim() ?? '';
    if (value !== '') asked.set(name, value.slice(0, most));
  }
  const period = periods.find(({ id }) => id === params.get('in')) ?? periods[1];
  asked.set('since', new Date(Math.floor((now - period.ms) / 60_000) * 60_000).toISOString());
  asked.set('limit', String(params.get('most') === String(mostActs) ? mostActs : fewActs));
  return `/audit?${asked}`;
}
