// Days, instants and ranges as a query writes them: only such as exist, and ranges that end after they begin.
const pattern = /^(\d{4}-\d{2}-\d{2})([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?Z?)?$/;

/** True for `YYYY-MM-DD` and `YYYY-MM-DDTHH:mm[:ss[.ffffff]]` that stand in the calendar; JavaScript alone would take 30 February for 2 March. */
export function isInstant(text: string): boolean {
  const day = pattern.exec(text)?.[1];
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${day}T`);
}

/** Words such as `last 30 days`; whether Cube understands them Cube says. */
export const isWords = (text: string): boolean => /^[A-Za-z][A-Za-z0-9 ,]{0,99}$/.test(text);

/** False where the range ends before it begins. A day holds all of its instants, so as much is compared as both ends say. */
export function isForward([from = '', to = from]: readonly string[]): boolean {
  const length = Math.min(from.length, to.length);
  const [first, last] = [from, to].map((end) => end.slice(0, length).replace(' ', 'T'));
  return (first ?? '') <= (last ?? '');
}
