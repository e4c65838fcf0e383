// The canary's world: a few sign-ins for each five minutes, the same for whoever asks when. Its numbers are known without reading anything.
export const slotMs = 300_000;
const dayMs = 86_400_000;

export interface KnownEvent {
  readonly id: string;
  readonly at: number;
  readonly outcome: 'success' | 'failure';
}

/** Between three and six sign-ins, the first of them a failure. */
export const eventsOfSlot = (slot: number): readonly KnownEvent[] =>
  Array.from({ length: 3 + (((slot % 4) + 4) % 4) }, (_, n) => ({
    id: `canary-${slot}-${n}`,
    at: slot * slotMs,
    outcome: n === 0 ? 'failure' : 'success',
  }));

/** Events stored in (since, upTo], oldest first; none from before the day before `upTo`'s: an absence of weeks is not made up for. */
export function eventsBetween(since: number | undefined, upTo: number): readonly KnownEvent[] {
  const first = Math.max(since ?? Number.NEGATIVE_INFINITY, Math.floor(upTo / dayMs) * dayMs - dayMs - 1);
  const events: KnownEvent[] = [];
  for (let slot = Math.floor(first / slotMs) + 1; slot * slotMs <= upTo; slot++) events.push(...eventsOfSlot(slot));
  return events;
}

/** Sign-ins of the UTC day of `at` until then, by outcome. */
export function expectedAt(at: number): Readonly<Record<'SUCCESS' | 'FAILURE', number>> {
  const events = eventsBetween(Math.floor(at / dayMs) * dayMs - 1, at);
  const failed = events.filter(({ outcome }) => outcome === 'failure').length;
  return { SUCCESS: events.length - failed, FAILURE: failed };
}
