// The few objects beside tenants' lakes: each tenant's configuration, and its wrapped data key. One object a tenant, so that a policy can name it.
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { isAbsent } from '@tessera/lakehouse';
import { parseTenantConfig, type TenantConfig } from '@tessera/pipeline';

export interface PlatformDocuments {
  /** Names of tenants that have a configuration; other objects there are passed over. */
  tenants(): AsyncIterable<Tenant>;
  /** TENANT_NOT_CONFIGURED where there is none. */
  configOf(tenant: Tenant): Promise<TenantConfig>;
  wrappedKeyOf(tenant: Tenant): Promise<string | undefined>;
  /** False where there is one already, which then stays. */
  addWrappedKey(tenant: Tenant, text: string): Promise<boolean>;
}

const statusOf = (error: unknown) => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined);

export function openPlatformDocuments(client: S3Client, place: { readonly bucket: string; readonly prefix: string }) {
  const at = (kind: 'tenants' | 'keys', tenant: Tenant) => ({
    Bucket: place.bucket,
    Key: `${place.prefix}platform/${kind}/${tenant}.json`,
  });
  const failed = (action: string, key: string, error: unknown) =>
    new Fault('STORE_FAILED', { action, key, reason: (error as Error).name }, { cause: error });
  async function read(kind: 'tenants' | 'keys', tenant: Tenant): Promise<string | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand(at(kind, tenant)));
      return await Body?.transformToString();
    } catch (error) {
      if (await isAbsent(client, at(kind, tenant), error)) return undefined;
      throw failed('read', at(kind, tenant).Key, error);
    }
  }
  return {
    async *tenants() {
      const folder = `${place.prefix}platform/tenants/`;
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({
              Bucket: place.bucket,
              Prefix: folder,
              ...(token ? { ContinuationToken: token } : {}),
            }),
          )
          .catch((error: unknown) => {
            throw failed('list', folder, error);
          });
        for (const { Key = '' } of page.Contents ?? []) {
          const name = /^(.*)\.json$/.exec(Key.slice(folder.length))?.[1];
          if (isTenant(name)) yield name;
        }
        token = page.NextContinuationToken;
      } while (token);
    },
    async configOf(tenant) {
      const text = await read('tenants', tenant);
      if (text === undefined) throw new Fault('TENANT_NOT_CONFIGURED', { tenant });
      const where = at('tenants', tenant).Key;
      const config = parseTenantConfig(parseJson(text, where), where);
      // A file under another tenant's name would run that tenant's sources into this one's lake.
      if (config.tenant === tenant) return config;
      throw new Fault('TENANT_CONFIG_INVALID', { where, at: 'tenant', problem: 'not the tenant that the file is for' });
    },
    wrappedKeyOf: (tenant) => read('keys', tenant),
    async addWrappedKey(tenant, text) {
      try {
        await client.send(new PutObjectCommand({ ...at('keys', tenant), Body: text, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        throw failed('write', at('keys', tenant).Key, error);
      }
    },
  } satisfies PlatformDocuments;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('TENANT_CONFIG_INVALID', { where, at: '(top)', problem: 'not JSON' });
  }
}
