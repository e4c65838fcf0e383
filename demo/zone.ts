// Local days of a time zone, as numbers (days since 1970-01-01), fast enough to be asked a hundred thousand times.

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const minuteMs = 60_000;

export interface Zone {
  readonly name: string;
  /** Local minus UTC, in milliseconds. */
  offsetAt(at: number): number;
  /** Number of the local day that holds the instant. */
  dayOf(at: number): number;
  /** Instant of a local wall-clock time. */
  instant(day: number, sinceMidnight?: number): number;
}

export const dayText = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);

/** Monday is 1, Sunday 7. */
export const weekday = (day: number) => ((day + 3) % 7) + 1;

/** The zone between two instants; its changes of offset are looked up once. */
export function zoneOf(name: string, from: number, to: number): Zone {
  const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  const read = (at: number) => {
    const text = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const found = /GMT([+-])(\d\d):(\d\d)/.exec(text);
    if (!found) return 0;
    return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * hourMs + Number(found[3]) * minuteMs);
  };
  const changes = [{ at: Number.NEGATIVE_INFINITY, offset: read(from) }];
  for (let at = from; at < to; at += dayMs) {
    if (read(at + dayMs) === changes.at(-1)?.offset) continue;
    let before = at;
    let after = at + dayMs;
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (read(middle) === changes.at(-1)?.offset) before = middle;
      else after = middle;
    }
    changes.push({ at: after, offset: read(after) });
  }
  const offsetAt = (at: number) => changes.findLast((change) => change.at <= at)?.offset ?? 0;
  return {
    name,
    offsetAt,
    dayOf: (at) => Math.floor((at + offsetAt(at)) / dayMs),
    instant(day, sinceMidnight = 0) {
      const wall = day * dayMs + sinceMidnight;
      const guess = wall - offsetAt(wall);
      return wall - offsetAt(guess);
    },
  };
}
