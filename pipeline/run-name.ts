// Names of runs.
/** Names that sort by time, also where the clock stands still between two runs. */
export const runName = (now: Date, wall: Date = new Date()): string =>
  `${now.toISOString().replace(/[-:.]/g, '')}-${wall.getTime().toString(36)}`;
