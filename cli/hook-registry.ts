// Hooks of tenants: an address nobody can guess, and a secret that is kept sealed beside the tenant's other secrets. The address says whose the hook is.
import { randomBytes } from 'node:crypto';
import { type Clock, Fault, type SourceName, type Tenant } from '@tessera/base';
import { type Hook, hookSchemes, type SchemeName, schemeNames } from '@tessera/platform';
import type { SecretStore } from '@tessera/security';
import { z } from 'zod';
import { hookKinds } from './hook-kinds.ts';

/** Sealed. After a rotation the secret before it holds until somebody has told the vendor the new one. */
const kept = z.strictObject({
  secret: z.string(),
  /** Hooks made before there were several schemes have Okta's. */
  scheme: z.enum(schemeNames).default('authorization'),
  before: z.strictObject({ secret: z.string(), until: z.string() }).optional(),
});
type Kept = z.infer<typeof kept>;

export interface HookSecret {
  readonly hook: string;
  readonly secret: string;
  readonly scheme: SchemeName;
}
export interface ListedHook {
  readonly hook: string;
  readonly source: string;
  readonly setAt: string;
}
const graceMs = 24 * 3_600_000;
const nameOf = (source: string, hook: string) => `hook.${source}.${hook}`;
const named = /^hook\.([a-z]+)\.([0-9a-f]{32})$/;

/** What the commands do. HOOK_UNKNOWN for a hook that the tenant has not. */
export function openHooks(secrets: SecretStore, now: Clock) {
  const list = async (tenant: Tenant): Promise<ListedHook[]> =>
    (await secrets.list(tenant)).flatMap(({ name, setAt }) => {
      const [, source, hook] = named.exec(name) ?? [];
      return source === undefined || hook === undefined ? [] : [{ hook, source, setAt }];
    });
  const sourceOf = async (tenant: Tenant, hook: string): Promise<string> => {
    const found = (await list(tenant)).find((one) => one.hook === hook);
    if (found === undefined) throw new Fault('HOOK_UNKNOWN', { tenant, hook: hook.slice(0, 32) });
    return found.source;
  };
  const put = (tenant: Tenant, source: string, hook: string, value: Kept) =>
    secrets.set(tenant, nameOf(source, hook), JSON.stringify(value));
  return {
    list,
    /** HOOK_SCHEME_UNSUPPORTED where the source's deliveries are not signed so; without one, as its vendor signs. */
    async create(tenant: Tenant, source: SourceName, wanted?: string): Promise<HookSecret> {
      const known = hookKinds[source]?.schemes ?? [];
      const scheme = wanted === undefined ? known[0] : known.find((one) => one === wanted);
      if (scheme === undefined)
        throw new Fault('HOOK_SCHEME_UNSUPPORTED', { source, schemes: known.join(', ') || 'none' });
      const hook = randomBytes(16).toString('hex');
      const secret = hookSchemes[scheme].newSecret();
      await put(tenant, source, hook, { secret, scheme });
      return { hook, secret, scheme };
    },
    /** The old secret is taken for a day more. */
    async rotate(tenant: Tenant, hook: string): Promise<HookSecret & { readonly source: string }> {
      const source = await sourceOf(tenant, hook);
      const old = await read(secrets, tenant, source, hook);
      const scheme = old?.scheme ?? 'authorization';
      const secret = hookSchemes[scheme].newSecret();
      const until = new Date(now().getTime() + graceMs).toISOString();
      await put(tenant, source, hook, { secret, scheme, ...(old && { before: { secret: old.secret, until } }) });
      return { hook, secret, scheme, source };
    },
    async remove(tenant: Tenant, hook: string): Promise<void> {
      await secrets.remove(tenant, nameOf(await sourceOf(tenant, hook), hook));
    },
  };
}

async function read(secrets: SecretStore, tenant: Tenant, source: string, hook: string): Promise<Kept | undefined> {
  const value = await secrets.read(tenant, nameOf(source, hook));
  return value === undefined ? undefined : kept.parse(JSON.parse(value));
}

export interface HookFinder {
  find(source: string, hook: string): Promise<Hook | undefined>;
}
export interface FinderNeeds {
  readonly secrets: Pick<SecretStore, 'list' | 'read'>;
  /** Who may have hooks, with the sources of their connections. */
  readonly tenants: readonly { readonly tenant: Tenant; readonly sources: readonly SourceName[] }[];
  readonly now: Clock;
  /** What is known is believed for so long: a hook that was removed is closed after it, one that was made is open. */
  readonly trustMs?: number;
  /** Monotonic milliseconds. */
  readonly ticks?: () => number;
}

/** Finds hooks among the tenants of this server; all secret files are looked through at most once in `trustMs`, whatever strangers ask. */
export function createHookFinder({
  secrets,
  tenants,
  now,
  trustMs = 5000,
  ticks = () => performance.now(),
}: FinderNeeds): HookFinder {
  const owners = new Map<string, { readonly tenant: Tenant; readonly source: SourceName }>();
  const opened = new Map<string, { readonly at: number; readonly kept: Promise<Kept | undefined> }>();
  let looked: { readonly at: number; readonly done: Promise<void> } | undefined;

  async function look(): Promise<void> {
    const found = await Promise.all(
      tenants.map(async ({ tenant, sources }) =>
        // A tenant whose file or key is broken has no hooks; the others have theirs.
        (
          await openHooks(secrets as SecretStore, now)
            .list(tenant)
            .catch(() => [])
        ).flatMap(({ hook, source }) =>
          sources.filter((one) => one === source).map((one) => [`${one} ${hook}`, { tenant, source: one }] as const),
        ),
      ),
    );
    owners.clear();
    for (const [key, owner] of found.flat()) owners.set(key, owner);
    for (const key of opened.keys()) if (!owners.has(key)) opened.delete(key);
  }
  async function lookAgain(): Promise<void> {
    if (looked === undefined || ticks() - looked.at >= trustMs) looked = { at: ticks(), done: look() };
    await looked.done;
  }

  return {
    async find(source, hook) {
      await lookAgain();
      const key = `${source} ${hook}`;
      const owner = owners.get(key);
      if (owner === undefined) return undefined;
      let known = opened.get(key);
      if (known === undefined || ticks() - known.at >= trustMs) {
        // An erased key opens nothing: the hook is gone with it.
        const kept = read(secrets as SecretStore, owner.tenant, source, hook).catch(() => undefined);
        known = { at: ticks(), kept };
        opened.set(key, known);
      }
      const value = await known.kept;
      if (value === undefined) return undefined;
      const { secret, before, scheme: name } = value;
      const scheme = hookSchemes[name];
      const good = () => [secret, ...(before && Date.parse(before.until) > now().getTime() ? [before.secret] : [])];
      return {
        ...owner,
        signsBody: scheme.signsBody,
        challenge: hookKinds[owner.source]?.challenge,
        admits: (header) => scheme.admits({ header, now: now(), secrets: good() }),
        isSigned: (header, body) => scheme.isSigned({ header, now: now(), secrets: good(), body }),
        idOf: (header) => scheme.idOf?.(header),
      };
    },
  };
}
