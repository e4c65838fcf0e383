// Faults of every room: everywhere.
import { row } from './row.ts';

export const baseFaults = {
  INTERNAL: row<Record<string, never>>(
    500,
    'XX000',
    false,
    () => 'Something went wrong on our side; it has been logged.',
  ),
  TENANT_INVALID: row<{ length: number }>(
    400,
    '22023',
    false,
    (p) =>
      `A tenant name is lower-case letters and digits in words joined by single hyphens, starts with a letter and has at most 40 characters; the one given has ${p.length} characters and does not fit.`,
  ),
  SETTING_INVALID: row<{ name: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `Setting ${p.name}: ${p.problem}. See docs/reference/settings.md.`,
  ),
  ADDRESS_INSIDE: row<{ problem: string }>(
    502,
    '28000',
    false,
    (p) =>
      `A configured address may not be called: ${p.problem}. Networks of your own are allowed by TESSERA_VENDOR_NETWORKS, see docs/reference/settings.md.`,
  ),
} as const;
