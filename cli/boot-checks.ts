// What must not be true of a program that real people's data is entrusted to: each with the sentence that stops the start.
import inspector from 'node:inspector';
import { createCall, Fault, options, type Settings } from '@tessera/base';
import { fetchKeys, type Issuer } from '@tessera/security';

export interface Boot {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** No tenant is configured, so that the demo with its invented people would be served. */
  readonly isDemo: boolean;
  /** Environment variables that the tenants' files refer to. */
  readonly secretNames: readonly string[];
  /** Address of an attached debugger. */
  readonly debugger: string | undefined;
}

const isSet = (value: string | undefined) => value !== undefined && value !== '';
const isOn = (value: string | undefined) => isSet(value) && !/^(false|0|no|off)$/i.test(value ?? '');
const knownNames: ReadonlySet<string> = new Set([
  ...Object.values(options).map(({ env }) => env),
  'TESSERA_DEMO_TENANTS',
]);

type Check = (boot: Boot) => string | false | undefined;
const productionChecks: readonly Check[] = [
  ({ env }) => isOn(env.CUBEJS_DEV_MODE) && 'CUBEJS_DEV_MODE is on, which takes tokens that are none; unset it',
  ({ env }) =>
    isSet(env.CUBEJS_PLAYGROUND_AUTH_SECRET) &&
    'CUBEJS_PLAYGROUND_AUTH_SECRET is set, which is a second way in; unset it',
  ({ env }) =>
    env.CUBEJS_API_SECRET !== undefined &&
    'CUBEJS_API_SECRET is set, but tokens are those of the issuer and of nobody else; unset it',
  ({ env }) =>
    isSet(env.NODE_ENV) && env.NODE_ENV !== 'production' && 'NODE_ENV says something else than production; unset it',
  ({ isDemo, settings }) =>
    isDemo &&
    `no tenant is configured in ${settings.home}/tenants, so the demo would be served, whose issuer takes everybody without a password`,
  ({ settings }) => !settings.issuer && 'TESSERA_ISSUER is not set, so nobody could sign in',
  ({ settings }) =>
    settings.issuer !== undefined &&
    !settings.issuer.startsWith('https:') &&
    'TESSERA_ISSUER is not https, so its keys could be replaced on the way',
  ({ env }) => !isSet(env.TESSERA_AUDIENCE) && 'TESSERA_AUDIENCE is not set, and the default belongs to the demo',
  ({ env }) => !isSet(env.TESSERA_CLIENT_ID) && 'TESSERA_CLIENT_ID is not set, and the default belongs to the demo',
  ({ settings }) =>
    settings.places <= settings.tenantConcurrency &&
    'TESSERA_CONCURRENCY is not above TESSERA_TENANT_CONCURRENCY, so one tenant could keep all others out',
  ({ debugger: at }) => at !== undefined && 'a debugger may attach to this process; start it without --inspect',
  ({ env, secretNames }) => {
    const unknown = Object.keys(env).find(
      (name) => name.startsWith('TESSERA_') && !knownNames.has(name) && !secretNames.includes(name),
    );
    return unknown && `there is no setting ${unknown}; the settings are listed in docs/reference/settings.md`;
  },
];

/**
 * True where nobody is to be served by what is only good for trying out: said by the setting, and where it says nothing, wherever real tenants are
 * configured. A home with real people's data is not left unchecked because nobody thought of a setting.
 */
export const isProduction = ({ settings, isDemo }: Pick<Boot, 'settings' | 'isDemo'>): boolean =>
  settings.production ?? !isDemo;

/** What is said at a start of real tenants that looks at nothing; undefined where it looks, or there are none. */
export const uncheckedWarning = (boot: Pick<Boot, 'settings' | 'isDemo'>): string | undefined =>
  isProduction(boot) || boot.isDemo
    ? undefined
    : 'TESSERA_PRODUCTION=false: configured tenants are served without the checks of a start. Unset it where their data is real.';

/** BOOT_REFUSED with the first thing that is wrong. Looks at nothing but what it is given; only in production. */
export function checkBoot(boot: Boot): void {
  if (!isProduction(boot)) return;
  for (const check of productionChecks) {
    const problem = check(boot);
    if (problem) throw new Fault('BOOT_REFUSED', { problem });
  }
}

/**
 * BOOT_REFUSED where no issuer at all gives keys: then nobody could be served, and the address is likely wrong. One issuer that is down for a while
 * stops nobody else's start; its own people get 503 until it answers.
 */
export async function checkIssuers(settings: Settings, issuers: readonly Issuer[]): Promise<void> {
  if (!settings.production) return;
  const answers = await Promise.allSettled(
    issuers.map(({ issuer }) => fetchKeys(issuer, { call: createCall(issuer, { networks: settings.vendorNetworks }) })),
  );
  if (!answers.every(({ status }) => status === 'rejected')) return;
  const isInside = answers.some((one) => one.status === 'rejected' && reasonOf(one.reason) === 'ADDRESS_INSIDE');
  const problem = isInside
    ? 'the issuer is in a private network that TESSERA_VENDOR_NETWORKS does not allow'
    : 'no issuer gives keys to check tokens with; look at TESSERA_ISSUER';
  throw new Fault('BOOT_REFUSED', { problem });
}

const reasonOf = (error: unknown) => ((error as Error).cause as { readonly code?: unknown } | undefined)?.code;

/** Settings as the machine means them: NODE_ENV=production is production, too. To be asked before anything changes the environment. */
export const bootSettings = (settings: Settings, env: Boot['env']): Settings =>
  env.NODE_ENV === 'production' ? { ...settings, production: true } : settings;

export const attachedDebugger = (): string | undefined => inspector.url();
