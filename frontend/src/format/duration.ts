// How a length of time is written: two units at most, never rounded down to nothing.
import { noNumber } from './number.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** 0 min, <1 min, 12 min, 1 h 48 min, 3 d 4 h; '–' for none. */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return noNumber;
  if (ms > 0 && ms < minute) return '<1 min';
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  const [size, name, part, partName] = ms < day ? [hour, 'h', minute, 'min'] : [day, 'd', hour, 'h'];
  const rest = Math.floor((ms % size) / part);
  return `${Math.floor(ms / size)} ${name}${rest > 0 ? ` ${rest} ${partName}` : ''}`;
}
