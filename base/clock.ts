// Time as an argument, so that a test or the demo can stand still or jump.
/** Gives the present instant. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** A clock that stands at `instant`; `set` moves it. */
export function fixedClock(instant: string | Date): Clock & { set(next: string | Date): void } {
  let now = new Date(instant);
  return Object.assign(() => new Date(now), {
    set(next: string | Date) {
      now = new Date(next);
    },
  });
}
