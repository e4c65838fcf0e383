// Faults of demo: the demo.
import { row } from './row.ts';

export const demoFaults = {
  REPLAY_UNREADABLE: row<{ file: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The recorded payload ${p.file} cannot be replayed: ${p.problem}. Correct or remove it; the layout is described in demo/README.md.`,
  ),
  DEMO_OTHER_DATA: row<{ folder: string; before: string | null; now: string | null }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.folder} holds a lake of ${p.before ?? 'generated data'}, and ${p.now ?? 'generated data'} would be mixed into it. Name another folder in TESSERA_HOME, or delete this one.`,
  ),
  DEMO_FAILED: row<{ reason: string }>(500, '58000', false, (p) => `The demo could not be started: ${p.reason}`),
} as const;
