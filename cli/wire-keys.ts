// Joins the keyring to what needs it: raw pages are sealed, tokens keyed, connections get their secrets. Each is handed a plain function and no key ring.
import path from 'node:path';
import { Fault, type Observe, type Settings, systemClock, type Tenant } from '@tessera/base';
import { type ObjectSealing, revealTokens, type ServedTables, type Serving } from '@tessera/lakehouse';
import type { TenantConfig } from '@tessera/pipeline';
import { createReveal, type Reveal, type RevealNeeds } from '@tessera/platform';
import { createSecretStore, isSealed, type Keyring, openKeyring, type SecretStore } from '@tessera/security';
import { type ColumnMeta, goldTables } from '@tessera/transforms/gold-meta';

export interface Keys {
  readonly keyring: Keyring;
  readonly secrets: SecretStore;
  sealingOf(tenant: Tenant): ObjectSealing;
  maskKeyOf(tenant: Tenant): Promise<Uint8Array>;
  /** Undefined where the tenant has no secret of that name. */
  secretOf(tenant: Tenant, name: string): Promise<string | undefined>;
}

/** Makes and reads nothing until it is used. */
export function openKeys({ home, kmsKey, seal }: Pick<Settings, 'home' | 'kmsKey' | 'seal'>): Keys {
  const keyring = openKeyring({
    folder: path.join(home, 'keys'),
    ...(kmsKey === undefined ? {} : { kms: { key: kmsKey } }),
  });
  const secrets = createSecretStore(path.join(home, 'secrets'), keyring);
  return {
    keyring,
    secrets,
    sealingOf: (tenant) => ({
      on: seal === 'on',
      isSealed,
      seal: (label, plain) => keyring.seal(tenant, 'raw-page', label, plain),
      open: (label, sealed) => keyring.open(tenant, 'raw-page', label, sealed),
    }),
    maskKeyOf: (tenant) => keyring.derive(tenant, 'mask'),
    secretOf: secrets.read,
  };
}

/** Tenants whose key was erased are left out, each with an event: their name is never used again, and the others are not kept waiting. */
export async function withoutErased(
  { keyring }: Keys,
  configs: readonly TenantConfig[],
  observe: Observe,
): Promise<TenantConfig[]> {
  await keyring.check();
  const erased = new Set(
    (await keyring.status()).filter(({ state }) => state === 'erased').map(({ tenant }) => tenant),
  );
  for (const { tenant } of configs.filter((config) => erased.has(config.tenant))) {
    const { code, message } = new Fault('KEY_ERASED', { tenant });
    observe({ event: 'run.failed', tenant, run: 'start', stage: 'keys', code, message });
  }
  return configs.filter(({ tenant }) => !erased.has(tenant));
}

/** KEY_ERASED where somebody erased the tenant's key while we run: it is served no more, though its files may still be open. */
export async function unlessErased(keys: Keys, serving: Pick<Serving, 'drop'>, tenant: Tenant): Promise<void> {
  try {
    await keys.maskKeyOf(tenant);
  } catch (error) {
    if (error instanceof Fault && error.code === 'KEY_ERASED') await serving.drop(tenant);
    throw error;
  }
}

/** Personal data for its tokens, from the tenant's own serving copy. By the real time: sign-ins are real also where the data's clock stands still. */
export const revealFor = ({
  serving,
  ...needs
}: Pick<RevealNeeds, 'audit'> & { readonly serving: Pick<Serving, 'query'> }): Reveal =>
  createReveal({
    ...needs,
    now: systemClock,
    lookUp: (tenant, tokens) => revealTokens(serving, servedTables, tenant, tokens),
  });

/** Gold tables as the serving copy wants them, so that one without rows is there, too. */
export const servedTables: ServedTables = Object.fromEntries(
  Object.entries(goldTables).map(([name, table]) => {
    const columns = Object.entries<ColumnMeta>(table.columns);
    return [
      name,
      {
        columns: Object.fromEntries(columns.map(([column, { type }]) => [column, type])),
        key: table.key,
        pii: columns.filter(([, { pii }]) => pii).map(([column]) => column),
      },
    ];
  }),
);
