// Faults of transforms: models and their checks.
import { row } from './row.ts';

export const transformsFaults = {
  MODEL_TEMPLATE_INVALID: row<{ file: string; line: number; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.file}:${p.line}: ${p.problem}. The language of models is described in transforms/README.md.`,
  ),
  MODEL_REF_UNKNOWN: row<{ file: string; line: number; name: string; meant: string | undefined }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.file}:${p.line}: there is no table '${p.name}'${p.meant === undefined ? '.' : `; did you mean '${p.meant}'?`} Names are those of the folders in transforms/models and of the streams in transforms/bronze-columns.ts.`,
  ),
  MODEL_CYCLE: row<{ path: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `Models refer to each other in a circle: ${p.path}. Break it by taking what both need into a model of its own.`,
  ),
  MODEL_INVALID: row<{ file: string; problem: string }>(500, 'F0000', false, (p) => `${p.file}: ${p.problem}.`),
  MODEL_FAILED: row<{ model: string; file: string; kind: string }>(
    500,
    'XX000',
    false,
    (p) =>
      `Model ${p.model} (${p.file}) could not be built: ${p.kind}. Nothing of it was written; the log has the details.`,
  ),
  MODEL_CONTRACT_BREAKS: row<{ model: string; version: number; what: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `Table ${p.model} was built under version ${p.version} of its contract, and the model of this program breaks it: ${p.what}. Nothing was merged; use the program that built it, or see \`tessera model plan\` and accept the change with \`tessera model accept --note "…"\`, after which the table is built whole.`,
  ),
  MODEL_CONTRACT_NEWER: row<{ model: string; version: number; known: number }>(
    500,
    'F0000',
    false,
    (p) =>
      `Table ${p.model} was built under version ${p.version} of its contract; this program knows version ${p.known}. Nothing was merged; use the newer program.`,
  ),
  MODEL_NOTE_MISSING: row<{ models: readonly string[] }>(
    400,
    'F0000',
    false,
    (p) =>
      `The contract of ${p.models.join(', ')} breaks; nothing was written. Say why, and what those who rely on it do: \`tessera model accept --note "…"\`.`,
  ),
  CHECK_FAILED: row<{ model: string; check: string; count: number }>(
    500,
    '23514',
    false,
    (p) =>
      `Check '${p.check}' of ${p.model} failed on ${p.count} row(s). The table was not written and the last good release stays; look at the model and its sources.`,
  ),
} as const;
