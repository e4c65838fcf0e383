// A master key in AWS KMS: it never leaves the service, and the tenant is bound to every data key by the encryption context.
import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms';
import { Fault, type Tenant } from '@tessera/base';
import type { MasterKey } from './contract.ts';

export interface KmsSettings {
  /** Id, ARN or alias of a symmetric key. Naming another one and rotating moves everything under that. */
  readonly key: string;
  /** Another address than AWS's own, for tests. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Of a session that reaches one tenant only; as the AWS SDK signs in by default where not set. */
  readonly credentials?: KMSClientConfig['credentials'];
}

const context = (tenant: Tenant) => ({ application: 'tessera', tenant });
/** What KMS says of bytes that it did not make so; everything else is an outage or a lack of rights. */
const broken: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

/** Signs in as the AWS SDK does by default: environment, profile, or the machine's role. */
export function createKmsMaster({ key, endpoint, region, credentials }: KmsSettings): MasterKey {
  let opened: Promise<{ client: KMSClient; sdk: typeof import('@aws-sdk/client-kms') }> | undefined;
  // Loaded when first needed: who keeps keys in a file does not pay for the SDK.
  const open = () => {
    opened ??= import('@aws-sdk/client-kms').then((sdk) => ({
      sdk,
      client: new sdk.KMSClient({
        ...(endpoint ? { endpoint } : {}),
        ...(region ? { region } : {}),
        ...(credentials ? { credentials } : {}),
      }),
    }));
    return opened;
  };
  const failed = (action: string, cause: unknown) =>
    new Fault('KEY_SERVICE_FAILED', { action, reason: (cause as Error)?.name ?? 'unknown' }, { cause });

  return {
    kind: 'kms',
    async check() {},
    async wrap(tenant, plain) {
      const { client, sdk } = await open();
      try {
        const { CiphertextBlob: bytes, KeyId: arn } = await client.send(
          new sdk.EncryptCommand({ KeyId: key, Plaintext: plain, EncryptionContext: context(tenant) }),
        );
        if (bytes === undefined) throw new Error('no ciphertext');
        return { master: `kms:${arn ?? key}`, bytes };
      } catch (error) {
        throw failed('wrap', error);
      }
    },
    async unwrap(tenant, { master, bytes }) {
      const { client, sdk } = await open();
      try {
        const { Plaintext: plain } = await client.send(
          new sdk.DecryptCommand({
            KeyId: master.slice('kms:'.length),
            CiphertextBlob: bytes,
            EncryptionContext: context(tenant),
          }),
        );
        if (plain === undefined) throw new Error('no plaintext');
        return plain;
      } catch (error) {
        if (broken.has((error as Error).name))
          throw new Fault('SEAL_BROKEN', { label: `data key of ${tenant}` }, { cause: error });
        throw failed('unwrap', error);
      }
    },
    // KMS renews a key's material itself; a rotation here wraps anew under the key that the setting names now.
    async renew() {},
    async retire() {},
  };
}
