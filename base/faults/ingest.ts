// Faults of ingest: vendors, connectors and what they send.
import { row } from './row.ts';

export const ingestFaults = {
  VENDOR_BUSY: row<{ source: string; waitMs: number }>(
    503,
    '53300',
    true,
    (p) => `${p.source} asks us to wait ${p.waitMs} ms before the next call.`,
  ),
  VENDOR_UNAVAILABLE: row<{ source: string; problem: string }>(
    503,
    '08006',
    true,
    (p) => `${p.source} does not answer: ${p.problem}. The same call is made again later.`,
  ),
  VENDOR_REFUSED: row<{ source: string; status: number; request: string }>(
    502,
    '28000',
    false,
    (p) =>
      `${p.source} refused ${p.request} with status ${p.status}. Check the connection's credential and its scopes, listed in docs/reference/sources.md.`,
  ),
  PAGE_MALFORMED: row<{ source: string; problem: string }>(
    502,
    '08P01',
    true,
    (p) => `${p.source} sent a page that cannot be read: ${p.problem}. The page is kept, and the call is made again.`,
  ),
  CURSOR_EXPIRED: row<{ source: string; stream: string }>(
    502,
    '55000',
    true,
    (p) => `${p.source} no longer knows where we stopped reading ${p.stream}; it is read again from the start.`,
  ),
  LISTING_UNSTABLE: row<{ source: string; stream: string }>(
    503,
    '55000',
    true,
    (p) =>
      `The listing of ${p.source} ${p.stream} kept changing while it was read, so nobody can say what is missing from it. It is read again in the next run.`,
  ),
  SOURCE_SETTINGS_INVALID: row<{ source: string; at: string; problem: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The settings of the ${p.source} connection are not right at ${p.at}: ${p.problem}. What belongs there is in docs/reference/sources.md.`,
  ),
  CONTRACT_BREAKS: row<{ contract: string; version: number; what: string }>(
    500,
    'F0000',
    false,
    (p) =>
      `The columns of ${p.contract} changed in a way that breaks what is stored under version ${p.version}: ${p.what}. Nothing was written; give the stream the next version, and build the table again from raw (tessera pipeline rebuild).`,
  ),
  SCHEMA_BROKEN: row<{ source: string; stream: string; records: number; bad: number; reason: string }>(
    502,
    '22P02',
    false,
    (p) =>
      `${p.bad} of ${p.records} records of ${p.source} ${p.stream} do not fit their columns, most of them because ${p.reason}: the vendor's schema has changed. The pages are in raw and nothing of them was taken; mend the connector's columns, then replay the dead letter.`,
  ),
  RECORD_UNKNOWN: row<{ tenant: string; length: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Tenant ${p.tenant} has no such record in quarantine (the id given has ${p.length} characters). They are listed by: tessera quarantine list --tenant ${p.tenant}`,
  ),
  RECORD_NOT_STAGED: row<{ tenant: string; source: string; stream: string; length: number }>(
    404,
    '42704',
    false,
    (p) =>
      `Bronze of tenant ${p.tenant} has no record of ${p.source}.${p.stream} with the key given (${p.length} characters). A key of several columns is joined by |; a record that could not be taken is listed by: tessera quarantine list --tenant ${p.tenant}`,
  ),
  RECORD_STILL_BAD: row<{ reason: string }>(
    422,
    '22P02',
    false,
    (p) => `The record still cannot be taken: ${p.reason}. Nothing was changed; fix it, or discard it.`,
  ),
  VENDOR_ADDRESS_REFUSED: row<{ problem: string }>(
    400,
    '28000',
    false,
    (p) =>
      `The vendor's address may not be called: ${p.problem}. Networks of your own are allowed by TESSERA_VENDOR_NETWORKS, see docs/reference/settings.md.`,
  ),
  LISTING_EMPTY: row<{ source: string; stream: string; known: number }>(
    502,
    '55000',
    false,
    (p) =>
      `${p.source} lists no ${p.stream} at all, where ${p.known} were known; that looks like a lost permission, so nothing is taken for deleted. Check what the credential may see.`,
  ),
  SOURCE_OVERSCOPED: row<{ source: string; scopes: string }>(
    502,
    '42501',
    false,
    (p) =>
      `The ${p.source} credential may do more than Tessera needs: ${p.scopes}. Take these away from it; what is needed is listed in docs/reference/sources.md.`,
  ),

  DELIVERY_INVALID: row<{ problem: string }>(
    400,
    '22023',
    false,
    (p) => `The delivery is not taken: ${p.problem}. Nothing of it was kept.`,
  ),
} as const;
