// Where alerts go: `alerts.json` in TESSERA_HOME. Addresses that let whoever knows them write, and passwords, may be references.
import { readFile } from 'node:fs/promises';
import { createReach, Fault, isThisMachine, networksFor } from '@tessera/base';
import { z } from 'zod';
import { type RuleName, ruleNames } from './rules.ts';

const secret = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);
const text = z.string().min(1);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name is lower-case letters, digits and hyphens');
const every = {
  name,
  severities: z
    .array(z.enum(['critical', 'warning']))
    .min(1)
    .default(['critical', 'warning']),
};
const address = z.email();

const channelSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...every,
    kind: z.literal('webhook'),
    url: z.union([text, secret]),
    /** Signs the body: `x-tessera-signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body">`. */
    secret: secret.optional(),
  }),
  z.strictObject({ ...every, kind: z.literal('slack'), url: z.union([text, secret]) }),
  z.strictObject({
    ...every,
    kind: z.literal('email'),
    host: text,
    port: z.number().int().min(1).max(65535).default(587),
    /** `none` is refused together with a password, but for a server on this machine. */
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    user: text.optional(),
    password: secret.optional(),
    from: address,
    to: z.array(address).min(1).max(20),
  }),
]);
const configSchema = z.strictObject({
  /** An alert that stays open is told again after so long. */
  againMinutes: z.number().min(5).max(10_080).default(240),
  groupSeconds: z.number().min(0).max(3600).default(30),
  /** Rules that nobody wants. */
  off: z.array(z.custom<RuleName>((value) => ruleNames.some((rule) => rule === value), 'not a rule')).default([]),
  channels: z
    .array(channelSchema)
    .max(20)
    .refine((list) => new Set(list.map((one) => one.name)).size === list.length, 'a channel is named twice')
    .default([]),
});
export type AlertConfig = z.infer<typeof configSchema>;
export type ChannelConfig = z.infer<typeof channelSchema>;

/** A channel with its secrets filled in; held in memory only. */
export type Channel = {
  readonly name: string;
  readonly severities: readonly string[];
  /** Networks of one's own (CIDR) that may be called for it, beside the internet. */
  readonly networks: readonly string[];
} & (
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string | undefined }
  | { readonly kind: 'slack'; readonly url: string }
  | {
      readonly kind: 'email';
      readonly host: string;
      readonly port: number;
      readonly tls: 'starttls' | 'implicit' | 'none';
      readonly auth: { readonly user: string; readonly pass: string } | undefined;
      readonly from: string;
      readonly to: readonly string[];
    }
);

const invalid = (where: string, at: string, problem: string) => new Fault('ALERTS_INVALID', { where, at, problem });

/** Reads the file; without one alerts are in the log alone. ALERTS_INVALID names the place and repeats no value. */
export async function readAlertConfig(file: string): Promise<AlertConfig> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw invalid(file, '(top)', `it cannot be read (${error.code})`);
  });
  let value: unknown;
  try {
    value = JSON.parse(found);
  } catch {
    throw invalid(file, '(top)', 'not JSON');
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(file, issue?.path.join('.') || '(top)', issue?.message ?? 'not valid');
}

/** The channels with their secrets; ALERTS_INVALID where one is not to be had, would travel in the open, or leads to an address that may not be called. */
export async function openChannels(
  config: AlertConfig,
  where: string,
  env: Readonly<Record<string, string | undefined>>,
  ownNetworks: readonly string[] = [],
): Promise<readonly Channel[]> {
  return Promise.all(
    config.channels.map(async (channel, i): Promise<Channel> => {
      const at = `channels.${i}`;
      const resolve = async (reference: string | z.infer<typeof secret>): Promise<string> => {
        if (typeof reference === 'string') return reference;
        const value = 'env' in reference ? env[reference.env] : await readFile(reference.file, 'utf8').catch(() => '');
        if (!value?.trim()) throw invalid(where, at, 'its secret is not set where the reference points');
        return value.trim();
      };
      const { name: called, severities } = channel;
      const refuse = (problem: string) => invalid(where, at, `${problem}; see TESSERA_VENDOR_NETWORKS`);
      if (channel.kind === 'email') {
        const { host, port, tls, from, to, user, password } = channel;
        const pass = password && (await resolve(password));
        if (pass && tls === 'none' && !isThisMachine(host)) throw invalid(where, at, 'a password needs TLS');
        const auth = user !== undefined && pass !== undefined ? { user, pass } : undefined;
        const networks = networksFor(host, ownNetworks);
        createReach({ networks, refuse }).check(`http://${host.includes(':') ? `[${host}]` : host}/`);
        return { kind: 'email', name: called, severities, networks, host, port, tls, auth, from, to };
      }
      const url = await resolve(channel.url);
      const parsed = URL.parse(url);
      const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isThisMachine(parsed.hostname));
      if (!isSafe) throw invalid(where, at, 'its url must be https (http only on this machine)');
      const networks = networksFor(parsed?.hostname ?? '', ownNetworks);
      createReach({ networks, refuse }).check(url);
      if (channel.kind === 'slack') return { kind: 'slack', name: called, severities, networks, url };
      const key = channel.secret && (await resolve(channel.secret));
      return { kind: 'webhook', name: called, severities, networks, url, secret: key };
    }),
  );
}
