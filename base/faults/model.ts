// Faults of model: the semantic layer.
import { row } from './row.ts';

export const modelFaults = {
  MODEL_REFUSED: row<{ at: string; reason: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The semantic model cannot be served, at ${p.at}: ${p.reason}. What may be written is described in model/README.md.`,
  ),
} as const;
