// What stands before every door: whether this start is allowed, each tenant's share, and the proof that strangers get nothing.
import type { Observe, QueryLimits, Quota, Settings, Tenant } from '@tessera/base';
import type { TenantConfig } from '@tessera/pipeline';
import { createFairness, type Fairness, mountedRoutes, probeRoutes } from '@tessera/platform';
import type { Issuer } from '@tessera/security';
import { attachedDebugger, checkBoot, isProduction, uncheckedWarning } from './boot-checks.ts';

/** The settings with the decision whether this is production, for later checks. BOOT_REFUSED where this start is only good for trying out, and is more. */
export function mayStart(
  settings: Settings,
  configured: readonly TenantConfig[],
  env: NodeJS.ProcessEnv,
  observe: Observe,
): Settings {
  const references = configured.flatMap(({ connections }) =>
    connections.flatMap(({ secrets }) => Object.values(secrets)),
  );
  const boot = { settings, isDemo: configured.length === 0 };
  const message = uncheckedWarning(boot);
  if (message !== undefined) observe({ event: 'start.unchecked', message });
  checkBoot({
    ...boot,
    env,
    secretNames: references.flatMap((reference) => ('env' in reference ? [reference.env] : [])),
    debugger: attachedDebugger(),
  });
  return { ...settings, production: isProduction(boot) };
}

/** The settings' share for each tenant, but where its own file says otherwise. */
export function shareAmong(settings: Settings, configs: readonly TenantConfig[]): Fairness {
  const own = new Map<Tenant, TenantConfig['quota']>(configs.map(({ tenant, quota }) => [tenant, quota]));
  return createFairness({
    quotaOf: (tenant) => ({
      concurrent: settings.tenantConcurrency,
      queued: settings.tenantQueue,
      perMinute: settings.tenantPerMinute,
      weight: 1,
      ...withoutGaps(own.get(tenant) ?? {}),
    }),
    places: settings.places,
    now: () => performance.now(),
  });
}

export type LimitsOf = (tenant: Tenant) => QueryLimits & { readonly sqlSessions: number };

/** The settings' limits of a query, and of sessions of the SQL API, for each tenant, but where its own file says otherwise. */
export function limitsOfQueries(settings: Settings, configs: readonly TenantConfig[]): LimitsOf {
  const own = new Map(configs.map(({ tenant, queryLimits, quota }) => [tenant, { ...queryLimits, ...quota }]));
  return (tenant) => ({
    timeoutMs: own.get(tenant)?.timeoutMs ?? settings.queryTimeoutMs,
    rows: own.get(tenant)?.rows ?? settings.queryRows,
    sqlSessions: own.get(tenant)?.sqlSessions ?? settings.sqlTenantSessions,
  });
}

const withoutGaps = (quota: TenantConfig['quota']): Partial<Quota> =>
  Object.fromEntries(Object.entries(quota).filter(([, value]) => value !== undefined));

/** SELF_PROBE_FAILED where a mounted route lets a stranger in. */
export const probeSelf = (url: string, app: object, issuers: readonly Issuer[]): Promise<void> =>
  probeRoutes(url, issuers[0]?.issuer ?? '', mountedRoutes(app));
