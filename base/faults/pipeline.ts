// Faults of pipeline: runs, releases, ledgers and alerts.
import { row } from './row.ts';

export const pipelineFaults = {
  LEDGER_UNBALANCED: row<{
    tenant: string;
    hop: string;
    object: string;
    date: string;
    problem: string;
    rows: number;
    lines: number;
  }>(
    500,
    '23514',
    false,
    (p) =>
      `The ledger of ${p.tenant} does not balance: ${p.hop}, ${p.object}, ${p.date}: ${p.problem} (${p.rows} row(s)), in ${p.lines} line(s) altogether. Nothing was released and the last good release stays; see: tessera ledger show --tenant ${p.tenant} --open`,
  ),
  LEDGER_LINE_UNKNOWN: row<{ tenant: string }>(
    404,
    '42704',
    false,
    (p) =>
      `The ledger of ${p.tenant} has no such run, or no such object in it. Ask without run and object for what it has.`,
  ),
  COPY_DIFFERS: row<{
    tenant: string;
    object: string;
    date: string;
    problem: string;
    rows: number;
    lines: number;
    release: number;
  }>(
    500,
    '23514',
    false,
    (p) =>
      `The copy that answers ${p.tenant}'s questions is not release ${p.release}: ${p.object}, ${p.date}: ${p.problem} (${p.rows} row(s)), in ${p.lines} line(s) altogether. It was taken out of service and the one before answers; the next run makes it anew. See: tessera ledger show --tenant ${p.tenant} --open`,
  ),
  TENANT_CONFIG_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `${p.where}, at ${p.at}: ${p.problem}. The fields of a tenant's file are described in docs/how-to/add-a-tenant.md.`,
  ),
  SECRET_MISSING: row<{ source: string; name: string; place: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The secret '${p.name}' of the ${p.source} connection is not set: looked in ${p.place}. Set it there, or change the reference in the tenant's file.`,
  ),

  LEASE_HELD: row<{ tenant: string; holder: string; since: string }>(
    409,
    '55006',
    true,
    (p) =>
      `Tenant ${p.tenant} is being run by ${p.holder} since ${p.since}. Wait until that run has ended, or stop that program, and say it again.`,
  ),
  TENANT_PAUSED: row<{ tenant: string; by: string; at: string }>(
    409,
    '55000',
    false,
    (p) =>
      `The pipeline of ${p.tenant} was paused by ${p.by} at ${p.at}; nothing of it is run. Resume it (tessera pipeline resume --tenant ${p.tenant}), or say it again with --anyway.`,
  ),
  DEAD_LETTER_UNKNOWN: row<{ tenant: string; length: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Tenant ${p.tenant} has no such dead letter (the id given has ${p.length} characters). They are listed by: tessera dead-letter list --tenant ${p.tenant}`,
  ),
  TENANT_NOT_CONFIGURED: row<{ tenant: string }>(
    404,
    '3D000',
    false,
    (p) => `No tenant ${p.tenant} is configured here. Tenants' files are described in docs/how-to/add-a-tenant.md.`,
  ),
  BACKFILL_UNSUPPORTED: row<{ source: string; stream: string }>(
    400,
    '0A000',
    false,
    (p) =>
      `${p.source} ${p.stream} cannot be read again by time. Streams of events can where their vendor answers for a span of time; listings are read as a whole in every run.`,
  ),
  ALERTS_INVALID: row<{ where: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) => `${p.where}, at ${p.at}: ${p.problem}. Its fields are described in docs/how-to/alerts.md.`,
  ),
  WINDOW_INVALID: row<{ problem: string }>(400, '22007', false, (p) => `The span of time is not valid: ${p.problem}.`),
} as const;
