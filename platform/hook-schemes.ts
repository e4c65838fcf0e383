// How a delivery shows that its sender knows the hook's secret: one row a scheme. Nothing below asks which one a hook has.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Reads a header of the delivery by its name in lower case. */
export type ReadHeader = (name: string) => string | undefined;
export interface SignedWith {
  readonly header: ReadHeader;
  readonly now: Date;
  /** The hook's secret, and after a rotation the one before it. */
  readonly secrets: readonly string[];
}
export interface HookScheme {
  readonly about: string;
  /** Where the sender is told to put the secret. */
  readonly secretIs: string;
  newSecret(): string;
  /** False where the headers say it all. */
  readonly signsBody: boolean;
  /** By its headers alone: who fails here is not read any further. */
  admits(given: SignedWith): boolean;
  /** Compares in constant time. */
  isSigned(given: SignedWith & { readonly body: Uint8Array }): boolean;
  /** The sender's own name of the delivery, the same in each attempt. */
  idOf?(header: ReadHeader): string | undefined;
}

export const schemeNames = ['authorization', 'bearer', 'standard', 'hub'] as const;
export type SchemeName = (typeof schemeNames)[number];

const random = (encoding: 'base64' | 'base64url') => randomBytes(32).toString(encoding);
const digest = (text: string | Uint8Array) => createHash('sha256').update(text).digest();
/** Every one is compared, so that time tells nothing of which; hashed, so that it tells nothing of their lengths. */
const isOneOf = (given: string, good: readonly string[]): boolean =>
  good.filter((one) => timingSafeEqual(digest(one), digest(given))).length > 0;

const toleranceMs = 300_000;
const mostSignatures = 10;
const whole = /^\d{1,12}$/;
const id = /^[\x21-\x7e]{1,256}$/;
const prefix = 'whsec_';
const keyOf = (secret: string) =>
  Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
/** Of the version that we know, those that a sender gave: several while it changes its secret. */
const signaturesOf = (header: string): readonly string[] =>
  header
    .split(' ')
    .slice(0, mostSignatures)
    .flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []));

const byHeader = (expected: (secret: string) => string): Pick<HookScheme, 'admits' | 'isSigned' | 'signsBody'> => {
  const isRight = ({ header, secrets }: SignedWith) => isOneOf(header('authorization') ?? '', secrets.map(expected));
  return { signsBody: false, admits: isRight, isSigned: isRight };
};

export const hookSchemes: Readonly<Record<SchemeName, HookScheme>> = {
  // https://developer.okta.com/docs/concepts/event-hooks/
  authorization: {
    about: "the secret is the whole of the header Authorization (Okta's event hooks)",
    secretIs: 'authorization',
    newSecret: () => random('base64url'),
    ...byHeader((secret) => secret),
  },
  bearer: {
    about: 'Authorization: Bearer and the secret (Elasticsearch Watcher, Logstash, whatever can set a header)',
    secretIs: 'bearer',
    newSecret: () => random('base64url'),
    ...byHeader((secret) => `Bearer ${secret}`),
  },
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  standard: {
    about: 'Standard Webhooks: HMAC-SHA256 over webhook-id, webhook-timestamp and body, at most 5 minutes old',
    secretIs: 'signing secret',
    signsBody: true,
    newSecret: () => `${prefix}${random('base64')}`,
    admits({ header, now }) {
      const sent = header('webhook-timestamp') ?? '';
      return (
        id.test(header('webhook-id') ?? '') &&
        whole.test(sent) &&
        Math.abs(now.getTime() - Number(sent) * 1000) <= toleranceMs &&
        signaturesOf(header('webhook-signature') ?? '').length > 0
      );
    },
    isSigned({ header, secrets, body }) {
      const signed = Buffer.concat([Buffer.from(`${header('webhook-id')}.${header('webhook-timestamp')}.`), body]);
      const good = secrets.map((secret) => createHmac('sha256', keyOf(secret)).update(signed).digest('base64'));
      return signaturesOf(header('webhook-signature') ?? '').filter((one) => isOneOf(one, good)).length > 0;
    },
    idOf: (header) => header('webhook-id'),
  },
  // https://developer.atlassian.com/cloud/jira/platform/webhooks/
  hub: {
    about: "X-Hub-Signature: sha256= and the body's HMAC in hex (Jira Cloud's webhooks)",
    secretIs: 'secret',
    signsBody: true,
    newSecret: () => random('base64url'),
    admits: ({ header }) => /^sha256=[0-9a-f]{64}$/i.test(header('x-hub-signature') ?? ''),
    isSigned({ header, secrets, body }) {
      const good = secrets.map((secret) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
      return isOneOf((header('x-hub-signature') ?? '').toLowerCase(), good);
    },
    idOf: (header) => header('x-atlassian-webhook-identifier'),
  },
};
