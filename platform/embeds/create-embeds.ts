// Mints tokens for embeds, exchanges each once for a session, and knows the viewers of running sessions. Every step is in the audit trail.
import { createHash, randomBytes } from 'node:crypto';
import { asFault, type Clock, Fault, type Tenant } from '@tessera/base';
import {
  type Access,
  type Audit,
  type AuditEntry,
  checkAction,
  type DecideRights,
  type Rights,
  type VerifyToken,
} from '@tessera/security';
import type { z } from 'zod';
import { markNoted, noteSensitive } from '../noted-faults.ts';
import {
  type Dashboard,
  type EmbedBroker,
  type EmbedGrant,
  embedIssuer,
  type MintedEmbed,
  type mintBody,
  sessionLifeMs,
} from './contract.ts';
import { decideEmbedRights, lockRule } from './embed-rights.ts';
import { createGrantStore } from './grant-store.ts';

export interface EmbedNeeds {
  /** Where minted tokens wait for their use. */
  readonly folder: string;
  /** Exact origins of the tenant's pages that may embed; none where none are configured. */
  readonly originsOf: (tenant: Tenant) => readonly string[];
  readonly verifyToken: VerifyToken;
  readonly decideRights: DecideRights;
  /** Of the role `viewer`, whatever the groups are called. */
  readonly decideViewerRights: DecideRights;
  readonly audit: Pick<Audit, 'append' | 'sensitive'>;
  /** The real time. */
  readonly now: Clock;
  /** Who else makes the tokens of a dashboard; ourselves where nothing is said. */
  readonly brokerFor?: ((dashboard: Dashboard) => EmbedBroker | undefined) | undefined;
}

export interface EmbedSession {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly tenant: Tenant;
  readonly dashboard: string;
  /** The only page that may be told anything. */
  readonly origin: string;
}
interface Call {
  readonly from: string | undefined;
  readonly request: string | undefined;
}

export interface Embeds {
  mint(access: Access, body: z.infer<typeof mintBody>, call: Call): Promise<MintedEmbed>;
  exchange(token: string, call: Call): Promise<EmbedSession>;
  /** Origin that may frame the page of this embed; undefined: nobody. */
  frameOrigin(id: string, dashboard: string): Promise<string | undefined>;
  /** The given verifier, and sessions of embeds beside it. */
  readonly verifyToken: VerifyToken;
  /** The given decision, and that of embeds beside it. */
  readonly decideRights: DecideRights;
}

/** Cannot be a JWT: those have two dots. */
const sessionForm = /^embed\.[A-Za-z0-9_-]{43}$/;
const mostSessions = 20_000;

export function createEmbeds(needs: EmbedNeeds): Embeds {
  const { now, audit, originsOf } = needs;
  const store = createGrantStore(needs.folder, now);
  /** By hash of the token. In memory only: a restart ends every session, and the embedding page mints anew. */
  const sessions = new Map<string, Access>();
  const grants = new WeakMap<Access, EmbedGrant>();
  const own: EmbedBroker = {
    async mint(grant) {
      const { id, token, expiresAt } = await store.put(grant);
      return {
        id,
        token,
        expiresAt: new Date(expiresAt).toISOString(),
        url: `/embed/${grant.dashboard}/${id}#${token}`,
      };
    },
  };

  /** The trail first, then the refusal. */
  async function refuse(entry: Omit<AuditEntry, 'kind' | 'decision'>, error: unknown): Promise<never> {
    await audit.append({ ...entry, kind: 'decision', decision: 'denied', code: asFault(error).code });
    throw markNoted(error);
  }

  function forgetOld(): void {
    for (const [hash, { expiresAt }] of sessions) {
      if (expiresAt * 1000 > now().getTime() && sessions.size < mostSessions) break;
      sessions.delete(hash);
    }
  }

  return {
    async mint(access, body, call) {
      const { tenant, subject } = access;
      const { dashboard, origin, viewer, locks } = body;
      const act = {
        tenant,
        subject,
        ...call,
        door: 'platform',
        action: 'embed.mint',
        object: `${dashboard} for ${viewer} at ${origin}`,
      } as const;
      const grant: EmbedGrant = { tenant, dashboard, origin, viewer, locks, minter: access };
      const other = needs.brokerFor?.(dashboard);
      try {
        // A session of an embed has no right to mint; nor has whoever has none.
        checkAction(decideRights(access), 'embed.mint');
        if (!originsOf(tenant).includes(origin)) throw new Fault('EMBED_ORIGIN_REFUSED', {});
        checkMinter(grant);
        const rights = decideEmbedRights(needs, viewerOf(grant, 'probe', 0), grant);
        if (other && hasOtherRows(rights)) throw new Fault('EMBED_ROWS_REFUSED', {});
      } catch (error) {
        return refuse(act, error);
      }
      return noteSensitive(audit, act, () => (other ?? own).mint(grant));
    },

    async exchange(token, call) {
      const [id = ''] = token.split('.');
      const known = await store.peek(id);
      const { tenant, viewer, dashboard, origin } = known?.grant ?? {};
      const act = {
        tenant,
        ...call,
        door: 'embed',
        action: 'embed.open',
        subject: viewer,
        object: dashboard && `${dashboard} ${id}`,
      } as const;
      const used = await store.use(token).catch((error) => refuse(act, error));
      // What the minter may no longer, the viewer may not; what the tenant no longer allows, nobody may.
      const ownEnd = Math.floor((now().getTime() + sessionLifeMs) / 1000);
      const expiresAt = Math.min(ownEnd, used.grant.minter.expiresAt);
      const access = viewerOf(used.grant, id, expiresAt);
      try {
        checkMinter(used.grant);
        decideEmbedRights(needs, access, used.grant);
        if (!originsOf(used.grant.tenant).includes(used.grant.origin)) throw new Fault('EMBED_ORIGIN_REFUSED', {});
      } catch (error) {
        return refuse(act, error);
      }
      await audit.append({ ...act, kind: 'decision', decision: 'allowed' });
      forgetOld();
      const accessToken = `embed.${randomBytes(32).toString('base64url')}`;
      sessions.set(hashOf(accessToken), access);
      grants.set(access, used.grant);
      return {
        accessToken,
        expiresAt: new Date(expiresAt * 1000).toISOString(),
        tenant: used.grant.tenant,
        dashboard: used.grant.dashboard,
        origin: origin ?? '',
      };
    },

    async frameOrigin(id, dashboard) {
      const known = await store.peek(id);
      if (!known || known.grant.dashboard !== dashboard || now().getTime() >= known.expiresAt) return undefined;
      return originsOf(known.grant.tenant).find((origin) => origin === known.grant.origin);
    },

    verifyToken: async (token) => {
      if (!sessionForm.test(token)) return needs.verifyToken(token);
      const access = sessions.get(hashOf(token));
      if (!access || access.expiresAt * 1000 <= now().getTime()) throw new Fault('TOKEN_INVALID', {});
      // Not every route decides rights, and whose were taken away has no session at all.
      decideRights(access);
      return access;
    },
    decideRights,
  };

  function decideRights(access: Access): ReturnType<DecideRights> {
    if (access.issuer !== embedIssuer) return needs.decideRights(access);
    const grant = grants.get(access);
    if (!grant) throw new Fault('TOKEN_INVALID', {});
    return decideEmbedRights(needs, access, grant);
  }

  /** Who is no longer signed in opens nothing: a session may never outlive the token by which it was made. */
  function checkMinter({ minter }: EmbedGrant): void {
    if (minter.expiresAt * 1000 <= now().getTime()) throw new Fault('TOKEN_INVALID', {});
  }
}

/** Attributes are the minter's, so that what narrows them narrows the viewer; the groups are not. */
function viewerOf({ tenant, viewer, minter }: EmbedGrant, id: string, expiresAt: number): Access {
  return Object.freeze({
    ...minter,
    tenant,
    subject: `embed:${viewer}`,
    email: undefined,
    name: undefined,
    // No group: a directory may have one of any name, and the role is given by the policy.
    groups: Object.freeze([]),
    amr: Object.freeze([]),
    authTime: undefined,
    issuer: embedIssuer,
    client: 'tessera-embed',
    tokenId: id,
    expiresAt,
  });
}

/** Rows chosen by the policy: whoever else shows the dashboard knows tenant and locks alone. */
const hasOtherRows = ({ rows }: Rights) =>
  Object.values(rows).some((all) => all?.some(({ rule }) => rule !== lockRule));

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
