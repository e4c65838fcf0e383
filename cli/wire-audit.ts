// Where the audit trail lies, and how the server and the commands open it.
import path from 'node:path';
import { type Observe, observeNothing, type Settings, systemClock, type Tenant } from '@tessera/base';
import type { TenantConfig } from '@tessera/pipeline';
import { createEmbeds, createTrailReader, type Embeds } from '@tessera/platform';
import {
  type Audit,
  type AuditFilter,
  type AuditPage,
  createAudit,
  type DecideRights,
  readAuditPage,
  readNewestAudit,
  type VerifyToken,
  type Writer,
} from '@tessera/security';
import { openPowerBi } from './power-bi.ts';

type Place = Pick<Settings, 'home' | 'auditHome' | 'auditHeads'>;

export const auditFolder = ({ auditHome, home }: Place): string => auditHome ?? path.join(home, 'audit');

/** Opens the trail for writing. Always by the system's clock, also where the demo's stands still: the trail says when an act really was. */
export function openAudit(settings: Place, writer: Writer, observe: Observe = observeNothing): Promise<Audit> {
  return createAudit({
    folder: auditFolder(settings),
    heads: settings.auditHeads,
    writer,
    now: systemClock,
    observe,
    // Two commands after each other wait; two servers are a mistake and are told at once.
    lockWaitMs: writer === 'cli' ? 10_000 : 0,
  });
}

/** Reading for the platform's interface. */
export const auditReader =
  (settings: Place) =>
  (filter: AuditFilter, most: number, order: 'oldest' | 'newest' = 'oldest'): Promise<AuditPage> =>
    (order === 'newest' ? readNewestAudit : readAuditPage)(auditFolder(settings), filter, most);

/** Embeds and the trail's own route: what of the audit the HTTP door is given. */
export async function wireEmbeds(needs: {
  readonly settings: Place & Partial<Pick<Settings, 'vendorNetworks'>>;
  readonly configs: readonly TenantConfig[];
  readonly verifyToken: VerifyToken;
  readonly decideRights: DecideRights;
  readonly decideViewerRights: DecideRights;
  readonly audit: Audit;
}): Promise<{ readonly embeds: Embeds; readonly readTrail: ReturnType<typeof createTrailReader> }> {
  const { settings, configs, verifyToken, decideRights, decideViewerRights, audit } = needs;
  const origins = new Map<Tenant, readonly string[]>(configs.map((config) => [config.tenant, config.embedOrigins]));
  const embeds = createEmbeds({
    folder: path.join(settings.home, 'embeds'),
    originsOf: (tenant) => origins.get(tenant) ?? [],
    verifyToken,
    decideRights,
    decideViewerRights,
    audit,
    now: systemClock,
    brokerFor: await openPowerBi(settings, process.env),
  });
  return {
    embeds,
    readTrail: createTrailReader({ audit, read: auditReader(settings) }),
  };
}
