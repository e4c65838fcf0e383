// Embeds: one dashboard of one tenant inside a page of theirs, with one viewer's rights, for minutes.
import type { Tenant } from '@tessera/base';
import type { Access } from '@tessera/security';
import { z } from 'zod';

/** What may be embedded, and the views that its questions name: nothing else is open to its viewer. */
export const dashboards = {
  overview: ['users', 'user_states', 'auth_attempts', 'devices', 'device_states', 'issues', 'backlog'],
  'mfa-adoption': ['users', 'user_states'],
  'login-failure-rate': ['auth_attempts'],
  'endpoint-compliance': ['devices', 'device_states'],
  mttr: ['issues'],
  'backlog-burn': ['backlog', 'issues'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Dashboard = keyof typeof dashboards;
export const isDashboard = (name: string): name is Dashboard => Object.hasOwn(dashboards, name);

/** Rows that the viewer sees: those whose dimension has one of the values, in every view that has it; views without it are closed. */
const lock = z.strictObject({
  dimension: z.string().regex(/^[a-z][a-z0-9_]{0,60}$/),
  values: z.array(z.string().min(1).max(200)).min(1).max(100),
});
export type Lock = z.infer<typeof lock>;

export const mintBody = z.strictObject({
  dashboard: z.enum(Object.keys(dashboards) as [Dashboard, ...Dashboard[]]),
  /** The page that will show it: `https://portal.example`. */
  origin: z.string().max(300),
  /** Who will look, as the embedding page knows them; opaque to us, and in the trail. */
  viewer: z.string().min(1).max(100),
  locks: z.array(lock).max(10).default([]),
});
export const exchangeBody = z.strictObject({ token: z.string().min(20).max(200) });

/** What a minted token stands for. */
export interface EmbedGrant {
  readonly tenant: Tenant;
  readonly dashboard: Dashboard;
  readonly origin: string;
  readonly viewer: string;
  readonly locks: readonly Lock[];
  /** Who minted it, as they were known then: the viewer never gets more than them. */
  readonly minter: Access;
}

export interface MintedEmbed {
  readonly id: string;
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** What the embedding page puts into its frame. */
  readonly url: string;
}

/** Whoever can make a token for a grant: ourselves, or Power BI. */
export interface EmbedBroker {
  mint(grant: EmbedGrant): Promise<MintedEmbed>;
}

/** `issuer` of the access of an embed's viewer; no real issuer can have it, because it is no URL. */
export const embedIssuer = 'urn:tessera:embeds';
export const mintedLifeMs = 5 * 60_000;
export const sessionLifeMs = 15 * 60_000;
