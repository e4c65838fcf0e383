// What the functions are told by their environment: the settings of the product, and the addresses that the stack made.
import { Fault, options, readSettings, type Settings } from '@tessera/base';
import { parseStorePlace } from '@tessera/lakehouse';

export interface AwsSettings {
  readonly settings: Settings;
  readonly bucket: string;
  readonly prefix: string;
  /** The role that a session of one tenant is made from. */
  readonly tenantRole: string;
  readonly masterKey: string;
  /** URL of the queue for what failed for good. */
  readonly deadLetters: string;
  /** URL of the queue of tenants to run now; only the dispatcher knows it, as it does the state machine. */
  readonly wake: string | undefined;
  readonly stateMachine: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** SETTING_INVALID names the variable that is missing. */
export function readAwsSettings(env: Environment): AwsSettings {
  const settings = readSettings(env);
  const place = parseStorePlace(required(settings.lake, options.lake.env));
  if ('folder' in place) throw new Fault('SETTING_INVALID', { name: options.lake.env, problem: 'not a bucket' });
  return {
    settings,
    ...place,
    masterKey: required(settings.kmsKey, options.kmsKey.env),
    tenantRole: required(env.TESSERA_TENANT_ROLE, 'TESSERA_TENANT_ROLE'),
    deadLetters: required(env.TESSERA_DEAD_LETTERS, 'TESSERA_DEAD_LETTERS'),
    wake: env.TESSERA_WAKE,
    stateMachine: env.TESSERA_STATE_MACHINE,
  };
}

export function required(value: string | undefined, name: string): string {
  if (!value) throw new Fault('SETTING_INVALID', { name, problem: 'not set' });
  return value;
}
