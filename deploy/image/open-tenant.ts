// The composition root of the functions: one tenant's stages, on a session that reaches that tenant only.
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, Fault, type Observe, type Tenant } from '@tessera/base';
import { connectors, createWeb } from '@tessera/ingest';
import { createEngine, createS3Store, type Engine, openTenantLake, type TenantLake } from '@tessera/lakehouse';
import { type StageContext, stageContext } from '@tessera/pipeline';
import { isSealed, openKeyring } from '@tessera/security';
import { loadProject, type Project } from '@tessera/transforms';
import type { AwsSettings } from './aws-settings.ts';
import { openPlatformDocuments } from './platform-documents.ts';
import { bringKey } from './shared-keys.ts';
import { type Session, tenantSession } from './tenant-session.ts';

export interface Tenants {
  /** What the tenant's stages work with, as its configuration and its key are at this moment. */
  contextOf(tenant: Tenant): Promise<StageContext>;
  close(): void;
}
export interface TenantsNeeds {
  readonly aws: AwsSettings;
  readonly now: Clock;
  readonly observe: Observe;
}

export async function openTenants({ aws, now, observe }: TenantsNeeds): Promise<Tenants> {
  const { home, duckdbMemory, seal, vendorNetworks } = aws.settings;
  const scratch = path.join(home, 'scratch');
  const engine = await createEngine({ memoryLimit: duckdbMemory, scratch });
  const models = await loadProject();
  const web = createWeb({ networks: vendorNetworks });
  const open = new Map<Tenant, Awaited<ReturnType<typeof openParts>>>();

  async function openParts(tenant: Tenant) {
    const credentials = tenantSession(aws.tenantRole, tenant);
    const client = new S3Client({ credentials });
    const cacheFolder = path.join(home, 'cache', tenant);
    const keys = path.join(home, 'keys');
    const keyring = openKeyring({ folder: keys, kms: { key: aws.masterKey, credentials } });
    const lake = openTenantLake(createS3Store({ client, ...aws, cacheFolder }), engine, tenant, undefined, {
      on: seal === 'on',
      isSealed,
      seal: (label, plain) => keyring.seal(tenant, 'raw-page', label, plain),
      open: (label, sealed) => keyring.open(tenant, 'raw-page', label, sealed),
    });
    const documents = openPlatformDocuments(client, aws);
    return {
      lake,
      documents,
      cacheFolder,
      secretOf: secretsOf(credentials),
      bring: () => bringKey(tenant, keys, keyring, documents),
    };
  }

  return {
    async contextOf(tenant) {
      const parts = open.get(tenant) ?? (await openParts(tenant));
      open.set(tenant, parts);
      await trim(parts.cacheFolder);
      await parts.bring();
      return stageContext(needsOf(parts), await parts.documents.configOf(tenant));
    },
    close: () => engine.close(),
  };

  function needsOf({ lake, secretOf }: { readonly lake: TenantLake; readonly secretOf: SecretOf }) {
    return { ...stageParts(engine, models), web, upkeep: aws.settings, lake, secretOf, now, observe };
  }
}

const stageParts = (engine: Engine, models: Project) => ({
  engine,
  models,
  connectors,
  env: process.env,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  // Who answers queries builds the copy that it serves.
  serving: { build: async () => {} },
});

type SecretOf = (tenant: Tenant, name: string) => Promise<string | undefined>;

/** `tessera/<tenant>/<name>` in Secrets Manager; undefined where there is none, KEY_SERVICE_FAILED where it does not answer. */
function secretsOf(credentials: Session): SecretOf {
  const client = new SecretsManagerClient({ credentials });
  return async (tenant, name) => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: `tessera/${tenant}/${name}` }));
      return SecretString;
    } catch (error) {
      const reason = (error as Error).name;
      if (reason === 'ResourceNotFoundException') return undefined;
      throw new Fault('KEY_SERVICE_FAILED', { action: 'read a secret under', reason }, { cause: error });
    }
  };
}

/** Copies of objects go when a third of the function's disk is left: nobody reads them between two calls. */
async function trim(cacheFolder: string): Promise<void> {
  const { bavail, blocks } = await statfs(path.dirname(path.dirname(cacheFolder))).catch(() => ({
    bavail: 1,
    blocks: 1,
  }));
  if (bavail / blocks < 1 / 3) await rm(cacheFolder, { recursive: true, force: true });
}
